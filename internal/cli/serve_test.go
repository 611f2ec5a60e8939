package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

// serving starts a server and reads what it announces.
func serving(t *testing.T, c *call, args ...string) (served, *running) {
	t.Helper()
	run := c.start(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--json"}, args...)...)
	var s served
	if err := json.Unmarshal([]byte(run.line(t)), &s); err != nil {
		t.Fatal(err)
	}
	return s, run
}

// login gives a command for an account of a server.
func login(s served, user, password string) *call {
	return newCall().set(envURL, s.URL).set(envUser, user).set(envPassword, password)
}

func TestServe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "users.txt")
	if err := os.WriteFile(file, []byte("# people\n\nbob:builder:Bob B.\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, run := serving(t, newCall(), "--user", "alice:wonderland", "--users-file", file, "--admin", "root:toor:The Admin", "--group", "crew:alice, bob")
	want := []servedUser{
		{"alice", "alice", []string{"crew"}, false},
		{"bob", "Bob B.", []string{"crew"}, false},
		{"root", "The Admin", []string{}, true},
	}
	if diff := cmp.Diff(want, s.Users); diff != "" || s.AdminPassword != "" || s.Data != "" {
		t.Errorf("announced %+v\n%s", s, diff)
	}
	login(s, "alice", "wonderland").ok(t, "send", "@bob", "hi")
	if out := login(s, "bob", "builder").ok(t, "read", "@alice"); !strings.HasSuffix(out, "\thi\n") {
		t.Errorf("bob reads %q", out)
	}
	login(s, "root", "toor").ok(t, "conversation", "list")
	login(s, "alice", "builder").fails(t, exitUnauthorized, nil, "conversation", "list")
	run.interrupt(t)
	if _, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://")); err == nil {
		t.Error("the port is still open")
	}
}

func TestServeForms(t *testing.T) {
	t.Parallel()
	run := newCall().start(t, "serve", "--addr", "127.0.0.1:0", "--user", "alice:wonderland:Alice")
	if line := run.line(t); !regexp.MustCompile(`^url\thttp://127\.0\.0\.1:[0-9]+$`).MatchString(line) {
		t.Errorf("the first line is %q", line)
	}
	if line := run.line(t); !regexp.MustCompile(`^password\tadmin\t[A-Z2-7]{26}$`).MatchString(line) {
		t.Errorf("the second line is %q", line)
	}
	same(t, run.line(t), "user\tadmin\tadmin\tadmin\t")
	same(t, run.line(t), "user\talice\tAlice\tuser\t")
	run.interrupt(t)

	run = newCall().tty(80).start(t, "serve", "--addr", "127.0.0.1:0", "--user", "alice:wonderland:Alice", "--group", "crew:alice")
	if line := run.line(t); !strings.HasPrefix(line, "Nextcloud Talk at http://127.0.0.1:") || !strings.Contains(line, "in memory") {
		t.Errorf("the first line is %q", line)
	}
	for _, want := range []string{"", "USER   NAME   GROUPS  ADMIN", "admin  admin          yes", "alice  Alice  crew", ""} {
		same(t, run.line(t), want)
	}
	if line := run.line(t); !strings.HasPrefix(line, "The password of admin was made up now: ") {
		t.Errorf("the password is told as %q", line)
	}
	run.stop()
	end := <-run.done
	if end.code != exitOK || !strings.Contains(end.err, "export CONFAB_URL=http://127.0.0.1:") || !strings.Contains(end.err, "CONFAB_USER=alice CONFAB_PASSWORD=…") || strings.Contains(end.err, "wonderland") {
		t.Errorf("exit code %d, hints %q", end.code, end.err)
	}
}

