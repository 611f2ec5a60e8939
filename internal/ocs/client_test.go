package ocs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const okBody = `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"id":1}}}`

// waits is a Retry.Sleep that notes what it was asked to wait, and does not.
type waits struct {
	mu  sync.Mutex
	got []time.Duration
}

func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = append(w.got, d)
	return ctx.Err()
}

// newClient returns a client for srv that never waits. Change may change its configuration.
func newClient(t *testing.T, base string, change func(*Config)) (*Client, *waits) {
	t.Helper()
	w := &waits{}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	cfg := Config{
		BaseURL:    base,
		HTTPClient: &http.Client{Transport: tr},
		Retry:      Retry{Sleep: w.sleep, Jitter: func() float64 { return 1 }},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c, w
}

// newServer serves h, and counts the requests.
func newServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *counter) {
	t.Helper()
	var n counter
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.add()
		h(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv, &n
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

func (c *counter) get() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// asError returns err as an *Error, or fails the test.
func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want *Error", err, err)
	}
	return e
}

const room = "/ocs/v2.php/apps/spreed/api/v4/room"

func TestDoSendsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	type seen struct {
		Method, URL, ContentType, Body string
		Length                         int64
	}
	tests := []struct {
		name string
		req  Request
		want seen
	}{
		{"get", Request{Path: room}, seen{"GET", "/nc" + room, "", "", 0}},
		{
			"query",
			Request{Method: "GET", Path: room, Query: url.Values{"a": {"1 2"}, "b": {"x&y"}}},
			seen{"GET", "/nc" + room + "?a=1+2&b=x%26y", "", "", 0},
		},
		{"escaped path", Request{Path: "/remote.php/dav/a%2Fb%20c"}, seen{"GET", "/nc/remote.php/dav/a%2Fb%20c", "", "", 0}},
		{
			"json",
			Request{Method: "POST", Path: room, Body: map[string]int{"roomType": 2}},
			seen{"POST", "/nc" + room, "application/json", `{"roomType":2}`, 14},
		},
		{
			"form",
			Request{Method: "PUT", Path: room, Body: url.Values{"token": {"a b"}}},
			seen{"PUT", "/nc" + room, "application/x-www-form-urlencoded", "token=a+b", 9},
		},
		{
			"raw of unknown length",
			Request{Method: "PUT", Path: room, Body: &Raw{Reader: io.MultiReader(strings.NewReader("abc")), ContentType: "text/plain"}},
			seen{"PUT", "/nc" + room, "text/plain", "abc", -1},
		},
		{
			"raw of given length",
			Request{Method: "PUT", Path: room, Body: &Raw{Reader: io.MultiReader(strings.NewReader("abc")), Length: 3}},
			seen{"PUT", "/nc" + room, "", "abc", 3},
		},
		{
			"raw of a reader that knows its length",
			Request{Method: "PUT", Path: room, Body: &Raw{Reader: bytes.NewReader([]byte("abc"))}},
			seen{"PUT", "/nc" + room, "", "abc", 3},
		},
		{
			"raw from GetBody alone",
			Request{Method: "PUT", Path: room, Body: &Raw{GetBody: func() (io.Reader, error) { return strings.NewReader("abc"), nil }, Length: 3}},
			seen{"PUT", "/nc" + room, "", "abc", 3},
		},
		{
			"empty raw",
			Request{Method: "PUT", Path: room, Body: &Raw{Reader: strings.NewReader("")}},
			seen{"PUT", "/nc" + room, "", "", 0},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got seen
			srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				got = seen{r.Method, r.RequestURI, r.Header.Get("Content-Type"), string(b), r.ContentLength}
				answer(200, okBody)(w, r)
			})
			c, _ := newClient(t, srv.URL+"/nc/index.php/", nil)
			tt.req.Op = "try"
			if _, err := c.Do(t.Context(), &tt.req); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("request (-want +got):\n%s", d)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	var got http.Header
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		answer(200, okBody)(w, r)
	})
	c, _ := newClient(t, srv.URL, func(cfg *Config) {
		cfg.Auth = Basic("anna", "app-password")
		cfg.UserAgent = "test/1"
	})
	mine := http.Header{"X-Mine": {"1"}, "Accept": {"image/png"}}

	if _, err := c.Do(t.Context(), &Request{Path: room, Header: mine}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"OCS-APIRequest": "true", "Accept": "application/json", "User-Agent": "test/1",
		"Authorization": "Basic YW5uYTphcHAtcGFzc3dvcmQ=", "X-Mine": "1",
	} {
		if got.Get(name) != want {
			t.Errorf("Do: header %s = %q, want %q", name, got.Get(name), want)
		}
	}
	res, err := c.Raw(t.Context(), &Request{Path: room + "/avatar", Header: mine})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for name, want := range map[string]string{"OCS-APIRequest": "true", "Accept": "image/png"} {
		if got.Get(name) != want {
			t.Errorf("Raw: header %s = %q, want %q", name, got.Get(name), want)
		}
	}
	if d := cmp.Diff(http.Header{"X-Mine": {"1"}, "Accept": {"image/png"}}, mine); d != "" {
		t.Errorf("the caller's headers were changed:\n%s", d)
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tok" {
			w.WriteHeader(401)
			return
		}
		answer(200, okBody)(w, r)
	})
	c, _ := newClient(t, srv.URL, func(cfg *Config) { cfg.Auth = Bearer("tok") })
	if _, err := c.Do(t.Context(), &Request{Path: room}); err != nil {
		t.Error(err)
	}
}

