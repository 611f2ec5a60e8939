package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

// enter makes the client present in a conversation and returns its session.
func (c *client) enter(token string) string {
	c.h.t.Helper()
	a := c.do("POST", talk+"/v4/room/"+token+"/participants/active", "{}")
	if a.status != http.StatusOK {
		c.h.t.Fatalf("enter %s: %d %s", token, a.status, a.raw)
	}
	return a.at("sessionId").(string)
}

// call joins the call of a conversation.
func (c *client) call(token, body string) {
	c.h.t.Helper()
	if a := c.do("POST", talk+"/v4/call/"+token, body); a.status != http.StatusOK {
		c.h.t.Fatalf("join call: %d %s", a.status, a.raw)
	}
}

// hangUp leaves the call of a conversation.
func (c *client) hangUp(token string) {
	c.h.t.Helper()
	if a := c.do("DELETE", talk+"/v4/call/"+token, ""); a.status != http.StatusOK {
		c.h.t.Fatalf("leave call: %d %s", a.status, a.raw)
	}
}

// texts returns the texts of the newest n messages, oldest first.
func (c *client) texts(token string, n int) []string {
	c.h.t.Helper()
	messages := c.history(token)
	var out []string
	for _, m := range messages[max(0, len(messages)-n):] {
		out = append(out, m["message"].(string))
	}
	return out
}

func newClockedHarness(t *testing.T) (*harness, *clock) {
	t.Helper()
	now := &clock{now: time.Unix(1_800_000_000, 0)}
	return newHarness(t, func(cfg *server.Config) { cfg.Now = now.Now }), now
}

func TestCallIsToldInTheConversation(t *testing.T) {
	t.Parallel()
	h, now := newClockedHarness(t)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Call", "ben", "cleo")
	anna.enter(token)
	ben.enter(token)
	anna.call(token, `{"flags":3}`)
	now.advance(5 * time.Second)
	ben.call(token, `{}`)

	a := cleo.do("GET", talk+"/v4/room/"+token, "")
	for key, want := range map[string]any{
		"hasCall": true, "callFlag": json.Number("7"), "callStartTime": json.Number("1800000000"), "participantFlags": json.Number("0"),
	} {
		if a.at(key) != want {
			t.Errorf("%s is %v, want %v", key, a.at(key), want)
		}
	}
	if a := ben.do("GET", talk+"/v4/room/"+token, ""); a.at("participantFlags") != json.Number("7") {
		t.Errorf("ben's flags: %v", a.at("participantFlags"))
	}
	var inCall []string
	for _, p := range cleo.do("GET", talk+"/v4/room/"+token+"/participants", "").data.([]any) {
		inCall = append(inCall, fmt.Sprint(p.(object)["inCall"]))
	}
	if diff := cmp.Diff([]string{"3", "7", "0"}, inCall); diff != "" {
		t.Error("inCall of anna, ben and cleo:", diff)
	}

	now.advance(55 * time.Second)
	anna.hangUp(token)
	now.advance(2 * time.Second)
	ben.hangUp(token)
	want := []string{
		"{actor} started a call", "You joined the call", "{actor} left the call", "You left the call",
		"Call with {user1} and {user2} ended (Duration 1:02)",
	}
	if diff := cmp.Diff(want, ben.texts(token, 5)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"call_started", "call_joined", "call_left", "call_left", "call_ended"}, ben.words(token)); diff != "" {
		t.Error(diff)
	}
	a = cleo.do("GET", talk+"/v4/room/"+token, "")
	if a.at("hasCall") != false || a.at("callFlag") != json.Number("0") || a.at("callStartTime") != json.Number("0") {
		t.Errorf("after the call: %s", a.raw)
	}
	params := ben.history(token)
	last := params[len(params)-1]["messageParameters"].(object)
	if last["user1"].(object)["id"] != "anna" || last["user2"].(object)["id"] != "ben" || last["actor"].(object)["id"] != "anna" {
		t.Errorf("parameters of the end: %v", last)
	}
}

