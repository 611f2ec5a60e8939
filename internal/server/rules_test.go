package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rule is a request next to the recorded ones, and what Talk answers to it.
type rule struct {
	name   string
	as     *client
	method string
	path   string // below Talk's API
	body   string
	status int
	reason string         // "" for none
	shows  map[string]any // keys of the answer's data
}

func checkRules(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		a := r.as.do(r.method, talk+r.path, r.body)
		reason, _ := a.at("error").(string)
		if a.status != r.status || reason != r.reason {
			t.Errorf("%s: %d %q, want %d %q: %.300s", r.name, a.status, reason, r.status, r.reason, a.raw)
		}
		for key, want := range r.shows {
			if got := fmt.Sprint(a.at(key)); got != fmt.Sprint(want) {
				t.Errorf("%s: %s is %s, want %v", r.name, key, got, want)
			}
		}
	}
}

func (c *client) make(body string) string {
	c.h.t.Helper()
	token, _ := c.do("POST", talk+"/v4/room", body).want(c.h.t, http.StatusCreated, "").at("token").(string)
	return token
}

// TestNewConversations has the arguments of a new conversation checked in Talk's order, and read as Talk reads them.
func TestNewConversations(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	h.as("admin").do("POST", "/ocs/v2.php/cloud/groups", `{"groupid":"long","displayname":"A group whose name is long"}`).want(t, http.StatusOK, "")
	pair, group := anna.make(`{"roomType":1,"invite":"ben"}`), anna.room("Group")
	create := func(name, body string, status int, reason string, shows map[string]any) rule {
		return rule{name, anna, "POST", "/v4/room", body, status, reason, shows}
	}
	checkRules(t, []rule{
		create("nothing at all", `{}`, 201, "", map[string]any{"name": "---", "type": 2}),
		create("named as the group that it is for", `{"roomType":2,"invite":"long"}`, 201, "", map[string]any{"name": "A group whose name is long"}),
		create("invited by another source", `{"roomType":2,"roomName":"x","invite":"crew","source":"users"}`, 201, "", nil),
		create("a team, which there is none of", `{"roomType":2,"roomName":"x","invite":"crew","source":"circles"}`, 404, "invite", nil),
		create("a group that is none, and a user", `{"roomName":"x","invite":"nogroup","participants":{"users":["ben"]}}`, 202, "",
			map[string]any{"invalidParticipants": map[string]any{"groups": []any{"nogroup"}}}),
		create("nobody who can be invited, and a bad name", `{"roomName":"  ","participants":{"users":["nobody"]}}`, 404, "invite", nil),
		create("a blank name", `{"roomName":"  "}`, 400, "name", nil),
		create("a type of Talk's own", `{"roomType":4,"roomName":"x"}`, 400, "type", nil),
		create("a bad type, made public by an e-mail", `{"roomType":9,"roomName":"x","participants":{"emails":["a@example.com"]}}`, 201, "", map[string]any{"type": 3}),
		create("a password without guests", `{"roomName":"x","password":"Passw0rd-12345"}`, 201, "", map[string]any{"hasPassword": false}),
		create("a password that an e-mail does not need", `{"roomName":"x","password":"Passw0rd-12345","participants":{"emails":["a@example.com"]}}`, 201, "",
			map[string]any{"hasPassword": false, "type": 3}),
		create("an object without an id", `{"roomName":"x","objectType":"event"}`, 400, "object", nil),
		create("an id without an object", `{"roomName":"x","objectId":"1"}`, 400, "object", nil),
		create("an object of Talk's own", `{"roomName":"x","objectType":"room","objectId":"1"}`, 400, "object-type", nil),
		create("a telephone needs no id", `{"roomName":"x","objectType":"phone_temporary"}`, 201, "", map[string]any{"objectId": "phone"}),
		create("extending a conversation of two", `{"roomName":"x","objectType":"extended_conversation","objectId":"`+pair+`"}`, 201, "", map[string]any{"objectId": pair}),
		create("extending a group", `{"roomName":"x","objectType":"extended_conversation","objectId":"`+group+`"}`, 400, "object", nil),
		create("extending nothing", `{"roomName":"x","objectType":"extended_conversation","objectId":"nothing1"}`, 400, "object", nil),
		create("a lobby's timer in the past of all", `{"roomName":"x","lobbyState":1,"lobbyTimer":-1}`, 400, "lobby-timer", nil),
		create("a timer without a lobby", `{"roomName":"x","lobbyTimer":-1}`, 201, "", map[string]any{"lobbyTimer": 0}),
		create("a state of telephones", `{"roomName":"x","sipEnabled":3}`, 400, "sip-enabled", nil),
		create("a consent", `{"roomName":"x","recordingConsent":2}`, 400, "recording-consent", nil),
		{"extending another's conversation", h.as("cleo"), "POST", "/v4/room", `{"roomName":"x","objectType":"extended_conversation","objectId":"` + pair + `"}`, 400, "object", nil},
	})
	token := anna.make(`{"roomName":"Phone","objectType":"phone_temporary"}`)
	if a := anna.do("DELETE", talk+"/v4/room/"+token+"/object", ""); a.at("objectType") != "phone_persist" || a.at("objectId") != "phone" {
		t.Errorf("unbound: %s", a.raw)
	}
	if a := ben.do("GET", talk+"/v4/listed-room?searchTerm=x", ""); len(a.list()) != 0 {
		t.Errorf("listed: %s", a.raw)
	}
}

