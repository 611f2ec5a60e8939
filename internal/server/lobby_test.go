package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
)

// newClockHarness is a harness whose time moves when it is told to.
func newClockHarness(t *testing.T) (*harness, *clock) {
	t.Helper()
	c := &clock{now: time.Unix(1795486400, 0)}
	return newHarness(t, func(cfg *server.Config) { cfg.Now = c.Now }), c
}

// want fails the test unless an answer has the status and, when it is given, the reason.
func (a answer) want(t *testing.T, status int, reason string) answer {
	t.Helper()
	got, _ := a.at("error").(string)
	if a.status != status || got != reason {
		t.Errorf("%d %q, want %d %q: %s", a.status, got, status, reason, a.raw)
	}
	return a
}

// list returns the data as a list of objects.
func (a answer) list() []map[string]any {
	items, _ := a.data.([]any)
	out := make([]map[string]any, 0, len(items))
	for _, item := range items {
		m, _ := item.(map[string]any)
		out = append(out, m)
	}
	return out
}

// id is the id of what came back.
func (a answer) id() string {
	n, _ := a.at("id").(json.Number)
	return n.String()
}

func TestTheLobbyHoldsBackAllButModerators(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Waiting", "ben", "cleo")
	room, chat := talk+"/v4/room/"+token, talk+"/v1/chat/"+token
	before := anna.do("POST", chat, `{"message":"before @ben"}`).id()
	for _, p := range anna.do("GET", room+"/participants", "").list() {
		if p["actorId"] == "cleo" {
			anna.do("PUT", room+"/attendees/permissions", fmt.Sprintf(`{"attendeeId":%v,"method":"set","permissions":%d}`, p["attendeeId"], 255)).want(t, 200, "")
		}
	}
	anna.do("PUT", room+"/webinar/lobby", `{"state":1}`).want(t, http.StatusOK, "")

	for _, tt := range []struct{ method, path, body string }{
		{"GET", chat + "?lookIntoFuture=0", ""},
		{"GET", chat + "?lookIntoFuture=1&timeout=0", ""},
		{"GET", chat + "/" + before + "/context", ""},
		{"POST", chat, `{"message":"x"}`},
		{"PUT", chat + "/" + before, `{"message":"x"}`},
		{"DELETE", chat + "/" + before, ""},
		{"GET", chat + "/mentions?search=", ""},
		{"GET", room + "/participants", ""},
		{"POST", talk + "/v1/reaction/" + token + "/" + before, `{"reaction":"👍"}`},
		{"GET", talk + "/v1/reaction/" + token + "/" + before, ""},
		{"POST", talk + "/v1/poll/" + token, `{"question":"q","options":["a","b"],"resultMode":0,"maxVotes":1}`},
	} {
		if a := ben.do(tt.method, tt.path, tt.body); a.status != http.StatusPreconditionFailed || a.raw != `{"ocs":{"meta":{"status":"failure","statuscode":412,"message":""},"data":[]}}` {
			t.Errorf("%s %s from the lobby: %d %s", tt.method, tt.path, a.status, a.raw)
		}
	}
	a := ben.do("GET", room, "").want(t, http.StatusOK, "")
	for key, want := range map[string]any{
		"lobbyState": json.Number("1"), "unreadMessages": json.Number("0"), "unreadMention": false, "canStartCall": false, "lastMessage": nil,
	} {
		if got := a.at(key); got != want {
			t.Errorf("%s is %v in the lobby, want %v", key, got, want)
		}
	}
	cleo.do("POST", chat, `{"message":"may come in"}`).want(t, http.StatusCreated, "")
	anna.do("POST", chat, `{"message":"moderates"}`).want(t, http.StatusCreated, "")

	anna.do("PUT", room+"/webinar/lobby", `{"state":0}`).want(t, http.StatusOK, "")
	ben.do("POST", chat, `{"message":"free"}`).want(t, http.StatusCreated, "")
}

func TestLobbyRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	group := talk + "/v4/room/" + anna.room("Group", "ben")
	pair, _ := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	phone, _ := anna.do("POST", talk+"/v4/room", `{"roomName":"x","objectType":"phone_persist","objectId":"1"}`).at("token").(string)
	for _, tt := range []struct {
		name, path, body string
		as               *client
		status           int
		reason           string
	}{
		{"no moderator", group, `{"state":1}`, ben, 403, ""},
		{"an outsider", group, `{"state":1}`, h.as("cleo"), 404, ""},
		{"nobody", group, `{"state":1}`, h.as(""), 401, ""},
		{"no state", group, `{}`, anna, 400, "state"},
		{"no such state", group, `{"state":2}`, anna, 400, "value"},
		{"a negative state", group, `{"state":-1}`, anna, 400, "value"},
		{"a pair", talk + "/v4/room/" + pair, `{"state":1}`, anna, 400, "type"},
		{"a telephone's room", talk + "/v4/room/" + phone, `{"state":1}`, anna, 400, "object"},
		{"created with a lobby that does not exist", "", `{"roomName":"x","lobbyState":5}`, anna, 400, "lobby"},
	} {
		if tt.path == "" {
			tt.as.do("POST", talk+"/v4/room", tt.body).want(t, tt.status, tt.reason)
			continue
		}
		t.Log(tt.name)
		tt.as.do("PUT", tt.path+"/webinar/lobby", tt.body).want(t, tt.status, tt.reason)
	}
	anna.do("PUT", group+"/webinar/sip", `{"state":1}`).want(t, 412, "config")
	ben.do("PUT", group+"/webinar/sip", `{"state":1}`).want(t, 403, "")
	anna.do("PUT", group+"/recording-consent", `{"recordingConsent":1}`).want(t, 412, "config")
	ben.do("PUT", group+"/recording-consent", `{"recordingConsent":1}`).want(t, 403, "")
}