func TestCookiesHoldAndCredentialsGoAlong(t *testing.T) {
	t.Parallel()
	srv, n := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); !ok {
			t.Error("a request came without credentials")
		}
		if ck, err := r.Cookie("session"); err == nil && ck.Value == "s1" {
			answer(200, okBody)(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s1", Path: "/", HttpOnly: true})
		answer(404, "")(w, r)
	})
	given := &http.Client{Transport: &http.Transport{}}
	c, _ := newClient(t, srv.URL, func(cfg *Config) {
		cfg.HTTPClient = given
		cfg.Auth = Basic("anna", "pw")
	})
	if _, err := c.Do(t.Context(), &Request{Path: room}); !errors.Is(err, ErrNotFound) {
		t.Fatalf("first request: %v, want not found", err)
	}
	if _, err := c.Do(t.Context(), &Request{Path: room}); err != nil {
		t.Fatalf("second request: %v", err)
	}
	if n.get() != 2 {
		t.Errorf("%d requests, want 2", n.get())
	}
	if given.Jar != nil || given.CheckRedirect != nil {
		t.Error("the caller's http.Client was changed")
	}
}

func TestOnResponseSeesEveryAnswer(t *testing.T) {
	t.Parallel()
	var n counter
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Nextcloud-Talk-Hash", "h")
		if n.add() == 1 {
			answer(503, "")(w, r)
			return
		}
		answer(200, okBody)(w, r)
	})
	var got []int
	c, _ := newClient(t, srv.URL, func(cfg *Config) {
		cfg.OnResponse = func(r *http.Response) {
			if r.Header.Get("X-Nextcloud-Talk-Hash") != "h" {
				t.Error("the header is missing")
			}
			got = append(got, r.StatusCode)
		}
	})
	if _, err := c.Do(t.Context(), &Request{Path: room}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{503, 200}, got); d != "" {
		t.Error(d)
	}
}