// TestSettingsThatStayAsTheyAre are no changes, whatever the conversation.
func TestSettingsThatStayAsTheyAre(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	pair, group := "/v4/room/"+anna.make(`{"roomType":1,"invite":"ben"}`), "/v4/room/"+anna.room("Group", "ben")
	open := "/v4/room/" + anna.make(`{"roomType":3,"roomName":"Open"}`)
	checkRules(t, []rule{
		{"unlocking what is not locked", anna, "PUT", pair + "/read-only", `{"state":0}`, 200, "", nil},
		{"locking a pair", anna, "PUT", pair + "/read-only", `{"state":1}`, 400, "type", nil},
		{"a state of a pair that is none", anna, "PUT", pair + "/read-only", `{"state":7}`, 400, "type", nil},
		{"a state of a group that is none", anna, "PUT", group + "/read-only", `{"state":7}`, 400, "value", nil},
		{"hiding what is hidden", anna, "PUT", pair + "/listable", `{"scope":0}`, 200, "", nil},
		{"listing a pair", anna, "PUT", pair + "/listable", `{"scope":9}`, 400, "type", nil},
		{"mentions as they are", anna, "PUT", pair + "/mention-permissions", `{"mentionPermissions":0}`, 200, "", nil},
		{"mentions of a pair", anna, "PUT", pair + "/mention-permissions", `{"mentionPermissions":1}`, 400, "type", nil},
		{"no description for none", anna, "PUT", pair + "/description", `{"description":"  "}`, 200, "", nil},
		{"a description of a pair", anna, "PUT", pair + "/description", `{"description":"x"}`, 400, "type", nil},
		{"a long description of a pair", anna, "PUT", pair + "/description", `{"description":"` + strings.Repeat("x", 2001) + `"}`, 400, "value", nil},
		{"closing what is closed", anna, "DELETE", group + "/public", "", 200, "", map[string]any{"type": 2}},
		{"closing a pair", anna, "DELETE", pair + "/public", "", 400, "type", nil},
		{"removing no password", anna, "PUT", open + "/password", `{"password":""}`, 200, "", map[string]any{"hasPassword": false}},
		{"permissions of a call", anna, "PUT", group + "/permissions/call", `{"permissions":1}`, 400, "mode", nil},
		{"permissions of a call by a participant", ben, "PUT", group + "/permissions/call", `{"permissions":1}`, 403, "", nil},
		{"promoting oneself", anna, "POST", group + "/moderators", `{"attendeeId":` + anna.attendeeID(group) + `}`, 403, "", nil},
	})
	if got := anna.do("GET", talk+open, "").at("lastMessage", "systemMessage"); got != "password_removed" {
		t.Errorf("after a password that was none: %v", got)
	}
	anna.do("PUT", talk+open+"/password", `{"password":"Passw0rd-12345"}`).want(t, http.StatusOK, "")
	if a := anna.do("DELETE", talk+open+"/public", ""); a.at("hasPassword") != true || a.at("type") != json.Number("2") {
		t.Errorf("closed, with its password: %s", a.raw)
	}
}

func (c *client) attendeeID(path string) string {
	c.h.t.Helper()
	return fmt.Sprint(c.do("GET", talk+path, "").at("attendeeId"))
}

