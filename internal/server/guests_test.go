package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// openRoom makes a public conversation of anna's and returns its token.
func (h *harness) openRoom(password string) string {
	h.t.Helper()
	token, _ := h.as("anna").do("POST", talk+"/v4/room", fmt.Sprintf(`{"roomType":3,"roomName":"Open door","password":%q}`, password)).at("token").(string)
	return token
}

// guest comes into a conversation without an account, and takes a name.
func (h *harness) guest(token, name string) *client {
	h.t.Helper()
	g := h.as("")
	g.do("POST", talk+"/v4/room/"+token+"/participants/active", `{}`).want(h.t, http.StatusOK, "")
	g.do("POST", talk+"/v1/guest/"+token+"/name", fmt.Sprintf(`{"displayName":%q}`, name)).want(h.t, http.StatusOK, "")
	return g
}

func TestAGuestNeedsThePassword(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	token := h.openRoom("Sesame-12345")
	room := talk + "/v4/room/" + token
	g := h.as("")
	a := g.do("GET", room, "").want(t, http.StatusOK, "")
	if a.at("name") != "" || a.at("hasPassword") != true {
		t.Errorf("from outside: %s", a.raw)
	}
	g.do("POST", room+"/participants/active", `{}`).want(t, http.StatusForbidden, "password")
	g.do("POST", room+"/participants/active", `{"password":"Sesame"}`).want(t, http.StatusForbidden, "password")
	g.do("POST", talk+"/v1/chat/"+token, `{"message":"not in"}`).want(t, http.StatusNotFound, "")
	a = g.do("POST", room+"/participants/active", `{"password":"Sesame-12345"}`).want(t, http.StatusOK, "")
	if a.at("name") != "Open door" || a.at("actorType") != "guests" {
		t.Errorf("inside: %s", a.raw)
	}
}

func TestAGuestHasAName(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	token := h.openRoom("")
	g, anna := h.guest(token, "Gustav"), h.as("anna")
	chat, name := talk+"/v1/chat/"+token, talk+"/v1/guest/"+token+"/name"
	id, _ := g.do("POST", chat, `{"message":"hello"}`).at("actorId").(string)
	a := anna.do("POST", chat, fmt.Sprintf(`{"message":"hi @\"guest/%s\""}`, id))
	if a.at("message") != "hi {mention-guest1}" || a.at("messageParameters", "mention-guest1", "name") != "Gustav" {
		t.Errorf("mention of a guest: %s", a.raw)
	}
	g.do("POST", chat, `{"message":"renamed","actorDisplayName":"Gusti"}`).want(t, http.StatusCreated, "")
	for _, m := range anna.do("GET", chat+"?lookIntoFuture=0", "").list() {
		if m["actorType"] == "guests" && m["actorDisplayName"] != "Gusti" {
			t.Errorf("%v is by %v", m["message"], m["actorDisplayName"])
		}
	}
	if got := fmt.Sprint(anna.do("GET", chat+"/mentions?search=gus", "").list()); !strings.Contains(got, "label:Gusti") {
		t.Errorf("suggestions: %s", got)
	}
	g.do("POST", name, `{}`).want(t, 400, "displayName")
	g.do("POST", name, `{"displayName":"`+strings.Repeat("n", 65)+`"}`).want(t, 400, "displayName")
	anna.do("POST", name, `{"displayName":"No guest"}`).want(t, 403, "")
	h.as("").do("POST", name, `{"displayName":"Nobody"}`).want(t, 404, "")
	h.as("ben").do("POST", name, `{"displayName":"Not in"}`).want(t, 404, "")
}

func TestWhatGuestsMayNot(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	token := h.openRoom("")
	g := h.guest(token, "Gustav")
	room, chat := talk+"/v4/room/"+token, talk+"/v1/chat/"+token
	id := g.do("POST", chat, `{"message":"mine"}`).id()
	for _, tt := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", talk + "/v4/room", "", 401},
		{"POST", talk + "/v4/room", `{"roomName":"x"}`, 401},
		{"POST", room + "/favorite", "", 401},
		{"POST", room + "/notify", `{"level":1}`, 401},
		{"DELETE", room + "/participants/self", "", 401},
		{"GET", room + "/participants", "", 403},
		{"PUT", room, `{"roomName":"no"}`, 403},
		{"DELETE", room, "", 403},
		{"PUT", room + "/webinar/lobby", `{"state":1}`, 401},
		{"POST", room + "/message-expiration", `{"seconds":1}`, 403},
		{"POST", room + "/participants", `{"newParticipant":"ben"}`, 401},
		{"POST", talk + "/v1/ban/" + token, `{"actorType":"users","actorId":"ben"}`, 403},
		{"DELETE", chat, "", 401},
		{"PUT", chat + "/" + id, `{"message":"edited"}`, 404},
		{"DELETE", chat + "/" + id, "", 404},
	} {
		if a := g.do(tt.method, tt.path, tt.body); a.status != tt.status {
			t.Errorf("%s %s by a guest: %d, want %d: %s", tt.method, tt.path, a.status, tt.status, a.raw)
		}
	}
}

func TestAGuestModerates(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	token := h.openRoom("")
	g, anna := h.guest(token, "Gustav"), h.as("anna")
	room := talk + "/v4/room/" + token
	var attendee any
	for _, p := range anna.do("GET", room+"/participants", "").list() {
		if p["actorType"] == "guests" {
			attendee = p["attendeeId"]
		}
	}
	body := fmt.Sprintf(`{"attendeeId":%v}`, attendee)
	anna.do("POST", room+"/moderators", body).want(t, http.StatusOK, "")
	if got := g.do("GET", room, "").at("lastMessage", "message"); got != "{actor} promoted you to moderator" {
		t.Errorf("to the guest: %v", got)
	}
	a := anna.do("GET", room, "")
	if a.at("lastMessage", "message") != "You promoted {user} to moderator" || a.at("lastMessage", "messageParameters", "user", "name") != "Gustav (guest)" {
		t.Errorf("to the moderator: %s", a.raw)
	}
	g.do("PUT", room, `{"roomName":"By a guest"}`).want(t, http.StatusOK, "")
	g.do("GET", room+"/participants", "").want(t, http.StatusOK, "")
	g.do("POST", room+"/participants", `{"newParticipant":"ben"}`).want(t, http.StatusUnauthorized, "")
	if a := g.do("GET", room, ""); a.at("canDeleteConversation") != false {
		t.Errorf("a guest may delete it: %s", a.raw)
	}
	if a := anna.do("GET", room, ""); a.at("lastMessage", "message") != `{actor} renamed the conversation from "Open door" to "By a guest"` ||
		a.at("lastMessage", "messageParameters", "actor", "name") != "Gustav (guest)" {
		t.Errorf("a guest's deed: %s", a.raw)
	}
	anna.do("DELETE", room+"/moderators?attendeeId="+fmt.Sprint(attendee), "").want(t, http.StatusOK, "")
	g.do("PUT", room, `{"roomName":"Again"}`).want(t, http.StatusForbidden, "")
	anna.do("DELETE", room+"/attendees?attendeeId="+fmt.Sprint(attendee), "").want(t, http.StatusOK, "")
	g.do("POST", talk+"/v1/chat/"+token, `{"message":"still here?"}`).want(t, http.StatusNotFound, "")
}
