// Package server is a small, real Nextcloud Talk server: it keeps its state in
// one SQLite file, or in memory, and answers as Talk 21.1.7 does.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/confab-go/confab/internal/server/api"
	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

// User is an account.
type User struct {
	ID          string
	Password    string // "" = no password login
	DisplayName string // "" = the ID
	Email       string
	Groups      []string
	Admin       bool
}

// Config says what a server is made with. Its zero value keeps everything in memory.
type Config struct {
	DataDir     string           // "" = in memory; otherwise it holds confab.db, and is created when absent
	Users       []User           // made at start when absent, otherwise changed to what is given
	Groups      []string         // made at start when absent
	BaseURL     string           // what links in answers start with, "" = from the request
	Logger      *slog.Logger     // nil discards
	Now         func() time.Time // nil = time.Now
	Random      io.Reader        // nil = crypto/rand; makes tokens and session ids
	LongPollMax time.Duration    // the longest wait for a message, 0 = 30 seconds
	// Welcome makes for new users what Talk makes for them: news, a notebook and
	// a sample conversation. Without it their list is empty at first.
	Welcome bool
	// Testing serves the testing aids under /_confab/ to administrators, and
	// keeps the last requests. Whoever is an administrator may remove everything then.
	Testing bool
}

// Server is a running Talk server. Many may live in one process, each with its own state.
type Server struct {
	store *store.Store
	core  *core.Core
	api   *api.API
	log   *slog.Logger

	longPollMax time.Duration

	closeOnce sync.Once
	closeErr  error
}

// Open opens the state and makes the server, which then answers through Handler or Serve.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	st, err := store.Open(ctx, cfg.DataDir)
	if err != nil {
		return nil, fmt.Errorf("open server: %w", err)
	}
	s := &Server{store: st, log: log, longPollMax: cfg.LongPollMax}
	s.core, err = core.New(ctx, st, core.Options{Now: cfg.Now, Random: cfg.Random, LongPollMax: cfg.LongPollMax, Welcome: cfg.Welcome})
	if err != nil {
		_ = st.Close()
		return nil, fmt.Errorf("open server: %w", err)
	}
	s.api = api.New(s.core, api.Options{BaseURL: cfg.BaseURL, Logger: log, Testing: cfg.Testing})
	for _, g := range cfg.Groups {
		if err := s.EnsureGroup(ctx, g); err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("open server: %w", err)
		}
	}
	for _, u := range cfg.Users {
		if err := s.ensureUser(ctx, u); err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("open server: %w", err)
		}
	}
	if err := s.core.KeepAccounts(ctx); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open server: %w", err)
	}
	return s, nil
}

// Handler answers the requests to the server. Paths begin at the root: wrap it
// in http.StripPrefix to serve it elsewhere.
func (s *Server) Handler() http.Handler { return s.api }

// shutdownGrace is how long requests that run may take to finish.
const shutdownGrace = 800 * time.Millisecond

// Serve answers connections until ctx ends. Polls that wait are answered at
// once then, and Serve returns nil within a second. The listener is closed.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           s.api,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second, // also bounds a body that trickles in; a poll's body is read by then
		WriteTimeout:      s.longPollMax + 2*time.Minute,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.core.Stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		_ = srv.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Close wakes polls that wait and closes the store. It may be called again.
func (s *Server) Close() error {
	s.closeOnce.Do(func() {
		s.core.Stop()
		s.api.Close()
		s.closeErr = s.store.Close()
	})
	return s.closeErr
}

// EnsureUser makes an account, or changes it to what is given; its groups are made when absent.
func (s *Server) EnsureUser(ctx context.Context, u User) error {
	if err := s.ensureUser(ctx, u); err != nil {
		return err
	}
	return s.core.KeepAccount(ctx, u.ID)
}

// EnsureGroup makes a group, unless there is one with the name. Reset leaves it when an account that it leaves is in it.
func (s *Server) EnsureGroup(ctx context.Context, name string) error {
	if err := s.core.CreateGroup(ctx, name, ""); err != nil && !errors.Is(err, core.ErrGroupExists) {
		return fmt.Errorf("ensure group: %w", err)
	}
	return nil
}

func (s *Server) ensureUser(ctx context.Context, u User) error {
	if err := s.core.EnsureUser(ctx, core.NewUser(u)); err != nil {
		return fmt.Errorf("ensure user %q: %w", u.ID, err)
	}
	return nil
}

// AppPassword makes a fresh app password of a user, named for where it is used.
func (s *Server) AppPassword(ctx context.Context, userID, name string) (string, error) {
	secret, err := s.core.NewAppPassword(ctx, userID, name)
	if err == nil {
		err = s.core.KeepAppPassword(ctx, secret)
	}
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Users returns all accounts by id, without their passwords.
func (s *Server) Users(context.Context) ([]User, error) {
	var out []User
	for _, a := range s.core.Accounts("") {
		out = append(out, User{ID: a.ID, DisplayName: a.DisplayName, Email: a.Email, Groups: a.Groups, Admin: a.Admin})
	}
	return out, nil
}