// TestArgumentsAreCast as PHP casts them, wherever they come from.
func TestArgumentsAreCast(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Casts")
	chat := "/v1/chat/" + token
	var ids []string
	for range 3 {
		ids = append(ids, anna.send(token, `{"message":"x"}`))
	}
	messages := func(query string) int { return len(anna.do("GET", talk+chat+"?"+query, "").list()) }
	for query, want := range map[string]int{
		"lookIntoFuture=0&limit=2":                                                      2,
		"lookIntoFuture=true&limit=1":                                                   1, // a text is 0: the past
		"lookIntoFuture=2&timeout=0&lastKnownMessageId=" + ids[0]:                       2,
		"lookIntoFuture=0&includeLastKnown=1&lastKnownMessageId=" + ids[0] + "&limit=1": 1,
		"lookIntoFuture=0&limit=-5":                                                     4, // no limit, as 0
		"lookIntoFuture=1&timeout=99999&lastKnownMessageId=" + ids[1]:                   1,
	} {
		if got := messages(query); got != want {
			t.Errorf("%s: %d messages, want %d", query, got, want)
		}
	}
	for limit, want := range map[string]int{"0": 4, "-1": 4, "1": 2, "9999": 4} {
		if a := anna.do("GET", talk+chat+"/"+ids[1]+"/context?limit="+limit, ""); a.status != http.StatusOK || len(a.list()) != want {
			t.Errorf("context of %s: %d, %d messages, want %d", limit, a.status, len(a.list()), want)
		}
	}
	checkRules(t, []rule{
		{"many shared things", anna, "GET", chat + "/share?objectType=file&limit=9999", "", 200, "", nil},
		{"much of an overview", anna, "GET", chat + "/share/overview?limit=0", "", 200, "", nil},
		{"a marker below all", anna, "POST", chat + "/read", `{"lastReadMessage":-3}`, 400, "", nil},
		{"a number as a text", anna, "POST", chat, `{"message":"x","replyTo":"` + ids[0] + `"}`, 201, "", nil},
		{"a text as a number", anna, "POST", chat, `{"message":5}`, 400, "message", nil},
		{"yes as a text", anna, "POST", chat, `{"message":"x","silent":"1"}`, 201, "", map[string]any{"silent": true}},
		{"no as a text", anna, "POST", chat, `{"message":"x","silent":"false"}`, 201, "", map[string]any{"silent": nil}},
		{"nothing at all", anna, "POST", chat, `null`, 400, "message", nil},
		{"in the query", anna, "POST", chat + "?message=from+the+query", "", 201, "", map[string]any{"message": "from the query"}},
		{"the body over the query", anna, "POST", chat + "?message=from+the+query", `{"message":"from the body"}`, 201, "", map[string]any{"message": "from the body"}},
		{"a deletion with a body", anna, "DELETE", "/v1/reaction/" + token + "/" + ids[0], `{"reaction":"👍"}`, 404, "", nil},
	})
	// setReadMarker is a number: "true" is none, and moves nothing.
	anna.do("POST", talk+chat+"/read", `{"lastReadMessage":`+ids[0]+`}`).want(t, http.StatusOK, "")
	for set, want := range map[string]string{"true": ids[0], "0": ids[0], "1": ids[1]} {
		if set == "1" {
			continue
		}
		messages("lookIntoFuture=1&timeout=0&setReadMarker=" + set + "&lastKnownMessageId=" + ids[1])
		if got := fmt.Sprint(anna.do("GET", talk+"/v4/room/"+token, "").at("lastReadMessage")); got != want {
			t.Errorf("setReadMarker=%s: the marker is %s, want %s", set, got, want)
		}
	}
	messages("lookIntoFuture=1&timeout=0&setReadMarker=1&lastKnownMessageId=" + ids[1])
	if got := fmt.Sprint(anna.do("GET", talk+"/v4/room/"+token, "").at("lastReadMessage")); got != ids[1] {
		t.Errorf("the marker is %s, want %s", got, ids[1])
	}
}

// TestLeavingForGood leaves nothing that nobody can come back to.
func TestLeavingForGood(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	leave := func(c *client, token string, status int, reason string) {
		t.Helper()
		c.do("DELETE", talk+"/v4/room/"+token+"/participants/self", "").want(t, status, reason)
	}
	pair := anna.make(`{"roomType":1,"invite":"ben"}`)
	anna.send(pair, `{"message":"hello"}`)
	leave(anna, pair, 200, "")
	if again, _ := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).want(t, 200, "").at("token").(string); again != pair {
		t.Errorf("came back to %s, not %s", again, pair)
	}
	leave(anna, pair, 200, "")
	leave(ben, pair, 200, "") // the last one
	if again := ben.make(`{"roomType":1,"invite":"anna"}`); again == pair {
		t.Error("what both have left is still there")
	}

	open := anna.make(`{"roomType":3,"roomName":"Open"}`)
	cleo.enter(open) // who has come in by themselves does not count
	leave(anna, open, 200, "")
	cleo.do("GET", talk+"/v4/room/"+open, "").want(t, 404, "")

	group := anna.room("Group", "ben")
	leave(anna, group, 400, "last-moderator")
	leave(ben, group, 200, "")
	leave(anna, group, 200, "")
}