func TestTheLobbyOpensAtItsTime(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	at := now.Now().Add(time.Hour).Unix()
	a := anna.do("POST", talk+"/v4/room", fmt.Sprintf(`{"roomName":"Webinar","lobbyState":1,"lobbyTimer":%d,"participants":{"users":["ben"]}}`, at))
	token, _ := a.want(t, http.StatusCreated, "").at("token").(string)
	if got := fmt.Sprint(a.at("lobbyTimer")); got != fmt.Sprint(at) {
		t.Errorf("lobbyTimer %s, want %d", got, at)
	}
	chat := talk + "/v1/chat/" + token
	now.advance(time.Hour - time.Second)
	ben.do("POST", chat, `{"message":"early"}`).want(t, http.StatusPreconditionFailed, "")

	got := make(chan answer, 1)
	go func() {
		last := a.at("lastMessage", "id").(json.Number).String()
		a, err := anna.try(context.WithoutCancel(t.Context()), "GET", chat+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+last, "")
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	h.srv.AwaitPolls(token, 1)
	now.advance(time.Second)
	room := ben.do("GET", talk+"/v4/room/"+token, "")
	for key, want := range map[string]string{"lobbyState": "0", "lobbyTimer": "0"} {
		if got := fmt.Sprint(room.at(key)); got != want {
			t.Errorf("%s is %s after the time has come", key, got)
		}
	}
	said := (<-got).list()
	if len(said) != 1 || said[0]["systemMessage"] != "lobby_timer_reached" || said[0]["actorId"] != "system" ||
		said[0]["message"] != "The conversation is now open to everyone" {
		t.Errorf("a waiting poll heard %v", said)
	}
	ben.do("POST", chat, `{"message":"in time"}`).want(t, http.StatusCreated, "")
}

func TestATimerOutlivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &clock{now: time.Unix(1795486400, 0)}
	open := func() *harness {
		return newHarness(t, func(cfg *server.Config) {
			cfg.DataDir, cfg.Now = dir, c.Now
			cfg.Users = []server.User{{ID: "anna"}, {ID: "ben"}}
		})
	}
	as := func(h *harness, id string) *client {
		secret, err := h.srv.AppPassword(t.Context(), id, "test")
		if err != nil {
			t.Fatal(err)
		}
		h.secrets = map[string]string{id: secret}
		return h.as(id)
	}
	first := open()
	token := as(first, "anna").room("Webinar", "ben")
	as(first, "anna").do("PUT", talk+"/v4/room/"+token+"/webinar/lobby", fmt.Sprintf(`{"state":1,"timer":%d}`, c.Now().Unix()+60)).want(t, 200, "")
	if err := first.srv.Close(); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Minute)
	as(open(), "ben").do("POST", talk+"/v1/chat/"+token, `{"message":"in"}`).want(t, http.StatusCreated, "")
}

func TestTheLobbyEndsTheCallOfThoseItHoldsBack(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Call", "ben")
	room, call := talk+"/v4/room/"+token, talk+"/v4/call/"+token
	for _, c := range []*client{anna, ben} {
		c.do("POST", room+"/participants/active", `{}`).want(t, http.StatusOK, "")
		c.do("POST", call, `{"flags":3}`).want(t, http.StatusOK, "")
	}
	anna.do("PUT", room+"/webinar/lobby", `{"state":1}`).want(t, http.StatusOK, "")
	if l := anna.do("GET", call, "").list(); len(l) != 1 || l[0]["actorId"] != "anna" {
		t.Errorf("in the call: %v", l)
	}
	a := ben.do("GET", room, "")
	if a.at("hasCall") != false || a.at("participantFlags") != json.Number("0") {
		t.Errorf("from the lobby: %s", a.raw)
	}
	ben.do("POST", call, `{"flags":3}`).want(t, http.StatusPreconditionFailed, "")
	anna.do("PUT", room+"/webinar/lobby", `{"state":0}`).want(t, http.StatusOK, "")
	if got := ben.do("GET", room, "").at("hasCall"); got != true {
		t.Errorf("after the lobby hasCall is %v", got)
	}
}
