package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// serverTime is when everything happens on the servers of the tests; commands run five minutes later.
var serverTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// password is nobody's: the users of a stage have app passwords.
const password = "correct horse battery staple"

// stage is a server of its own with three users and an administrator, for one test.
type stage struct {
	t         *testing.T
	srv       *server.Server
	url       string
	passwords map[string]string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return startStage(t, "", []server.User{
		{ID: "alice", DisplayName: "Alice"},
		{ID: "bob", DisplayName: "Bob B."},
		{ID: "carol", DisplayName: "Carol", Groups: []string{"crew"}},
		{ID: "admin", Admin: true},
	})
}

// startStage starts a server on a data directory, or in memory without one.
func startStage(t *testing.T, dataDir string, users []server.User) *stage {
	t.Helper()
	srv, err := server.Open(t.Context(), server.Config{DataDir: dataDir, Users: users, Now: func() time.Time { return serverTime }})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(srv.Handler())
	t.Cleanup(func() {
		if err := srv.Close(); err != nil { // wakes polls, which the web server would wait for
			t.Error(err)
		}
		web.Close()
	})
	s := &stage{t: t, srv: srv, url: web.URL, passwords: map[string]string{}}
	for _, user := range users {
		if s.passwords[user.ID], err = srv.AppPassword(t.Context(), user.ID, "tests"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// sdk gives a client of a user.
func (s *stage) sdk(user string) *talk.Client {
	s.t.Helper()
	client, err := talk.NewClient(s.url, talk.WithAppPassword(user, s.passwords[user]))
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

// room has alice create a conversation with other users in it.
func (s *stage) room(name string, others ...string) *talk.Conversation {
	s.t.Helper()
	alice := s.sdk("alice")
	room, err := alice.Conversations.Create(s.t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: name})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, user := range others {
		if _, err := alice.Participants.Add(s.t.Context(), room.Token, talk.ActorUser, user); err != nil {
			s.t.Fatal(err)
		}
	}
	return room
}

func (s *stage) send(user, token, text string, options *talk.SendOptions) *talk.Message {
	s.t.Helper()
	m, err := s.sdk(user).Chat.Send(s.t.Context(), token, text, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// call is a command about to be run.
type call struct {
	app App
	env map[string]string
}

// as begins a command of a user, at a pipe.
func (s *stage) as(user string) *call {
	c := newCall()
	c.env[envURL], c.env[envUser], c.env[envPassword] = s.url, user, cmp.Or(s.passwords[user], password)
	return c
}

func newCall() *call {
	c := &call{env: map[string]string{}}
	c.app = App{
		In:     strings.NewReader(""),
		Getenv: func(name string) string { return c.env[name] },
		Now:    func() time.Time { return serverTime.Add(5 * time.Minute) },
	}
	return c
}

// tty puts the command at a terminal without colour.
func (c *call) tty(width int) *call {
	c.app.InTTY, c.app.OutTTY, c.app.ErrTTY, c.app.Width = true, true, true, width
	c.env["NO_COLOR"] = "1"
	return c
}

func (c *call) stdin(text string) *call {
	c.app.In = strings.NewReader(text)
	return c
}

func (c *call) set(name, value string) *call {
	c.env[name] = value
	return c
}

type result struct {
	code     int
	out, err string
}

func (c *call) run(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	c.app.Out, c.app.Err = &out, &errs
	code := Main(t.Context(), args, c.app)
	return result{code, out.String(), errs.String()}
}

// ok runs a command that must succeed, and gives its output.
func (c *call) ok(t *testing.T, args ...string) string {
	t.Helper()
	r := c.run(t, args...)
	if r.code != exitOK {
		t.Fatalf("confab %s: exit code %d, %s", strings.Join(args, " "), r.code, r.err)
	}
	return r.out
}

// fails runs a command that must fail with a code, and with one line that has all the words.
func (c *call) fails(t *testing.T, code int, words []string, args ...string) {
	t.Helper()
	r := c.run(t, args...)
	if r.code != code {
		t.Errorf("confab %s: exit code %d, want %d; %s", strings.Join(args, " "), r.code, code, r.err)
	}
	if r.out != "" {
		t.Errorf("confab %s: failed, and printed %q", strings.Join(args, " "), r.out)
	}
	if !strings.HasPrefix(r.err, "confab: ") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("confab %s: the error is not one line of confab: %q", strings.Join(args, " "), r.err)
	}
	for _, word := range words {
		if !strings.Contains(r.err, word) {
			t.Errorf("confab %s: the error lacks %q: %s", strings.Join(args, " "), word, r.err)
		}
	}
}

// running is a command that runs beside the test.
type running struct {
	lines *bufio.Scanner
	stop  context.CancelFunc
	done  chan result
}

// start runs a command in the background, whose output is read line by line.
func (c *call) start(t *testing.T, args ...string) *running {
	t.Helper()
	run, r := startApp(t.Context(), c.app, args)
	t.Cleanup(func() {
		run.stop()
		_ = r.Close()
	})
	return run
}

func startApp(ctx context.Context, app App, args []string) (*running, io.Closer) {
	ctx, stop := context.WithCancel(ctx)
	r, w := io.Pipe()
	var errs bytes.Buffer
	app.Out, app.Err = w, &errs
	run := &running{lines: bufio.NewScanner(r), stop: stop, done: make(chan result, 1)}
	go func() {
		code := Main(ctx, args, app)
		_ = w.Close()
		run.done <- result{code: code, err: errs.String()}
	}()
	return run, r
}

// line waits for the next line of output.
func (r *running) line(t *testing.T) string {
	t.Helper()
	if !r.lines.Scan() {
		end := <-r.done
		t.Fatalf("the output ended: %v; exit code %d, %s", r.lines.Err(), end.code, end.err)
	}
	return r.lines.Text()
}

// interrupt ends the command as SIGINT does, and checks that it is content.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	r.stop()
	go func() { // what it may still write must not hold it up
		for r.lines.Scan() {
			continue
		}
	}()
	if end := <-r.done; end.code != exitOK {
		t.Errorf("interrupted: exit code %d, %s", end.code, end.err)
	}
}

// same compares output with what it should be.
func same(t *testing.T, got, want string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// roundTrip is a function that carries requests.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