// TestGuestsAreToldLess than those with an account.
func TestGuestsAreToldLess(t *testing.T) {
	t.Parallel()
	h, now := newClockedHarness(t)
	token := h.openRoom("")
	anna, g := h.as("anna"), h.guest(token, "Gustav")
	room := "/v4/room/" + token
	anna.send(token, `{"message":"hello @all"}`)
	checkRules(t, []rule{
		{"counters", g, "GET", room, "", 200, "", map[string]any{
			"unreadMessages": 0, "unreadMention": false, "canLeaveConversation": false, "canDeleteConversation": false, "notificationLevel": 3,
		}},
		{"suggestions with one user", g, "GET", "/v1/chat/" + token + "/mentions?search=h", "", 200, "", nil},
		{"read", g, "POST", "/v1/chat/" + token + "/read", `{}`, 404, "", nil},
		{"a setting of accounts", g, "PUT", room + "/listable", `{"scope":1}`, 401, "", nil},
		{"a room of another server", g, "POST", room + "/federation/active", `{}`, 404, "", nil},
		{"a telephone", g, "GET", room + "/pin/1234567", "", 501, "", nil},
	})
	suggested := g.do("GET", talk+"/v1/chat/"+token+"/mentions?search=h", "").list()
	if len(suggested) != 1 || suggested[0]["id"] != "all" || suggested[0]["details"] != nil {
		t.Errorf("suggested to a guest: %v", suggested)
	}
	anna.do("PUT", talk+room+"/webinar/lobby", `{"state":1}`).want(t, http.StatusOK, "")
	checkRules(t, []rule{{"in the lobby", g, "GET", room, "", 200, "", map[string]any{"hasCall": false, "canStartCall": false, "lastMessage": nil}}})
	anna.do("PUT", talk+room+"/webinar/lobby", `{"state":0}`).want(t, http.StatusOK, "")
	guests := func() (n int) {
		for _, p := range anna.do("GET", talk+room+"/participants", "").list() {
			if p["actorType"] == "guests" {
				n++
			}
		}
		return n
	}
	if n := guests(); n != 1 {
		t.Errorf("%d guests", n)
	}
	now.advance(101 * time.Second) // without a sign of life
	if n := guests(); n != 0 {
		t.Errorf("%d guests after they are gone", n)
	}
}

// TestStatusesComeWithEveryAnswer that shows a conversation of two.
func TestStatusesComeWithEveryAnswer(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	pair := anna.make(`{"roomType":1,"invite":"ben"}`)
	quiet := anna.make(`{"roomType":1,"invite":"cleo"}`)
	room := "/v4/room/" + pair
	checkRules(t, []rule{{"before there is one", anna, "GET", room, "", 200, "", map[string]any{"status": nil}}})
	ben.do("PUT", "/ocs/v2.php/apps/user_status/api/v1/user_status/status", `{"statusType":"away"}`).want(t, http.StatusOK, "")
	away := map[string]any{"status": "away"}
	checkRules(t, []rule{
		{"looked at", anna, "GET", room, "", 200, "", away},
		{"made again", anna, "POST", "/v4/room", `{"roomType":1,"invite":"ben"}`, 200, "", away},
		{"marked", anna, "POST", room + "/favorite", "", 200, "", away},
		{"read", anna, "POST", "/v1/chat/" + pair + "/read", `{}`, 200, "", away},
		{"entered", anna, "POST", room + "/participants/active", `{}`, 200, "", away},
		{"of who says nothing", anna, "GET", "/v4/room/" + quiet, "", 200, "", map[string]any{"status": nil}},
	})
	said := map[string]string{}
	for _, r := range anna.do("GET", talk+"/v4/room?includeStatus=1", "").list() {
		said[fmt.Sprint(r["token"])] = fmt.Sprint(r["status"])
	}
	if diff := cmp.Diff(map[string]string{pair: "away", quiet: "offline"}, said); diff != "" {
		t.Error("in the list:", diff)
	}
}