func TestInvalidRequestsAreNotSent(t *testing.T) {
	t.Parallel()
	var none *Raw
	tests := []struct {
		name, field string
		req         Request
	}{
		{"relative path", "path", Request{Path: "ocs/v2.php"}},
		{"query in path", "path", Request{Path: room + "?token=hush"}},
		{"parent in path", "path", Request{Path: room + "/../x"}},
		{"escaped parent in path", "path", Request{Path: room + "/%2e%2E/x"}},
		{"bad escape", "path", Request{Path: room + "/%zz"}},
		{"method", "method", Request{Method: "G ET", Path: room}},
		{"header", "header X-A", Request{Path: room, Header: http.Header{"X-A": {"a\r\nB: hush"}}}},
		{"body that JSON cannot say", "body", Request{Method: "POST", Path: room, Body: func() {}}},
		{"nil raw body", "body", Request{Method: "POST", Path: room, Body: none}},
		{"empty raw body", "body", Request{Method: "POST", Path: room, Body: &Raw{}}},
		{"content type", "content type", Request{Method: "POST", Path: room, Body: &Raw{Reader: strings.NewReader("x"), ContentType: "a\nb"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, n := newServer(t, answer(200, okBody))
			c, _ := newClient(t, srv.URL, nil)
			_, err := c.Do(t.Context(), &tt.req)
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("err = %v, want ErrInvalid", err)
			}
			if e := asError(t, err); e.Field != tt.field {
				t.Errorf("field = %q, want %q (%v)", e.Field, tt.field, err)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if n.get() != 0 {
				t.Error("the request was sent")
			}
		})
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/status.php":
			answer(200, `{"installed":true}`)(w, r)
		case "/same":
			w.WriteHeader(304)
		case "/gone":
			answer(404, "<html>")(w, r)
		default:
			answer(403, `{"message":"not you"}`)(w, r)
		}
	})
	c, _ := newClient(t, srv.URL, nil)
	res, err := c.Raw(t.Context(), &Request{Path: "/status.php", Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if string(b) != `{"installed":true}` {
		t.Errorf("body = %s", b)
	}
	res, err = c.Raw(t.Context(), &Request{Path: "/same", NotModifiedOK: true})
	if err != nil || res.StatusCode != 304 {
		t.Fatalf("304: %v, %v", res, err)
	}
	_ = res.Body.Close()
	if _, err := c.Raw(t.Context(), &Request{Path: "/same"}); asError(t, err).StatusCode != 304 { //nolint:bodyclose // there is none
		t.Errorf("304 that was not allowed: %v", err)
	}
	_, err = c.Raw(t.Context(), &Request{Path: "/gone"}) //nolint:bodyclose // there is none
	if !errors.Is(err, ErrNotFound) || errors.Is(err, ErrBadResponse) {
		t.Errorf("a page that is gone: %v, want ErrNotFound alone: no envelope was expected", err)
	}
	_, err = c.Raw(t.Context(), &Request{Path: "/no"}) //nolint:bodyclose // there is none
	if !errors.Is(err, ErrForbidden) || asError(t, err).Message != "not you" {
		t.Errorf("403: %v", err)
	}
}

func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	var n counter
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if n.add() == 1 {
			answer(502, "")(w, r)
			return
		}
		answer(200, okBody)(w, r)
	})
	var log bytes.Buffer
	c, _ := newClient(t, srv.URL, func(cfg *Config) {
		cfg.Auth = Basic("anna", "hush-password")
		cfg.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	_, err := c.Do(t.Context(), &Request{
		Op: "send message", Method: "POST", Path: room, Query: url.Values{"q": {"hush-query"}},
		Header: http.Header{"X-Secret": {"hush-header"}}, Body: map[string]string{"password": "hush-body"}, Repeatable: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "hush") || strings.Contains(log.String(), "aHVza") {
		t.Errorf("the log tells a secret:\n%s", log.String())
	}
	type line struct {
		Msg, Method, Path string
		Status, Attempt   int
	}
	var got []line
	for dec := json.NewDecoder(&log); dec.More(); {
		var l line
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		got = append(got, l)
	}
	want := []line{{"talk: send message", "POST", room, 502, 1}, {"talk: send message", "POST", room, 200, 2}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("log (-want +got):\n%s", d)
	}
}