func TestCallEndsForEverybody(t *testing.T) {
	t.Parallel()
	h, now := newClockedHarness(t)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Call", "ben", "cleo")
	for _, c := range []*client{anna, ben, cleo} {
		c.enter(token)
		c.call(token, `{"flags":1}`)
	}
	now.advance(time.Minute) // a session that is silent for longer is gone
	// Who is no moderator leaves alone.
	if a := ben.do("DELETE", talk+"/v4/call/"+token+"?all=1", ""); a.status != http.StatusOK {
		t.Fatalf("ben: %d %s", a.status, a.raw)
	}
	if a := anna.do("GET", talk+"/v4/call/"+token, ""); len(a.data.([]any)) != 2 {
		t.Fatalf("peers: %s", a.raw)
	}
	if a := anna.do("DELETE", talk+"/v4/call/"+token, `{"all":true}`); a.status != http.StatusOK {
		t.Fatalf("anna: %d %s", a.status, a.raw)
	}
	if got := cleo.texts(token, 1)[0]; got != "{actor} ended the call with {user1} and {user2} (Duration 1:00)" {
		t.Errorf("cleo reads %q", got)
	}
	if a := anna.do("GET", talk+"/v4/call/"+token, ""); len(a.data.([]any)) != 0 {
		t.Errorf("peers afterwards: %s", a.raw)
	}
	if a := cleo.do("PUT", talk+"/v4/call/"+token, `{"flags":3}`); a.status != http.StatusBadRequest {
		t.Errorf("cleo is still in the call: %d %s", a.status, a.raw)
	}
}

func TestCallBetweenTwo(t *testing.T) {
	t.Parallel()
	h, now := newClockedHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	anna.enter(token)
	anna.call(token, `{"flags":7,"silent":true}`)
	now.advance(time.Second)
	anna.hangUp(token)
	if diff := cmp.Diff([]string{"Outgoing silent call", "You left the call", "Unanswered call"}, anna.texts(token, 3)); diff != "" {
		t.Error("anna:", diff)
	}
	if diff := cmp.Diff([]string{"call_started", "call_left", "call_tried"}, anna.words(token)); diff != "" {
		t.Error("anna:", diff)
	}
	// The call has brought ben into the conversation.
	if diff := cmp.Diff([]string{"Incoming silent call", "{actor} left the call", "Missed call"}, ben.texts(token, 3)); diff != "" {
		t.Error("ben:", diff)
	}
	if w := ben.words(token); w[len(w)-1] != "call_missed" {
		t.Errorf("ben: %v", w)
	}
	now.advance(time.Second)
	anna.call(token, `{}`)
	ben.enter(token)
	ben.call(token, `{}`)
	now.advance(3723 * time.Second)
	anna.hangUp(token)
	ben.hangUp(token)
	if got := ben.texts(token, 1)[0]; got != "Call ended (Duration 1:02:03)" {
		t.Errorf("the end: %q", got)
	}
}

func TestCallFlagsNeedPermission(t *testing.T) {
	t.Parallel()
	h, _ := newClockedHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Call", "ben")
	// Neither sound nor picture.
	if a := anna.do("PUT", talk+"/v4/room/"+token+"/permissions/default", `{"permissions":198}`); a.status != http.StatusOK {
		t.Fatalf("permissions: %d %s", a.status, a.raw)
	}
	ben.enter(token)
	ben.call(token, `{"flags":7}`)
	flags := func() any { return ben.do("GET", talk+"/v4/room/"+token, "").at("participantFlags") }
	if got := flags(); got != json.Number("1") {
		t.Errorf("flags %v, want 1", got)
	}
	if a := ben.do("PUT", talk+"/v4/call/"+token, `{"flags":15}`); a.status != http.StatusOK || flags() != json.Number("9") {
		t.Errorf("%d, flags %v, want 9", a.status, flags())
	}
}

