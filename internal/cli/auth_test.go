package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/confab-go/confab/internal/server"
)

func TestMain(m *testing.M) {
	keyring.MockInit() // no test touches the keyring of whoever runs it
	os.Exit(m.Run())
}

// mockKeyring is go-keyring's mock behind a lock, which that lacks: tests run side by side.
type mockKeyring struct{ user string }

var mockLock sync.Mutex

func (k mockKeyring) locked(name string, do func(systemKeyring, string) error) error {
	mockLock.Lock()
	defer mockLock.Unlock()
	return do(systemKeyring{}, k.user+name)
}

func (k mockKeyring) Set(service, user, secret string) error {
	return k.locked(user, func(s systemKeyring, user string) error { return s.Set(service, user, secret) })
}

func (k mockKeyring) Get(service, user string) (secret string, err error) {
	err = k.locked(user, func(s systemKeyring, user string) error {
		secret, err = s.Get(service, user)
		return err
	})
	return secret, err
}

func (k mockKeyring) Delete(service, user string) error {
	return k.locked(user, func(s systemKeyring, user string) error { return s.Delete(service, user) })
}

// home is somebody's settings and keyring, for one test.
type home struct {
	s   *stage
	dir string
}

func newHome(s *stage) home {
	s.t.Helper()
	return home{s, filepath.Join(s.t.TempDir(), "confab")}
}

// call begins a command at a pipe, without an account in the environment.
func (h home) call() *call {
	c := newCall()
	c.app.ConfigDir, c.app.Keyring = h.dir, mockKeyring{h.dir}
	return c
}

// login logs a user in by an app password, and gives the name of the account.
func (h home) login(t *testing.T, user string, flags ...string) string {
	t.Helper()
	args := append([]string{"auth", "login", h.s.url, "--user", user, "--with-app-password"}, flags...)
	return strings.TrimSpace(h.call().stdin(h.s.passwords[user]+"\n").ok(t, args...))
}

// stored gives what the file of accounts holds.
func (h home) stored(t *testing.T) string {
	t.Helper()
	path := filepath.Join(h.dir, "accounts.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	return string(data)
}

func TestAuth(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := newHome(s)
	host := strings.TrimPrefix(s.url, "http://")
	room := s.room("Deploys", "bob")

	h.call().fails(t, exitUnauthorized, []string{"no account", "auth login"}, "auth", "status")
	same(t, h.login(t, "alice"), "alice@"+host)
	same(t, h.call().ok(t, "send", room.Token, "Hello", "--jq", ".actorId"), "alice\n")
	if text := h.stored(t); strings.Contains(text, s.passwords["alice"]) || !strings.Contains(text, `"storage": "keyring"`) {
		t.Errorf("stored is %s", text)
	}
	same(t, h.call().tty(80).stdin(s.passwords["bob"]).ok(t, "auth", "login", s.url+"/index.php/", "--user", "bob", "--with-app-password"),
		"✓ Logged in as Bob B.: you speak for bob@"+host+" now\n")
	same(t, h.call().ok(t, "auth", "status"), "alice@"+host+"\t\t"+s.url+"\talice\tAlice\tkeyring\tok\nbob@"+host+"\tactive\t"+s.url+"\tbob\tBob B.\tkeyring\tok\n")
	if out := h.call().tty(100).ok(t, "auth", "status"); !strings.HasPrefix(out, "ACCOUNT ") || !strings.Contains(out, "active  Bob B.  keyring      ok\n") {
		t.Errorf("a terminal gets %q", out)
	}
	same(t, h.call().ok(t, "auth", "token"), s.passwords["bob"]+"\n")
	same(t, h.call().tty(80).ok(t, "auth", "switch"), "✓ You speak for alice@"+host+" now\n")
	same(t, h.call().ok(t, "auth", "token"), s.passwords["alice"]+"\n")
	same(t, h.call().ok(t, "auth", "switch", "bob@"+host), "")
	same(t, h.call().ok(t, "__complete", "auth", "switch", ""), "alice@"+host+"\nbob@"+host+"\n:4\n")
	h.call().fails(t, exitNotFound, []string{`"carol@x"`, "alice@" + host}, "auth", "switch", "carol@x")

	// The environment wins, in whole or in part.
	me := []string{"api", "GET", "cloud/user", "--jq", ".id"}
	same(t, h.call().ok(t, me...), "bob\n")
	same(t, h.call().set(envUser, "alice").ok(t, me...), "alice\n")
	same(t, h.call().set(envURL, s.url+"/").set(envUser, "carol").set(envPassword, s.passwords["carol"]).ok(t, me...), "carol\n")
	h.call().set(envPassword, "wrong").fails(t, exitUnauthorized, []string{"401", "confab auth login " + s.url}, me...)
	h.call().set(envURL, "http://127.0.0.1:1").fails(t, exitUnauthorized, []string{"CONFAB_USER, CONFAB_PASSWORD are not set"}, me...) // no password goes there
	same(t, s.as("carol").ok(t, "auth", "status", "--json=storage,active,state"), `[{"storage":"environment","active":true,"state":"ok"}]`+"\n")

	same(t, h.call().tty(80).ok(t, "auth", "logout", "--revoke=false"), "✓ Forgot bob@"+host+"\n")
	s.as("bob").ok(t, me...)
	if _, err := (mockKeyring{h.dir}).Get(keyringService, "bob@"+host); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the keyring has it still: %v", err)
	}
	same(t, h.call().ok(t, me...), "alice\n") // who is left
	same(t, h.call().ok(t, "auth", "logout"), "")
	s.as("alice").fails(t, exitUnauthorized, []string{"401"}, me...)
	h.call().fails(t, exitUnauthorized, []string{"no account"}, "auth", "logout")
}

