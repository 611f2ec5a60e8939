// Package talktest gives a Go test a real Talk server of its own: no PHP, no container, ready in milliseconds.
//
//	func TestGreeting(t *testing.T) {
//		srv := talktest.NewServer(t)
//		alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
//		…
//	}
//
// The server speaks Talk's HTTP API on a loopback port and keeps its data in memory: what one client sends another one
// reads. It is the server that `confab serve` runs, not a set of canned answers. Many can run at once, each with its own data.
package talktest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// Server is a running Talk server.
type Server struct {
	// URL is its address, without a slash at the end.
	URL string

	talk  *server.Server
	http  *httptest.Server
	close sync.Once
}

// Option changes how a server is started.
type Option func(*settings)

type settings struct {
	server.Config
	basePath string
}

// WithClock gives the server another clock than the machine's.
func WithClock(now func() time.Time) Option {
	return func(s *settings) { s.Now = now }
}

// WithDataDir keeps the server's data in a directory instead of in memory, so that a later server finds it there.
func WithDataDir(dir string) Option {
	return func(s *settings) { s.DataDir = dir }
}

// WithBasePath puts the server below a path such as "/nextcloud", where many real ones are: in [Server.URL], in links, and in what
// it calls itself to bots. What is asked for outside of it fails.
func WithBasePath(path string) Option {
	return func(s *settings) {
		if s.basePath = strings.Trim(path, "/"); s.basePath != "" {
			s.basePath = "/" + s.basePath
		}
	}
}

// WithLogger lets the server say what it does.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) { s.Logger = logger }
}

// Start starts a server. Whoever has a [testing.TB] uses [NewServer].
func Start(options ...Option) (*Server, error) {
	var s settings
	for _, option := range options {
		option(&s)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("talktest: start: %w", err)
	}
	// What the server calls itself, to bots and in links, is how it is reached.
	s.BaseURL = "http://" + listener.Addr().String() + s.basePath
	s.Testing = true
	talkServer, err := server.Open(context.Background(), s.Config)
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("talktest: start: %w", err)
	}
	handler := http.StripPrefix(s.basePath, talkServer.Handler())
	httpServer := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}
	httpServer.Start()
	return &Server{URL: s.BaseURL, talk: talkServer, http: httpServer}, nil
}

// NewServer starts a server that ends with the test.
func NewServer(t testing.TB, options ...Option) *Server {
	t.Helper()
	s, err := Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Close answers the requests that wait and ends the server.
func (s *Server) Close() error {
	var err error
	s.close.Do(func() {
		err = s.talk.Close() // wakes the long polls, for which the next line would wait
		s.http.Close()
	})
	return err
}

// Disconnect cuts every connection to the server, as a network that fails does. The server goes on.
func (s *Server) Disconnect() { s.http.CloseClientConnections() }

// Client gives a client for a user, who is made if there is none.
func (s *Server) Client(t testing.TB, user string, options ...talk.Option) *talk.Client {
	t.Helper()
	c, err := s.NewClient(t.Context(), user, options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// NewClient is [Server.Client] for programs without a [testing.TB].
func (s *Server) NewClient(ctx context.Context, user string, options ...talk.Option) (*talk.Client, error) {
	password, err := s.AppPassword(ctx, user)
	if err != nil {
		return nil, err
	}
	return talk.NewClient(s.URL, append([]talk.Option{talk.WithAppPassword(user, password)}, options...)...)
}

// AppPassword gives a new app password of a user, who is made if there is none, for clients of other kinds.
func (s *Server) AppPassword(ctx context.Context, user string) (string, error) {
	if err := s.AddUser(ctx, User{ID: user}); err != nil {
		return "", err
	}
	password, err := s.talk.AppPassword(ctx, user, "talktest")
	if err != nil {
		return "", fmt.Errorf("talktest: app password of %s: %w", user, err)
	}
	return password, nil
}

// User is an account of the server.
type User struct {
	ID string
	// Password is for logging in as a person does; without it there are app passwords only.
	Password    string
	DisplayName string // the id, if empty
	Email       string
	Groups      []string // made if there are none
	Admin       bool
}

// AddUser makes a user, or changes one that exists by what is given.
func (s *Server) AddUser(ctx context.Context, user User) error {
	if err := s.talk.EnsureUser(ctx, server.User(user)); err != nil {
		return fmt.Errorf("talktest: add user %s: %w", user.ID, err)
	}
	return nil
}

// AddGroup makes a group with these members, who are made if there are none. A group that exists gets those that are not in it.
func (s *Server) AddGroup(ctx context.Context, name string, members ...string) error {
	if err := s.talk.EnsureGroup(ctx, name); err != nil {
		return fmt.Errorf("talktest: %w", err)
	}
	for _, id := range members {
		if err := s.AddUser(ctx, User{ID: id, Groups: []string{name}}); err != nil {
			return err
		}
	}
	return nil
}
