package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// visit opens a page as a browser does, without any credentials, and returns its status and text.
func (h *harness) visit(method, path string, form url.Values) (status int, text string, header http.Header) {
	h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("User-Agent", "tool <b>1</b>")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, string(raw), res.Header
}

// login is a login flow that has begun.
func (h *harness) login() (page string, poll url.Values) {
	h.t.Helper()
	status, text, _ := h.visit("POST", "/index.php/login/v2", nil)
	var begun struct {
		Poll  struct{ Token, Endpoint string }
		Login string
	}
	if err := json.Unmarshal([]byte(text), &begun); err != nil || status != http.StatusOK {
		h.t.Fatalf("start: %d %s", status, text)
	}
	if begun.Poll.Endpoint != h.url+"/index.php/login/v2/poll" || len(begun.Poll.Token) != 128 {
		h.t.Fatalf("start: %s", text)
	}
	return strings.TrimPrefix(begun.Login, h.url), url.Values{"token": {begun.Poll.Token}}
}

const pollPath = "/index.php/login/v2/poll"

func TestAPersonLetsAProgramIn(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	page, poll := h.login()
	if status, text, _ := h.visit("POST", pollPath, poll); status != http.StatusNotFound || text != "[]" {
		t.Errorf("a poll before: %d %s", status, text)
	}
	status, text, header := h.visit("GET", page, nil)
	if status != http.StatusOK || !strings.Contains(text, "tool &lt;b&gt;1&lt;/b&gt;") || !strings.Contains(header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("the page: %d %v %s", status, header, text)
	}
	if status, text, _ := h.visit("POST", page, url.Values{"user": {"anna"}, "password": {"wrong"}}); status != http.StatusForbidden || strings.Contains(text, "wrong\"") {
		t.Errorf("a wrong password: %d %s", status, text)
	}
	if status, text, _ := h.visit("POST", page, url.Values{"user": {"ANNA"}, "password": {"secret-anna"}}); status != http.StatusOK || !strings.Contains(text, "Logged in") {
		t.Errorf("granted: %d %s", status, text)
	}
	if status, _, _ := h.visit("POST", page, url.Values{"user": {"ben"}, "password": {"secret-ben"}}); status != http.StatusNotFound {
		t.Errorf("granted twice: %d", status)
	}
	status, text, _ = h.visit("POST", pollPath, poll)
	var got struct{ Server, LoginName, AppPassword string }
	if err := json.Unmarshal([]byte(text), &got); err != nil || status != http.StatusOK || got.LoginName != "anna" || got.Server != h.url {
		t.Fatalf("poll: %d %s", status, text)
	}
	if status, text, _ := h.visit("POST", pollPath, poll); status != http.StatusNotFound || text != "[]" {
		t.Errorf("a second poll: %d %s", status, text)
	}
	h.secrets = map[string]string{"anna": got.AppPassword}
	h.as("anna").do("GET", talk+"/v4/room", "").want(t, http.StatusOK, "")
	h.as("anna").do("GET", "/ocs/v2.php/core/getapppassword", "").want(t, http.StatusForbidden, "") // it is one
}

func TestALoginLapses(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	page, poll := h.login()
	late, latePoll := h.login()
	h.visit("POST", late, url.Values{"user": {"anna"}, "password": {"secret-anna"}})
	now.advance(20*time.Minute + time.Second)
	if status, _, _ := h.visit("GET", page, nil); status != http.StatusNotFound {
		t.Errorf("the page: %d", status)
	}
	if status, _, _ := h.visit("POST", page, url.Values{"user": {"anna"}, "password": {"secret-anna"}}); status != http.StatusNotFound {
		t.Errorf("granting: %d", status)
	}
	for _, p := range []url.Values{poll, latePoll} {
		if status, text, _ := h.visit("POST", pollPath, p); status != http.StatusNotFound || text != "[]" {
			t.Errorf("polling: %d %s", status, text)
		}
	}
}

func TestLoginRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	page, _ := h.login()
	for _, tt := range []struct {
		method, path string
		form         url.Values
		status       int
	}{
		{"POST", pollPath, url.Values{}, http.StatusBadRequest},
		{"POST", pollPath, url.Values{"token": {"wrong"}}, http.StatusNotFound},
		{"GET", "/index.php/login/v2/flow/unknown", nil, http.StatusNotFound},
		{"POST", page, url.Values{"user": {"anna"}}, http.StatusBadRequest},
		{"POST", page, url.Values{"user": {"nobody"}, "password": {"x"}}, http.StatusForbidden},
		{"GET", "/index.php/login/v2", nil, http.StatusMethodNotAllowed},
	} {
		if status, text, _ := h.visit(tt.method, tt.path, tt.form); status != tt.status {
			t.Errorf("%s %s: %d, want %d: %s", tt.method, tt.path, status, tt.status, text)
		}
	}
}
