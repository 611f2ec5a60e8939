package playback

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// ask sends a request as a user, and gives the status and the beginning of the answer.
func ask(t *testing.T, s *Server, user, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		r.SetBasicAuth(user, "secret")
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start("talk-23/pins")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const chat = "/ocs/v2.php/apps/spreed/api/v1/chat/"

// TestOnlyWhatWasRecordedIsAnswered: another user, method, path, query or body gets nothing, and is remembered.
func TestOnlyWhatWasRecordedIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t)
	pin := chat + s.Vars["room"] + "/" + s.Vars["b"] + "/pin"
	wrong := [][4]string{
		{"ben", "POST", pin, `{"pinUntil":1893456000}`},
		{"", "POST", pin, `{"pinUntil":1893456000}`},
		{"anna", "PUT", pin, `{"pinUntil":1893456000}`},
		{"anna", "POST", pin + "/self", `{"pinUntil":1893456000}`},
		{"anna", "POST", pin + "?force=1", `{"pinUntil":1893456000}`},
		{"anna", "POST", pin, `{"pinUntil":1893456001}`},
		{"anna", "POST", pin, `{"pinUntil":1893456000,"news":1}`},
		{"anna", "POST", pin, `{"pinUntil":`},
		{"anna", "POST", pin, ``},
		{"ben", "GET", chat + s.Vars["room"] + "/share", ``},
		{"ben", "GET", chat + s.Vars["room"] + "/share?objectType=file", ``},
	}
	for _, w := range wrong {
		if status, _ := ask(t, s, w[0], w[1], w[2], w[3]); status != http.StatusTeapot {
			t.Errorf("%q: answered %d", w, status)
		}
	}
	if got := s.Unmatched(); len(got) != len(wrong) {
		t.Errorf("%d of %d remembered: %q", len(got), len(wrong), got)
	}
	if left := s.Left("/pin"); len(left) == 0 || !strings.Contains(fmt.Sprint(left), s.Vars["b"]+"/pin") {
		t.Errorf("left: %v", left)
	}
}

// TestEachExchangeIsPlayedOnce: in their order where they are alike, and with what servers take for the same.
func TestEachExchangeIsPlayedOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	pin := chat + s.Vars["room"] + "/" + s.Vars["a"] + "/pin"
	for i, want := range []string{"message_pinned", `"data":null`} {
		body := []string{`{"pinUntil":0,"referenceId":"mine"}`, ``}[i]
		status, answer := ask(t, s, "anna", "POST", pin, body)
		if status != http.StatusOK || !strings.Contains(strings.ReplaceAll(answer, `": `, `":`), want) {
			t.Errorf("%d: %d %.200s", i, status, answer)
		}
	}
	if status, _ := ask(t, s, "anna", "POST", pin, `{}`); status != http.StatusTeapot {
		t.Errorf("a third time: %d", status)
	}
	s.Repeat(8) // ben may not
	for range 2 {
		if status, _ := ask(t, s, "ben", "POST", pin, `{}`); status != http.StatusForbidden {
			t.Errorf("ben: %d", status)
		}
	}
	s.Skip(9)
	if status, _ := ask(t, s, "anna", "POST", chat+s.Vars["room"]+"/99999999/pin", `{}`); status != http.StatusTeapot {
		t.Errorf("what was skipped: %d", status)
	}
	for range 2 {
		if status, answer := ask(t, s, "anna", "GET", "/ocs/v2.php/apps/spreed/api/v4/room/"+s.Vars["room"], ""); status != http.StatusOK || !strings.Contains(answer, "Pins") {
			t.Errorf("the conversation: %d %.100s", status, answer)
		}
		if status, answer := ask(t, s, "", "GET", "/ocs/v2.php/cloud/capabilities", ""); status != http.StatusOK || !strings.Contains(answer, "pinned-messages") {
			t.Errorf("the capabilities: %d %.100s", status, answer)
		}
	}
}

func TestStoriesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"talk-23/nothing", "talk-1/pins", ""} {
		if s, err := Start(name); err == nil {
			s.Close()
			t.Errorf("%q has begun", name)
		}
	}
}
