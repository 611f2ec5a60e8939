package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
)

// harness is a server with three users, and clients for them.
type harness struct {
	t   *testing.T
	srv *server.Server
	url string
	// secrets are passwords by user; who has none there has "secret-" and the id.
	secrets map[string]string
}

func newHarness(t *testing.T, change func(*server.Config)) *harness {
	t.Helper()
	cfg := server.Config{
		Users: []server.User{
			{ID: "anna", Password: "secret-anna", DisplayName: "Anna", Groups: []string{"crew"}},
			{ID: "ben", Password: "secret-ben", DisplayName: "Ben", Groups: []string{"crew"}},
			{ID: "cleo", Password: "secret-cleo", DisplayName: "Cleo"},
			{ID: "admin", Password: "secret-admin", Admin: true},
		},
	}
	if change != nil {
		change(&cfg)
	}
	srv, err := server.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	web := httptest.NewServer(srv.Handler())
	t.Cleanup(web.Close)
	return &harness{t: t, srv: srv, url: web.URL}
}

// newHarnessIn is a harness whose state is in a directory. Its users have app
// passwords: the real ones cost as much there as they should.
func newHarnessIn(t *testing.T, dir string) *harness {
	t.Helper()
	h := newHarness(t, func(cfg *server.Config) {
		cfg.DataDir = dir
		for i := range cfg.Users {
			cfg.Users[i].Password = ""
		}
	})
	h.secrets = map[string]string{}
	for _, id := range []string{"anna", "ben", "cleo", "admin"} {
		secret, err := h.srv.AppPassword(t.Context(), id, "test")
		if err != nil {
			t.Fatal(err)
		}
		h.secrets[id] = secret
	}
	return h
}

// client is somebody who asks, with a cookie jar.
type client struct {
	h    *harness
	user string
	http *http.Client
}

func (h *harness) as(user string) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &client{h: h, user: user, http: &http.Client{Jar: jar}}
}

// answer is what came back, with the envelope's data decoded.
type answer struct {
	status  int
	header  http.Header
	code    int
	message string
	data    any
	raw     string
}

const talk = "/ocs/v2.php/apps/spreed/api"

// do asks; body is JSON text, "" for none.
func (c *client) do(method, path, body string) answer {
	c.h.t.Helper()
	a, err := c.try(c.h.t.Context(), method, path, body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return a
}

func (c *client) try(ctx context.Context, method, path, body string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.h.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.user != "" {
		password := "secret-" + c.user
		if secret := c.h.secrets[c.user]; secret != "" {
			password = secret
		}
		req.SetBasicAuth(c.user, password)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	var env struct {
		OCS struct {
			Meta struct {
				StatusCode int
				Message    string
			}
			Data any
		}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if len(raw) > 0 {
		if err := d.Decode(&env); err != nil {
			return a, err
		}
	}
	a.code, a.message, a.data = env.OCS.Meta.StatusCode, env.OCS.Meta.Message, env.OCS.Data
	return a, nil
}

// at returns a value inside the data by keys.
func (a answer) at(keys ...string) any {
	v := a.data
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// room makes a group conversation of the client with others and returns its token.
func (c *client) room(name string, others ...string) string {
	c.h.t.Helper()
	a := c.do("POST", talk+"/v4/room", `{"roomType":2,"roomName":"`+name+`"}`)
	if a.status != http.StatusCreated {
		c.h.t.Fatalf("create room: %d %s", a.status, a.raw)
	}
	token, _ := a.at("token").(string)
	for _, o := range others {
		if a := c.do("POST", talk+"/v4/room/"+token+"/participants", `{"newParticipant":"`+o+`"}`); a.status != http.StatusOK {
			c.h.t.Fatalf("add %s: %d %s", o, a.status, a.raw)
		}
	}
	return token
}

func TestSendWakesAPoll(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Wake", "ben")
	first := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"first"}`)
	known := first.at("id").(json.Number).String()

	got := make(chan answer, 1)
	go func() {
		a, err := ben.try(context.WithoutCancel(t.Context()), "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+known, "")
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	second := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"second"}`)
	a := <-got
	list, _ := a.data.([]any)
	if a.status != http.StatusOK || len(list) != 1 || list[0].(map[string]any)["message"] != "second" {
		t.Fatalf("poll: %d %s", a.status, a.raw)
	}
	if want := second.at("id").(json.Number).String(); a.header.Get("X-Chat-Last-Given") != want {
		t.Errorf("X-Chat-Last-Given = %q, want %q", a.header.Get("X-Chat-Last-Given"), want)
	}
}

func TestServeEndsWaitingPolls(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- h.srv.Serve(ctx, ln) }()
	h.url = "http://" + ln.Addr().String()

	anna := h.as("anna")
	token := anna.room("Stop")
	known := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"x"}`).at("id").(json.Number).String()
	got := make(chan answer, 1)
	go func() {
		a, err := anna.try(context.WithoutCancel(t.Context()), "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+known, "")
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	h.srv.AwaitPolls(token, 1)
	began := time.Now()
	stop()
	if a := <-got; a.status != http.StatusNotModified {
		t.Errorf("poll at shutdown: %d %s", a.status, a.raw)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("shutdown took %v", d)
	}
}

func TestTheHandlerWorksUnderAnyPath(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	web := httptest.NewServer(http.StripPrefix("/some/cloud", h.srv.Handler()))
	t.Cleanup(web.Close)
	h.url = web.URL + "/some/cloud"
	anna := h.as("anna")
	token := anna.room("Below")
	if a := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"hello"}`); a.status != http.StatusCreated {
		t.Errorf("send: %d %s", a.status, a.raw)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		cfg  server.Config
		says string
	}{
		"a file for a directory": {server.Config{DataDir: file}, file},
		"a user without an id":   {server.Config{Users: []server.User{{DisplayName: "Nobody"}}}, "user"},
		"a user with a slash":    {server.Config{Users: []server.User{{ID: "a/b"}}}, `"a/b"`},
		"a group without a name": {server.Config{Groups: []string{""}}, "group"},
	} {
		srv, err := server.Open(t.Context(), tt.cfg)
		if err == nil {
			_ = srv.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want an error that says %s", name, err, tt.says)
		}
	}
}

func TestDeclaredUsersAreThere(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	users, err := h.srv.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range users {
		if u.Password != "" {
			t.Errorf("the password of %s is shown", u.ID)
		}
		got = append(got, u.ID)
	}
	if want := "admin anna ben cleo"; strings.Join(got, " ") != want {
		t.Errorf("users %q, want %q", got, want)
	}
	if _, err := h.srv.AppPassword(t.Context(), "nobody", "x"); err == nil {
		t.Error("an app password for nobody")
	}
}
