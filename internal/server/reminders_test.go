package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestReminders(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Reminders", "ben")
	secret := anna.room("Secret")
	anna.do("POST", talk+"/v4/room/"+secret+"/sensitive", "").want(t, http.StatusOK, "")
	soon := now.Now().Add(time.Hour).Unix()
	remind := func(token, text string, at int64) string {
		id := anna.do("POST", talk+"/v1/chat/"+token, fmt.Sprintf(`{"message":%q}`, text)).id()
		path := talk + "/v1/chat/" + token + "/" + id + "/reminder"
		a := anna.do("POST", path, fmt.Sprintf(`{"timestamp":%d}`, at)).want(t, http.StatusCreated, "")
		if fmt.Sprint(a.at("timestamp")) != fmt.Sprint(at) || a.at("userId") != "anna" || a.at("token") != token {
			t.Errorf("set: %s", a.raw)
		}
		return path
	}
	later := remind(token, "later for @ben", soon+60)
	first := remind(token, "first", soon)
	hidden := remind(secret, "hidden", soon+120)

	upcoming := func() (out []string) {
		for _, r := range anna.do("GET", talk+"/v1/chat/upcoming-reminders", "").want(t, http.StatusOK, "").list() {
			out = append(out, fmt.Sprint(r["message"]))
		}
		return out
	}
	if got := fmt.Sprintf("%q", upcoming()); got != `["first" "later for {mention-user1}" ""]` {
		t.Errorf("upcoming: %s", got)
	}
	ben.do("GET", first, "").want(t, http.StatusNotFound, "reminder") // each has their own
	if l := ben.do("GET", talk+"/v1/chat/upcoming-reminders", "").list(); len(l) != 0 {
		t.Errorf("ben's: %v", l)
	}
	now.advance(time.Hour)
	anna.do("GET", first, "").want(t, http.StatusNotFound, "reminder") // it has been
	anna.do("GET", later, "").want(t, http.StatusOK, "")
	anna.do("DELETE", later, "").want(t, http.StatusOK, "")
	anna.do("DELETE", talk+"/v4/room/"+secret, "").want(t, http.StatusOK, "")
	if got := upcoming(); len(got) != 0 {
		t.Errorf("upcoming at the end: %q", got)
	}
	anna.do("GET", hidden, "").want(t, http.StatusNotFound, "")
}

func TestReminderRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Reminders", "ben")
	other := anna.do("POST", talk+"/v1/chat/"+anna.room("Other"), `{"message":"x"}`).id()
	id := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"x"}`).id()
	path := func(id string) string { return talk + "/v1/chat/" + token + "/" + id + "/reminder" }
	anna.do("POST", path(id), `{}`).want(t, 400, "timestamp")
	anna.do("POST", path("99999999"), `{"timestamp":1893456000}`).want(t, 404, "message")
	anna.do("POST", path(other), `{"timestamp":1893456000}`).want(t, 404, "message")
	anna.do("GET", path(id), "").want(t, 404, "reminder")
	anna.do("DELETE", path(id), "").want(t, 200, "")
	h.as("cleo").do("POST", path(id), `{"timestamp":1893456000}`).want(t, 404, "")
	h.as("").do("POST", path(id), `{"timestamp":1893456000}`).want(t, 401, "")
	anna.do("PUT", talk+"/v4/room/"+token+"/webinar/lobby", `{"state":1}`).want(t, 200, "")
	h.as("ben").do("POST", path(id), `{"timestamp":1893456000}`).want(t, 412, "")
}
