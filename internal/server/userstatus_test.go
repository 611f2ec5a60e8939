package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const userStatuses = "/ocs/v2.php/apps/user_status/api/v1/"

func TestAUserStatusIsShownWhereItsUserIs(t *testing.T) {
	t.Parallel()
	h, _ := newClockHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	group := anna.room("Group", "ben")
	pair, _ := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	anna.do("POST", talk+"/v1/chat/"+pair, `{"message":"hi"}`)
	anna.do("PUT", userStatuses+"user_status/status", `{"statusType":"dnd"}`).want(t, http.StatusOK, "")
	anna.do("PUT", userStatuses+"user_status/message/custom", `{"message":"Busy","statusIcon":"⛔"}`).want(t, http.StatusOK, "")

	const says = `"status":"dnd","statusIcon":"\u26d4","statusMessage":"Busy","statusClearAt":null`
	for _, tt := range []struct {
		path  string
		shows int
	}{
		{"/v4/room?includeStatus=1", 1},
		{"/v4/room", 0},
		{"/v4/room/" + pair, 1},
		{"/v4/room/" + group, 0},
		{"/v4/room/" + group + "/participants?includeStatus=true", 1},
		{"/v4/room/" + group + "/participants", 0},
		{"/v1/chat/" + group + "/mentions?search=&includeStatus=1", 1},
		{"/v1/chat/" + group + "/mentions?search=", 0},
	} {
		if a := ben.do("GET", talk+tt.path, ""); strings.Count(a.raw, says) != tt.shows {
			t.Errorf("%s shows it %d times, want %d: %s", tt.path, strings.Count(a.raw, says), tt.shows, a.raw)
		}
	}
	if a := ben.do("GET", talk+"/v4/room/"+group+"/participants?includeStatus=1", ""); !strings.Contains(a.raw, `"status":"offline","statusIcon":null,"statusMessage":null,"statusClearAt":null`) {
		t.Errorf("who says nothing is offline: %s", a.raw)
	}
	if a := ben.do("GET", userStatuses+"statuses/anna", ""); a.at("status") != "dnd" || a.at("message") != "Busy" {
		t.Errorf("to others: %s", a.raw)
	}
	anna.do("PUT", userStatuses+"user_status/status", `{"statusType":"invisible"}`).want(t, http.StatusOK, "")
	if a := ben.do("GET", userStatuses+"statuses", ""); len(a.list()) != 1 || a.list()[0]["status"] != "offline" {
		t.Errorf("an invisible one is seen: %s", a.raw)
	}
	if a := anna.do("GET", userStatuses+"user_status", ""); a.at("status") != "invisible" {
		t.Errorf("to herself: %s", a.raw)
	}
	anna.do("DELETE", userStatuses+"user_status/message", "").want(t, http.StatusOK, "")
	if a := anna.do("GET", userStatuses+"user_status", ""); a.at("message") != nil || a.at("icon") != nil {
		t.Errorf("a cleared message: %s", a.raw)
	}
}

func TestAUserStatusEnds(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna := h.as("anna")
	at := now.Now().Add(time.Hour).Unix()
	a := anna.do("PUT", userStatuses+"user_status/message/predefined", fmt.Sprintf(`{"messageId":"meeting","clearAt":%d}`, at))
	if a.at("message") != "In a meeting" || a.at("messageIsPredefined") != true || fmt.Sprint(a.at("clearAt")) != fmt.Sprint(at) {
		t.Errorf("a predefined message: %s", a.raw)
	}
	anna.do("PUT", userStatuses+"user_status/status", `{"statusType":"online"}`)
	get := func() string {
		a := anna.do("GET", userStatuses+"user_status", "")
		return fmt.Sprint(a.at("status"), " ", a.at("message"))
	}
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{14 * time.Minute, "online In a meeting"}, {2 * time.Minute, "offline In a meeting"}, {time.Hour, "offline <nil>"}} {
		now.advance(step.after)
		if got := get(); got != step.want {
			t.Errorf("%q, want %q", got, step.want)
		}
	}
}

func TestUserStatusRefusals(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna := h.as("anna")
	for _, tt := range []struct {
		as                 *client
		method, path, body string
		status             int
		message            string
	}{
		{h.as(""), "GET", "user_status", "", 401, "Current user is not logged in"},
		{anna, "GET", "user_status", "", 404, "No status for the current user"},
		{anna, "GET", "statuses/nobody", "", 404, "No status for the requested userId"},
		{anna, "PUT", "user_status/status", `{}`, 400, "argument statusType is missing"},
		{anna, "PUT", "user_status/status", `{"statusType":"asleep"}`, 400, `Status-type "asleep" is not supported`},
		{anna, "PUT", "user_status/message/custom", `{"message":"x","statusIcon":"no emoji"}`, 400, "Status-Icon is longer than one character"},
		{anna, "PUT", "user_status/message/custom", `{"message":"` + strings.Repeat("m", 81) + `"}`, 400, "Message is longer than supported length of 80 characters"},
		{anna, "PUT", "user_status/message/custom", fmt.Sprintf(`{"message":"x","clearAt":%d}`, now.Now().Unix()-1), 400, "ClearAt is in the past"},
		{anna, "PUT", "user_status/message/predefined", `{"messageId":"asleep"}`, 400, `Message-Id "asleep" is not supported`},
		{anna, "GET", "user_status", "", 404, "No status for the current user"}, // nothing of that was kept
	} {
		if a := tt.as.do(tt.method, userStatuses+tt.path, tt.body); a.status != tt.status || a.message != tt.message {
			t.Errorf("%s %s %s: %d %q, want %d %q", tt.method, tt.path, tt.body, a.status, a.message, tt.status, tt.message)
		}
	}
	anna.do("DELETE", userStatuses+"user_status/message", "").want(t, http.StatusOK, "")
}
