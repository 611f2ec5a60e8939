package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// record keeps what is logged.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// secrets is a server with one of every kind of secret, which are used and given where they do not belong.
type secrets struct {
	*vault
	log   record
	known map[string]string // by what they are
}

// newSecrets starts it on a data directory, or in memory, where checking passwords is quick.
func newSecrets(t *testing.T, dir string) *secrets {
	t.Helper()
	s := &secrets{vault: &vault{dir: dir}, known: map[string]string{
		"the password of an account": "Hunter2-of-anna", "the password of a conversation": "Sesame-opens-1", "the secret of a bot": strings.Repeat("bots-own-secret-", 4),
		"a wrong password": "Mistyped-Passw0rd", "a new password": "Fresh-Passw0rd-77",
	}}
	s.harness = newHarness(t, func(cfg *server.Config) {
		cfg.DataDir = s.dir
		cfg.Logger = slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		cfg.Testing = true
		cfg.Users = []server.User{{ID: "anna", Password: s.known["the password of an account"]}, {ID: "cleo"}, {ID: "admin", Admin: true}}
	})
	s.harness.secrets = map[string]string{}
	for _, user := range []string{"anna", "cleo", "admin"} {
		secret, err := s.srv.AppPassword(t.Context(), user, "tests")
		if err != nil {
			t.Fatal(err)
		}
		s.harness.secrets[user] = secret
		s.known["the app password of "+user] = secret
	}
	if _, err := s.srv.EnsureBot(t.Context(), server.Bot{Name: "Bot", URL: "http://127.0.0.1:1/bot", Secret: s.known["the secret of a bot"]}); err != nil {
		t.Fatal(err)
	}
	s.fill(t, 3)
	s.logIn(t)
	room := talk + "/v4/room/" + s.token
	s.as("anna").do("PUT", room+"/password", `{"password":"`+s.known["the password of a conversation"]+`"}`).want(t, http.StatusOK, "")
	guest := identity{cookies: jar(t)}
	s.ask(guest, http.MethodPost, room+"/participants/active", "application/json", `{"password":"`+s.known["the password of a conversation"]+`"}`)
	home, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range guest.cookies.Cookies(home) {
		s.known["a guest's cookie"] = c.Value
	}
	s.as("anna").do("PUT", "/ocs/v2.php/cloud/users/anna", `{"key":"password","value":"`+s.known["a new password"]+`"}`)
	s.as("admin").do("POST", "/ocs/v2.php/cloud/users", `{"userid":"fred","password":"`+s.known["a new password"]+`"}`)
	return s
}

// logIn lets a program in by the login flow, and takes note of its tokens.
func (s *secrets) logIn(t *testing.T) {
	t.Helper()
	var begun struct {
		Poll  struct{ Token string }
		Login string
	}
	if err := json.Unmarshal([]byte(s.ask(identity{}, http.MethodPost, "/index.php/login/v2", "", "").body), &begun); err != nil {
		t.Fatal(err)
	}
	flow := strings.TrimPrefix(begun.Login, s.url)
	form := url.Values{"user": {"anna"}, "password": {s.known["the password of an account"]}}.Encode()
	if got := s.ask(identity{}, http.MethodPost, flow, "application/x-www-form-urlencoded", form); got.status != http.StatusOK {
		t.Fatalf("grant: %d %s", got.status, got.body)
	}
	var granted struct{ AppPassword string }
	got := s.ask(identity{}, http.MethodPost, "/index.php/login/v2/poll", "application/x-www-form-urlencoded", "token="+begun.Poll.Token)
	if err := json.Unmarshal([]byte(got.body), &granted); err != nil || granted.AppPassword == "" {
		t.Fatalf("poll: %d %s", got.status, got.body)
	}
	s.known["the token of a login's poll"], s.known["the app password of a login"] = begun.Poll.Token, granted.AppPassword
	s.known["the token of a login's page"] = flow[strings.LastIndex(flow, "/")+1:]
}

// TestNoSecretReachesALog gives every endpoint all secrets, as credentials and as arguments, rightly and wrongly.
func TestNoSecretReachesALog(t *testing.T) {
	t.Parallel()
	s := newSecrets(t, "")
	query := url.Values{}
	for what, secret := range s.known {
		query.Add(strings.ReplaceAll(what, " ", "_"), secret)
		query.Add("password", secret)
		query.Add("token", secret)
	}
	for _, e := range s.endpoints() {
		if takesAway(e.Method, e.Path) || strings.Contains(e.Path, "/cloud/users") {
			continue
		}
		path := s.path(e) + "?" + query.Encode()
		for _, who := range []identity{{user: "anna", password: s.secrets["anna"]}, {user: "cleo", password: s.known["a wrong password"]}} {
			s.ask(who, e.Method, path, "application/x-www-form-urlencoded", query.Encode())
			s.ask(who, e.Method, path, "application/json", `{"password":"`+s.known["a new password"]+`", broken`)
		}
	}
	s.ask(identity{user: "anna", password: s.known["a wrong password"]}, "PROPFIND", annaFiles, "", "")
	log := s.log.String()
	if strings.Count(log, "\n") < 100 {
		t.Fatalf("there is no log to look at: %s", log)
	}
	for what, secret := range s.known {
		if strings.Contains(log, secret) || strings.Contains(log, url.QueryEscape(secret)) {
			t.Errorf("the log has %s", what)
		}
	}
	requests := s.ask(identity{user: "admin", password: s.secrets["admin"]}, http.MethodGet, "/_confab/requests?limit=1000", "", "").body
	if strings.Count(requests, "path") < 100 {
		t.Errorf("the last requests are %.300s", requests)
	}
	for what, secret := range s.known {
		if strings.Contains(requests, secret) {
			t.Errorf("the last requests have %s", what)
		}
	}
}

// TestSecretsAreKeptAsHashes looks into every file of the data directory, while the server runs and after it.
func TestSecretsAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	s := newSecrets(t, filepath.Join(t.TempDir(), "data"))
	look := func(when string) {
		t.Helper()
		total := 0
		err := filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: others may look into %s: %v", when, path, info.Mode())
			}
			if entry.IsDir() {
				return nil
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			total += len(content)
			for what, secret := range s.known {
				if what != "the secret of a bot" && bytes.Contains(content, []byte(secret)) { // which signs what the bot is told
					t.Errorf("%s: %s has %s", when, filepath.Base(path), what)
				}
			}
			return nil
		})
		if err != nil || total < 50_000 {
			t.Errorf("%s: %d bytes, %v", when, total, err)
		}
	}
	look("running")
	s.db = openDatabase(t, s.dir)
	rows := fmt.Sprint(s.column(`SELECT password_hash FROM users UNION ALL SELECT password_hash FROM rooms`))
	if strings.Count(rows, "$2") < 2 {
		t.Errorf("the passwords are %s", rows)
	}
	if err := s.srv.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
}
