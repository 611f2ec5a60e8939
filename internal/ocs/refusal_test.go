package ocs

import (
	"bufio"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestRecordedRefusals reads what a real server refused, byte for byte.
func TestRecordedRefusals(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/refusals.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var rec struct {
			Method, Path, Body string
			Status, OCSCode    int
			Reason, Message    string
		}
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			t.Fatal(err)
		}
		srv, _ := newServer(t, answer(rec.Status, rec.Body))
		c, _ := newClient(t, srv.URL, nil)
		_, err := c.Do(t.Context(), &Request{Op: "try", Method: rec.Method, Path: rec.Path})
		e := asError(t, err)
		if e.StatusCode != rec.Status || e.OCSCode != rec.OCSCode || e.Reason != rec.Reason || e.Message != rec.Message {
			t.Errorf("%s %s: %s\n\tgives %d, %d, %q, %q\n\twant  %d, %d, %q, %q", rec.Method, rec.Path, rec.Body,
				e.StatusCode, e.OCSCode, e.Reason, e.Message, rec.Status, rec.OCSCode, rec.Reason, rec.Message)
		}
	}
	if n < 50 {
		t.Errorf("only %d recordings", n)
	}
}

func TestStatusKinds(t *testing.T) {
	t.Parallel()
	all := []error{
		ErrInvalid, ErrUnauthorized, ErrForbidden, ErrNotFound, ErrConflict, ErrTooLarge, ErrRateLimited, ErrUnavailable,
		ErrMaintenance, ErrLobby, ErrUnsupported, ErrBadResponse, ErrRedirect, ErrConnection,
	}
	const csrf = `{"message":"CSRF check failed"}`
	const ocs = `{"ocs":{"meta":{"status":"failure","statuscode":1,"message":""},"data":[]}}`
	const upgrade = `<!DOCTYPE html><html><body><div class="update" data-productname="Nextcloud"><h2>Mise à jour requise</h2>`
	tests := []struct {
		name, path string
		status     int
		header     string
		body       string
		want       []error
		says       string
	}{
		{"400", room, 400, "", ocs, []error{ErrInvalid}, "400 Bad Request"},
		{"400 without a body", room, 400, "", "", []error{ErrInvalid}, "400 Bad Request"},
		{"401", room, 401, "", ocs, []error{ErrUnauthorized}, ""},
		{"403", room, 403, "", ocs, []error{ErrForbidden}, ""},
		{"404", room, 404, "", ocs, []error{ErrNotFound}, ""},
		{"404 of some web server", room, 404, "", "<html><h1>Not Found</h1>", []error{ErrNotFound, ErrBadResponse}, "is this the address of a Nextcloud?"},
		{"405", room, 405, "", "", nil, "405"},
		{"409", room, 409, "", ocs, []error{ErrConflict}, ""},
		{"412, lobby", room, 412, "", ocs, []error{ErrLobby}, "lobby"},
		{"412, CSRF", room, 412, "", csrf, nil, "CSRF check failed"},
		{"412 with a reason", room, 412, "", `{"ocs":{"meta":{"statuscode":412},"data":{"error":"config"}}}`, nil, "config"},
		{"412 elsewhere", "/remote.php/dav/files/anna/x", 412, "", "", nil, "412"},
		{"413", room, 413, "", ocs, []error{ErrTooLarge}, ""},
		{"426", room, 426, "", `{"ocs":{"meta":{"statuscode":426,"message":"22.0.0"},"data":[]}}`, nil, "22.0.0"},
		{"429", room, 429, "", ocs, []error{ErrRateLimited}, ""},
		{"500", room, 500, "", "<html>", nil, "500"},
		{"502", room, 502, "", "<html>", []error{ErrUnavailable}, "502 Bad Gateway"},
		{"503", room, 503, "", "", []error{ErrUnavailable}, ""},
		{"504", room, 504, "", "", []error{ErrUnavailable}, ""},
		{"maintenance by its header", room, 503, "1", ocs, []error{ErrUnavailable, ErrMaintenance}, "maintenance"},
		{"maintenance in WebDAV", "/remote.php/dav/x", 503, "", `<d:error xmlns:d="DAV:" xmlns:s="x"><s:message>System is in maintenance mode.</s:message></d:error>`, []error{ErrUnavailable, ErrMaintenance}, ""},
		{"waiting for its upgrade", room, 503, "", upgrade, []error{ErrUnavailable, ErrMaintenance}, ""},
		{"998 on Talk", room, 404, "", `{"ocs":{"meta":{"statuscode":998,"message":"Invalid query"},"data":[]}}`, []error{ErrNotFound}, "Talk is not installed there, or too old"},
		{"998 elsewhere", "/ocs/v2.php/cloud/users/x", 404, "", `{"ocs":{"meta":{"statuscode":998,"message":""},"data":[]}}`, []error{ErrNotFound}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, n := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("X-Nextcloud-Maintenance-Mode", tt.header)
				}
				answer(tt.status, tt.body)(w, nil)
			})
			c, _ := newClient(t, srv.URL, nil)
			_, err := c.Do(t.Context(), &Request{Path: tt.path, NoRetry: true})
			for _, sentinel := range all {
				want := false
				for _, w := range tt.want {
					want = want || w == sentinel //nolint:errorlint // they are the sentinels themselves
				}
				if got := errors.Is(err, sentinel); got != want {
					t.Errorf("errors.Is(%v, %v) = %v", err, sentinel, got)
				}
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v does not say %q", err, tt.says)
			}
			if n.get() != 1 {
				t.Errorf("%d requests", n.get())
			}
		})
	}
	t.Run("998 elsewhere says nothing of Talk", func(t *testing.T) {
		t.Parallel()
		e := &Error{Path: "/ocs/v2.php/cloud/users/x", StatusCode: 404, OCSCode: 998}
		if strings.Contains(e.Error(), "Talk is") {
			t.Error(e)
		}
	})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", maxText)
	for _, tt := range []struct{ name, body, reason, message string }{
		{"plain JSON", `{"message":"CSRF check failed"}`, "", "CSRF check failed"},
		{"plain JSON with a reason", `{"error":"expired"}`, "expired", ""},
		{"reason and hint", `{"ocs":{"meta":{"message":"","statuscode":400},"data":{"error":"password","message":"too short"}}}`, "password", "too short"},
		{"reason of another type", `{"ocs":{"meta":{"message":"m","statuscode":400},"data":{"error":5}}}`, "", "m"},
		{"reason of another type beside a message", `{"error":{"code":5},"message":"m"}`, "", "m"},
		{"OK is no message", `{"ocs":{"meta":{"message":"OK","statuscode":400},"data":[]}}`, "", ""},
		{"XML", `<ocs><meta><statuscode>997</statuscode><message>Unauthorised</message></meta><data><error>who</error></data></ocs>`, "who", "Unauthorised"},
		{"XML that is cut", `<ocs><meta><statuscode>997</statuscode><message>Unauthorised</message></me`, "", "Unauthorised"},
		{"XML of another charset", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><error><message>caf\xe9</message></error>", "", "caf\uFFFD"},
		{"terminal escapes", "{\"message\":\"a\\u001b[31mb\\r\\nc\\u009bd\"}", "", "a [31mb c d"},
		{"long", `{"message":"` + long + `"}`, "", long[:maxText] + "…"},
		{"array", `[]`, "", ""},
		{"text", `gone`, "", ""},
		{"page", `<!doctype html><p>gone`, "", ""},
	} {
		if d := describe([]byte(tt.body)); d.reason != tt.reason || d.message != tt.message {
			t.Errorf("%s: %q, %q; want %q, %q", tt.name, d.reason, d.message, tt.reason, tt.message)
		}
	}
}

func TestDataOfARefusal(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, answer(409, `{"ocs":{"meta":{"statuscode":409},"data":{"sessionId":"abc","inCall":1}}}`))
	c, _ := newClient(t, srv.URL, nil)
	_, err := c.Do(t.Context(), &Request{Method: "POST", Path: room})
	if got := string(asError(t, err).Data); got != `{"sessionId":"abc","inCall":1}` {
		t.Errorf("data = %s", got)
	}
}