func TestServeKeepsData(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "talk")
	s, run := serving(t, newCall(), "--data", data, "--user", "alice:wonderland")
	if s.Data != data || s.AdminPassword == "" {
		t.Errorf("announced %+v", s)
	}
	secret := s.AdminPassword
	login(s, "alice", "wonderland").ok(t, "conversation", "create", "Deploys")
	login(s, "alice", "wonderland").ok(t, "send", "Deploys", "kept")
	run.interrupt(t)

	s, run = serving(t, newCall(), "--data", data)
	if s.AdminPassword != "" || len(s.Users) != 2 {
		t.Errorf("announced %+v the second time", s)
	}
	login(s, "admin", secret).ok(t, "conversation", "list")
	if out := login(s, "alice", "wonderland").ok(t, "read", "Deploys"); !strings.HasSuffix(out, "\tkept\n") {
		t.Errorf("read %q", out)
	}
	run.interrupt(t)
}

func TestServeWritesNothingInVain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "talk")
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	newCall().fails(t, exitFailed, []string{"--addr", "in use"}, "serve", "--data", data, "--addr", taken.Addr().String())
	newCall().fails(t, exitUsage, []string{"--user"}, "serve", "--data", data, "--user", "alice")
	if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory is there: %v", err)
	}

	newCall().fails(t, exitFailed, []string{`no user "carol"`, `"crew"`}, "serve", "--data", data, "--addr", "127.0.0.1:0", "--user", "alice:wonderland", "--group", "crew:alice,carol")
	newCall().fails(t, exitFailed, []string{`user "admin" who is no administrator`, "--admin"}, "serve", "--data", data, "--addr", "127.0.0.1:0", "--user", "admin:wonderland")
	s, run := serving(t, newCall(), "--data", data)
	if len(s.Users) != 1 || s.Users[0].ID != "admin" {
		t.Errorf("the users are %+v", s.Users)
	}
	run.interrupt(t)
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		words []string
		args  []string
	}{
		{[]string{"--addr", "0.0.0.0:0", "no TLS", "--allow-remote"}, []string{"--addr", "0.0.0.0:0"}},
		{[]string{"--allow-remote"}, []string{"--addr", ":0"}},
		{[]string{"--allow-remote"}, []string{"--addr", "[::]:0"}},
		{[]string{"--allow-remote"}, []string{"--addr", "192.0.2.1:8080"}},
		{[]string{"--allow-remote"}, []string{"--addr", "example.com:8080"}},
		{[]string{"--addr", "HOST:PORT"}, []string{"--addr", "8080"}},
		{[]string{"--user", "no colon"}, []string{"--user", "alice"}},
		{[]string{"--user", "password", "empty"}, []string{"--user", "alice:"}},
		{[]string{"--user", "name", "empty"}, []string{"--user", ":secret"}},
		{[]string{"--user", "display name", "empty"}, []string{"--user", "alice:secret: "}},
		{[]string{"--user", "white space"}, []string{"--user", " alice:secret"}},
		{[]string{`"alice" is given twice`}, []string{"--user", "alice:a", "--user", "alice:b"}},
		{[]string{`"alice" is given twice`}, []string{"--user", "alice:a", "--admin", "alice:b"}},
		{[]string{"--admin"}, []string{"--admin", "root"}},
		{[]string{"--group"}, []string{"--group", "crew"}},
		{[]string{"--group"}, []string{"--group", ":alice"}},
		{[]string{"--group", "empty member"}, []string{"--group", "crew:alice,,bob"}},
		{[]string{"--log-format", "xml"}, []string{"--log-format", "xml"}},
		{[]string{"one argument too many"}, []string{"now"}},
	}
	for _, tt := range tests {
		newCall().fails(t, exitUsage, tt.words, append([]string{"serve"}, tt.args...)...)
	}
	r := newCall().run(t, "serve", "--user", "topsecret")
	if strings.Contains(r.err, "topsecret") {
		t.Errorf("what may be a password is shown: %s", r.err)
	}
}

func TestServeUsersFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode fs.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newCall().fails(t, exitFailed, []string{"--users-file", "no such file"}, "serve", "--users-file", filepath.Join(dir, "none"))
	bad := write("bad", "alice:wonderland\n# comment\ntopsecret\n", 0o600)
	newCall().fails(t, exitFailed, []string{"bad:3: ", "no colon"}, "serve", "--users-file", bad)
	if r := newCall().run(t, "serve", "--users-file", bad); strings.Contains(r.err, "topsecret") {
		t.Errorf("what may be a password is shown: %s", r.err)
	}

	open := write("open", "alice:wonderland\n", 0o644)
	_, run := serving(t, newCall(), "--users-file", open)
	run.stop()
	if end := <-run.done; end.code != exitOK || !strings.Contains(end.err, "warning: ") || !strings.Contains(end.err, "chmod 600") {
		t.Errorf("a file that others can read: %+v", end)
	}
	closed := write("closed", "alice:wonderland\n", 0o600)
	_, run = serving(t, newCall(), "--users-file", closed)
	run.stop()
	if end := <-run.done; end.code != exitOK || end.err != "" {
		t.Errorf("a file that nobody else can read: %+v", end)
	}
}

func TestServeAllowRemote(t *testing.T) {
	t.Parallel()
	// Only checked, not done: a test listens to nobody but itself.
	var errs strings.Builder
	f := newFactory(App{Out: &strings.Builder{}, Err: &errs})
	if err := f.checkAddr(serveOptions{addr: "0.0.0.0:8080", allowRemote: true}); err != nil {
		t.Error(err)
	}
	if told := errs.String(); !strings.Contains(told, "warning: other machines can reach this server") {
		t.Errorf("it warns with %q", told)
	}
	for _, addr := range []string{"127.0.0.1:80", "127.8.8.8:80", "[::1]:80", "localhost:80"} {
		if err := f.checkAddr(serveOptions{addr: addr}); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if got := listenURL(&net.TCPAddr{IP: net.IPv4zero, Port: 80}); got != "http://127.0.0.1:80" {
		t.Errorf("everywhere is reached at %s", got)
	}
}

func TestServeLogs(t *testing.T) {
	t.Parallel()
	s, run := serving(t, newCall(), "--verbose", "--log-format", "json", "--user", "alice:wonderland")
	login(s, "alice", "wonderland").ok(t, "conversation", "list")
	run.stop()
	end := <-run.done
	if end.err == "" || strings.Contains(end.err, "wonderland") {
		t.Errorf("the log is %q", end.err)
	}
	for line := range strings.Lines(end.err) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line of the log is no JSON: %q", line)
		}
	}
}

func TestServeInterruptedAtItsStart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := newCall()
	var out, errs strings.Builder
	c.app.Out, c.app.Err = &out, &errs
	if code := Main(ctx, []string{"serve", "--addr", "127.0.0.1:0"}, c.app); code != exitOK || errs.Len() > 0 {
		t.Errorf("exit code %d, %s", code, errs.String())
	}
}

func FuzzReadUsers(f *testing.F) {
	f.Add("alice:wonderland\n# x\nbob:builder:Bob")
	f.Add(":::\n")
	f.Fuzz(func(t *testing.T, text string) {
		users, err := readUsers("users.txt", strings.NewReader(text))
		if err != nil {
			if !strings.Contains(err.Error(), "users.txt") {
				t.Errorf("the error names no file: %v", err)
			}
			return
		}
		if slices.ContainsFunc(users, func(u server.User) bool { return u.ID == "" || u.Password == "" }) {
			t.Errorf("%q gives %+v", text, users)
		}
	})
}

// TestServeStopsWithPollsWaiting interrupts a server that holds a request of somebody who follows.
func TestServeStopsWithPollsWaiting(t *testing.T) {
	t.Parallel()
	s, run := serving(t, newCall(), "--user", "alice:wonderland")
	token := strings.TrimSpace(login(s, "alice", "wonderland").ok(t, "conversation", "create", "Deploys"))
	wire := newTrace("alice", &wireLog{}, nil, newCall().app.Now)
	follower := login(s, "alice", "wonderland")
	follower.app.Transport = wire
	following := follower.start(t, "follow", token)
	<-wire.polling
	run.interrupt(t)
	following.interrupt(t)
}