func TestAuthWithoutKeyring(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := newHome(s)
	none := func() *call {
		c := h.call().stdin(s.passwords["alice"])
		c.app.Keyring = nil
		return c
	}
	login := []string{"auth", "login", s.url, "--user", "alice", "--with-app-password"}
	none().fails(t, exitFailed, []string{"keyring", "--insecure-storage"}, login...)
	name := strings.TrimSpace(none().ok(t, append(login, "--insecure-storage")...))
	if text := h.stored(t); !strings.Contains(text, s.passwords["alice"]) {
		t.Errorf("stored is %s", text)
	}
	same(t, none().ok(t, "auth", "status", "--json=account,storage,state"), `[{"account":"`+name+`","storage":"file","state":"ok"}]`+"\n")

	if err := os.Chmod(filepath.Join(h.dir, "accounts.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := none().run(t, "auth", "status"); r.code != exitOK || strings.Count(r.err, "warning: others can read") != 1 {
		t.Errorf("where others can read it: %+v", r)
	}
	h.login(t, "alice") // moves it into the keyring
	if text := h.stored(t); strings.Contains(text, s.passwords["alice"]) {
		t.Errorf("stored is %s", text)
	}
	none().fails(t, exitUnauthorized, []string{"password of " + name, "keyring", envPassword}, "conversation", "list")
	r := none().run(t, "auth", "status", "--jq", ".[].state")
	if r.code != exitUnauthorized || r.out != "no password\n" {
		t.Errorf("%+v", r)
	}
}

func TestAuthLoginRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := newHome(s)
	for _, tt := range []struct {
		code  int
		words []string
		args  []string
	}{
		{exitUsage, []string{"URL is missing"}, nil},
		{exitUsage, []string{"URL is empty"}, []string{""}},
		{exitUsage, []string{"not the address"}, []string{"https://alice:hunter2@cloud.example.com"}},
		{exitUsage, []string{"--with-app-password needs --user"}, []string{s.url, "--with-app-password"}},
		{exitUsage, []string{"--user is for"}, []string{s.url, "--user", "alice"}},
		{exitUsage, []string{"password is empty"}, []string{s.url, "--user", "alice", "--with-app-password"}},
		{exitFailed, []string{"ftp"}, []string{"ftp://127.0.0.1:1"}},
		{exitFailed, []string{"127.0.0.1:1"}, []string{"http://127.0.0.1:1"}},
	} {
		h.call().fails(t, tt.code, tt.words, append([]string{"auth", "login"}, tt.args...)...)
	}
	h.call().stdin("wrong").fails(t, exitUnauthorized, []string{"401"}, "auth", "login", s.url, "--user", "alice", "--with-app-password")
	if _, err := os.Stat(h.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what failed stored something: %v", err)
	}
	newCall().stdin("x").fails(t, exitFailed, []string{"no directory", envConfigDir}, "auth", "login", s.url, "--user", "alice", "--with-app-password")

	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.dir, "accounts.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.call().fails(t, exitFailed, []string{"accounts.json cannot be read"}, "conversation", "list")
	s.as("alice").ok(t, "conversation", "list")
}

