package cli

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args  []string
		words []string
	}{
		{[]string{"frobnicate"}, []string{`unknown command "confab frobnicate"`, "'confab --help'"}},
		{[]string{"conversation", "frobnicate"}, []string{"unknown command", "'confab conversation --help'"}},
		{[]string{"participant", "lst"}, []string{"did you mean list?"}},
		{[]string{"read", "x", "--frobnicate"}, []string{"--frobnicate", "'confab read --help'"}},
		{[]string{"read", "x", "--limit", "many"}, []string{"--limit", "many"}},
		{[]string{"version", "please"}, []string{"one argument too many"}},
		{[]string{"help", "frobnicate"}, []string{"no help", "frobnicate"}},
		{[]string{"demo", "--json"}, []string{"--json"}},
	}
	for _, tt := range tests {
		newCall().fails(t, exitUsage, tt.words, tt.args...)
	}
}

func TestAccountErrors(t *testing.T) {
	t.Parallel()
	newCall().fails(t, exitUnauthorized, []string{"CONFAB_URL, CONFAB_USER, CONFAB_PASSWORD are not set", "confab help environment"}, "conversation", "list")
	newCall().set(envURL, "http://127.0.0.1").set(envUser, "alice").fails(t, exitUnauthorized, []string{"no account: CONFAB_PASSWORD is not set"}, "read", "x")

	s := newStage(t)
	s.as("alice").set(envPassword, "wrong secret").fails(t, exitUnauthorized, []string{"CONFAB_PASSWORD", "app password"}, "conversation", "list")
	s.as("nobody").fails(t, exitUnauthorized, []string{"401"}, "send", "x", "y")
}

func TestNoErrorShowsThePassword(t *testing.T) {
	t.Parallel()
	const secret = "hunter2secret"
	s := newStage(t)
	calls := []*call{
		s.as("alice").set(envPassword, secret),
		s.as("alice").set(envURL, "http://alice:"+secret+"@127.0.0.1:1"),
		s.as("alice").set(envURL, "http://alice:"+secret+"/x@127.0.0.1:1"),
		s.as("alice").set(envURL, "ftp://"+secret+"@127.0.0.1:1"),
		s.as("alice").set(envUser, "a:b").set(envPassword, secret),
		s.as("alice").set(envPassword, secret+"\n"),
	}
	for i, c := range calls {
		r := c.run(t, "conversation", "list", "--debug")
		if r.code == exitOK || strings.Contains(r.err+r.out, secret) {
			t.Errorf("call %d: exit code %d, %s", i, r.code, r.err)
		}
	}
	if r := s.as("alice").run(t, "conversation", "list", "--debug"); !strings.Contains(r.err, "path=/ocs/v2.php") || strings.Contains(r.err, s.passwords["alice"]) {
		t.Errorf("the debug log is %q", r.err)
	}
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><html><body>Welcome</body></html>")
	}
	ocs := func(status int, data string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"failure","statuscode":%d,"message":""},"data":%s}}`, status, data)
		}
	}
	tests := []struct {
		name  string
		serve http.HandlerFunc
		code  int
		words []string
	}{
		{"a page", html, exitFailed, []string{"Nextcloud with Talk at CONFAB_URL"}},
		{"a page that is not there", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "<!DOCTYPE html><html><body>Nothing</body></html>")
		}, exitFailed, []string{"CONFAB_URL"}},
		{"forbidden", ocs(http.StatusForbidden, "[]"), exitFailed, []string{"403", "does not permit"}},
		{"not found", ocs(http.StatusNotFound, "[]"), exitNotFound, []string{"404"}},
		{"the lobby", ocs(http.StatusPreconditionFailed, "[]"), exitFailed, []string{"412", "moderator"}},
		{"escape sequences", ocs(http.StatusBadRequest, `{"error":"\u001b[2J\u009b"}`), exitFailed, []string{"400"}},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.example.com/", http.StatusFound)
		}, exitFailed, []string{"elsewhere.example.com", "set CONFAB_URL"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(tt.serve)
			t.Cleanup(web.Close)
			c := newCall().set(envURL, web.URL).set(envUser, "alice").set(envPassword, password)
			c.fails(t, tt.code, tt.words, "conversation", "list")
			if r := c.run(t, "conversation", "list"); strings.ContainsAny(r.err, "\x1b\u009b") {
				t.Errorf("escape sequences get through: %q", r.err)
			}
		})
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + ln.Addr().String()
	_ = ln.Close()
	c := newCall().set(envURL, address).set(envUser, "alice").set(envPassword, password)
	c.fails(t, exitFailed, []string{"connection refused", "is the server at " + address + " running?", "confab serve"}, "send", "x", "y")
}

// full is a device without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

func TestOutputCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	s.send("alice", room.Token, "one", nil)
	for _, args := range [][]string{
		{"version"}, {"conversation", "list"}, {"read", "Deploys", "--mark-read"}, {"follow", "Deploys", "--since-last", "1"}, {"help", "exit-codes"}, {"demo"},
	} {
		c := s.as("bob")
		var errs strings.Builder
		c.app.Out, c.app.Err = full{}, &errs
		if code := Main(t.Context(), args, c.app); code != exitFailed || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("confab %v: exit code %d, %s", args, code, errs.String())
		}
	}
	if unread := s.view("bob", room.Token).UnreadMessages; unread != 1 {
		t.Errorf("what was not shown is read: %d unread, want 1", unread)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		word string
	}{
		{nil, "Nextcloud Talk on the command line"},
		{[]string{"help"}, "Nextcloud Talk on the command line"},
		{[]string{"--help"}, "Nextcloud Talk on the command line"},
		{[]string{"help", "exit-codes"}, "  4  not authorised"},
		{[]string{"help", "environment"}, "CONFAB_PASSWORD"},
		{[]string{"help", "conversation", "create"}, "--password-stdin"},
		{[]string{"send", "--help"}, "--reply-to ID"},
		{[]string{"conversation"}, "delete"},
		{[]string{"serve", "--help"}, "--users-file FILE"},
		{[]string{"version"}, "confab "},
		{[]string{"version", "--json"}, `"platform":"`},
		{[]string{"--version"}, "confab "},
	} {
		if out := newCall().ok(t, tt.args...); !strings.Contains(out, tt.word) {
			t.Errorf("confab %v prints %q, without %q", tt.args, out, tt.word)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := s.as("alice").set(envURL, "http://cloud.example.com")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		req.URL.Host = strings.TrimPrefix(s.url, "http://")
		return (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	})
	r := c.run(t, "conversation", "list")
	if r.code != exitOK || !strings.HasPrefix(r.err, "warning: the password goes to cloud.example.com unencrypted") {
		t.Errorf("plain http: %+v", r)
	}
}