func TestCallRefusals(t *testing.T) {
	t.Parallel()
	h, _ := newClockedHarness(t)
	anna, ben, cleo, guest := h.as("anna"), h.as("ben"), h.as("cleo"), h.as("")
	token := anna.room("Call", "ben")
	locked := anna.room("Locked", "ben")
	anna.enter(locked)
	anna.lock(locked)
	own := anna.do("GET", talk+"/v4/room/note-to-self", "").at("token").(string)
	anna.enter(own)
	attendee := func(user string) string {
		for _, p := range anna.do("GET", talk+"/v4/room/"+token+"/participants", "").data.([]any) {
			if p.(object)["actorId"] == user {
				return p.(object)["attendeeId"].(json.Number).String()
			}
		}
		return ""
	}
	bens := attendee("ben")
	idle := anna.room("Idle", "ben")
	anna.enter(idle)

	anna.enter(token)
	anna.call(token, `{}`)
	muted := h.as("ben")
	muted.enter(token)
	for name, tt := range map[string]struct {
		as           *client
		method, path string
		body         string
		want         refusal
	}{
		"peers of somewhere else":      {cleo, "GET", token, "", refusal{404, "[]"}},
		"join without a session":       {ben, "POST", token, `{"flags":7}`, refusal{404, nil}},
		"join somewhere else":          {cleo, "POST", token, `{"flags":7}`, refusal{404, "[]"}},
		"join as nobody":               {guest, "POST", token, `{"flags":7}`, refusal{404, "[]"}},
		"join in a locked room":        {anna, "POST", locked, `{"flags":7}`, refusal{403, "[]"}},
		"call oneself":                 {anna, "POST", own, `{"flags":7}`, refusal{400, "type"}},
		"change without a session":     {ben, "PUT", token, `{"flags":7}`, refusal{404, nil}},
		"change outside of the call":   {muted, "PUT", token, `{"flags":7}`, refusal{400, nil}},
		"change to nothing":            {anna, "PUT", token, `{"flags":0}`, refusal{400, nil}},
		"change without flags":         {anna, "PUT", token, `{}`, refusal{400, "flags"}},
		"leave without a session":      {ben, "DELETE", token, "", refusal{404, nil}},
		"ring from outside":            {muted, "POST", token + "/ring/" + attendee("anna"), "", refusal{400, "in-call"}},
		"ring without a call":          {anna, "POST", idle + "/ring/" + bens, "", refusal{400, "in-call"}},
		"ring nobody":                  {anna, "POST", token + "/ring/999999", "", refusal{404, nil}},
		"dial out":                     {anna, "POST", token + "/dialout/" + bens, "", refusal{404, nil}},
		"dial out without a call":      {anna, "POST", idle + "/dialout/" + bens, "", refusal{400, nil}},
		"who joined is not notified":   {anna, "GET", token + "/notification-state", "", refusal{404, nil}},
		"notification somewhere else":  {cleo, "GET", token + "/notification-state", "", refusal{404, nil}},
		"table for a participant":      {ben, "GET", token + "/download", "", refusal{403, "[]"}},
		"table without a call":         {anna, "GET", idle + "/download", "", refusal{400, nil}},
		"table in an unknown format":   {anna, "GET", token + "/download?format=pdf", "", refusal{400, nil}},
		"notification without account": {guest, "GET", token + "/notification-state", "", refusal{401, "[]"}},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do(tt.method, talk+"/v4/call/"+tt.path, tt.body).refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if a := ben.do("GET", talk+"/v4/call/"+token+"/notification-state", ""); a.status != http.StatusOK {
		t.Errorf("a call that rings: %d %s", a.status, a.raw)
	}
	if a := anna.do("POST", talk+"/v4/call/"+token+"/ring/"+bens, ""); a.status != http.StatusOK {
		t.Errorf("ring ben: %d %s", a.status, a.raw)
	}
	ben.do("PUT", "/ocs/v2.php/apps/user_status/api/v1/user_status/status", `{"statusType":"dnd"}`)
	if diff := cmp.Diff(refusal{400, "status"}, anna.do("POST", talk+"/v4/call/"+token+"/ring/"+bens, "").refusal()); diff != "" {
		t.Errorf("ring who does not want to be disturbed: %s", diff)
	}
	anna.hangUp(token)
	if a := ben.do("GET", talk+"/v4/call/"+token+"/notification-state", ""); a.status != http.StatusCreated {
		t.Errorf("a call that was missed: %d %s", a.status, a.raw)
	}
}

func TestCallTable(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(cfg *server.Config) {
		cfg.Now = (&clock{now: time.Unix(1_800_000_000, 0)}).Now
		cfg.Users = append(cfg.Users, server.User{ID: "dora", Password: "secret-dora", DisplayName: `=Dora "D", of D`, Email: "dora@example.com"})
	})
	anna, dora := h.as("anna"), h.as("dora")
	token := anna.room("All: hands/on", "dora")
	anna.enter(token)
	anna.call(token, `{}`)
	dora.enter(token)
	dora.call(token, `{}`)
	dora.hangUp(token) // who has left was there
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+talk+"/v4/call/"+token+"/download", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.SetBasicAuth("anna", "secret-anna")
	res, err := anna.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := "name,email,type,identifier\nAnna,,users,anna\n\"'=Dora \"\"D\"\", of D\",dora@example.com,users,dora\n"
	if diff := cmp.Diff(want, string(body)); diff != "" {
		t.Error(diff)
	}
	if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="All-hands-on 2027-01-15.csv"` {
		t.Errorf("Content-Disposition: %s", got)
	}
}

func TestCallEndsWithItsLastSession(t *testing.T) {
	t.Parallel()
	const named, nameless = "Call with {user1} ended (Duration 0:07)", "Call ended (Duration 0:07)"
	for name, tt := range map[string]struct {
		end  func(anna, ben *client, token, bens string)
		text string
	}{
		"leaving the conversation's page": {func(_, ben *client, token, _ string) {
			ben.do("DELETE", talk+"/v4/room/"+token+"/participants/active", "")
		}, named},
		"entering again": {func(_, ben *client, token, _ string) { ben.enter(token) }, named},
		"leaving the conversation": {func(_, ben *client, token, _ string) {
			ben.do("DELETE", talk+"/v4/room/"+token+"/participants/self", "")
		}, nameless},
		"being deleted": {func(anna, _ *client, _, _ string) {
			anna.h.as("admin").do("DELETE", "/ocs/v2.php/cloud/users/ben", "")
		}, nameless},
		"being taken out": {func(anna, _ *client, token, bens string) {
			anna.do("DELETE", talk+"/v4/room/"+token+"/attendees?attendeeId="+bens, "")
		}, nameless},
		"locking the conversation": {func(anna, _ *client, token, _ string) {
			anna.do("PUT", talk+"/v4/room/"+token+"/read-only", `{"state":1}`)
		}, named},
		"a lobby": {func(anna, _ *client, token, _ string) {
			anna.do("PUT", talk+"/v4/room/"+token+"/webinar/lobby", `{"state":1}`)
		}, named},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, now := newClockedHarness(t)
			anna, ben := h.as("anna"), h.as("ben")
			token := anna.room("Call", "ben")
			ben.enter(token)
			ben.call(token, `{}`)
			bens := ben.do("GET", talk+"/v4/room/"+token, "").at("attendeeId").(json.Number).String()
			now.advance(7 * time.Second)
			tt.end(anna, ben, token, bens)
			if a := anna.do("GET", talk+"/v4/room/"+token, ""); a.at("hasCall") != false {
				t.Errorf("the call goes on: %s", a.raw)
			}
			if got := strings.Join(anna.texts(token, 3), "|"); !strings.Contains(got, tt.text) {
				t.Errorf("anna reads %s", got)
			}
		})
	}
}

func TestCallsWakeAPoll(t *testing.T) {
	t.Parallel()
	h, _ := newClockedHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Call", "ben")
	anna.enter(token)
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() { anna.call(token, `{}`) }, "call_started"},
		{func() { anna.do("DELETE", talk+"/v4/room/"+token+"/participants/active", "") }, "call_left"},
	} {
		messages := ben.history(token)
		known := messages[len(messages)-1]["id"].(json.Number).String()
		got := make(chan answer, 1)
		go func() {
			a, err := ben.try(t.Context(), "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+known, "")
			if err != nil {
				t.Error(err)
			}
			got <- a
		}()
		h.srv.AwaitPolls(token, 1)
		step.do()
		a := <-got
		if list, _ := a.data.([]any); len(list) == 0 || list[0].(object)["systemMessage"] != step.want {
			t.Errorf("%s: %s", step.want, a.raw)
		}
	}
}