// grant is a browser in which a person grants access.
func grant(user, password string) func(context.Context, string) error {
	return func(ctx context.Context, address string) error {
		form := url.Values{"user": {user}, "password": {password}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	}
}

func TestAuthLoginInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := newHome(s)
	if err := s.srv.EnsureUser(t.Context(), server.User{ID: "dora", DisplayName: "Dora", Password: password}); err != nil {
		t.Fatal(err)
	}
	c := h.call().tty(80)
	c.app.Browse = grant("dora", password)
	r := c.run(t, "auth", "login", s.url)
	if r.code != exitOK || !strings.HasPrefix(r.out, "✓ Logged in as Dora") || !strings.HasPrefix(r.err, "Grant access in your browser: "+s.url+"/") {
		t.Fatalf("%+v", r)
	}
	same(t, h.call().ok(t, "api", "GET", "cloud/user", "--jq", ".id"), "dora\n")
	if secret := strings.TrimSpace(h.call().ok(t, "auth", "token")); secret == password || strings.Contains(r.out+r.err, secret) {
		t.Error("it is not an app password of its own, or was shown")
	}

	// A keyring that fails leaves no app password behind.
	c = h.call()
	c.app.Browse, c.app.Keyring = grant("dora", password), brokenKeyring{}
	var revoked atomic.Int32
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(req)
		if req.Method == http.MethodDelete && err == nil && resp.StatusCode == http.StatusOK {
			revoked.Add(1)
		}
		return resp, err
	})
	if r := c.run(t, "auth", "login", s.url); r.code != exitFailed || !strings.Contains(r.err, "keyring: locked; --insecure-storage") || revoked.Load() != 1 {
		t.Errorf("%d revoked, %+v", revoked.Load(), r)
	}

	// Nobody grants it.
	polled := make(chan struct{}, 1)
	c = h.call()
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(req)
		if strings.HasSuffix(req.URL.Path, "/poll") {
			select {
			case polled <- struct{}{}:
			default:
			}
		}
		return resp, err
	})
	run := c.start(t, "auth", "login", s.url, "--no-browser")
	<-polled
	run.stop()
	if end := <-run.done; end.code != exitFailed || !strings.HasSuffix(end.err, "confab: interrupted\n") {
		t.Errorf("%+v", end)
	}
}

type brokenKeyring struct{}

var errLocked = errors.New("locked")

func (brokenKeyring) Set(string, string, string) error   { return errLocked }
func (brokenKeyring) Get(string, string) (string, error) { return "", errLocked }
func (brokenKeyring) Delete(string, string) error        { return errLocked }

func TestAuthLoginIsNotSentElsewhere(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := newHome(s).call()
	c.app.Browse = func(context.Context, string) error { return errors.New("followed") }
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err == nil && strings.HasSuffix(req.URL.Path, "/login/v2") {
			body := `{"poll":{"token":"x","endpoint":"x"},"login":"https://evil.example.com/flow"}`
			resp.Body.Close()
			resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), -1
			resp.Header.Del("Content-Length")
		}
		return resp, err
	})
	c.fails(t, exitFailed, []string{"sends you elsewhere"}, "auth", "login", s.url)
}
