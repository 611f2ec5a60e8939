package talktest

import (
	"context"
	"fmt"
	"time"

	"github.com/confab-go/confab/internal/server"
)

// Errors of the testing aids.
var (
	// ErrBadFault is for a [Fault] that cannot be; the message names the field.
	ErrBadFault = server.ErrBadFault
	// ErrBadClock is for a time that the server's clock cannot show: it shows the years 1970 to 2200, and is never advanced by less than nothing.
	ErrBadClock = server.ErrBadClock
	// ErrNoSuchSnapshot is for a [Snapshot] of another server, or one that was forgotten.
	ErrNoSuchSnapshot = server.ErrNoSuchSnapshot
	// ErrTooManySnapshots is for the 101st snapshot: forget some.
	ErrTooManySnapshots = server.ErrTooManySnapshots
)

// Reset brings the server back to its beginning: of what was made, it leaves the accounts of [Server.AddUser] and [Server.Client], with
// their groups and app passwords, and the snapshots. The clock is right again, all faults and noted requests are gone, and bots are told
// no more of what was. Requests that wait for messages look again. Tests that run one after the other can share a server so.
func (s *Server) Reset(ctx context.Context) error {
	if err := s.talk.Reset(ctx); err != nil {
		return fmt.Errorf("talktest: reset: %w", err)
	}
	return nil
}

// Snapshot is a state of a server to come back to. See [Server.Snapshot].
type Snapshot struct {
	server *Server
	id     int64
}

// Snapshot keeps the server's present state, files included, until the server is closed: what is costly to make is made once,
// and each test begins with it. There can be 100 of them; the next one gives [ErrTooManySnapshots].
func (s *Server) Snapshot(ctx context.Context) (Snapshot, error) {
	id, err := s.talk.Snapshot(ctx)
	if err != nil {
		return Snapshot{}, fmt.Errorf("talktest: snapshot: %w", err)
	}
	return Snapshot{s, id}, nil
}

// Restore brings a state back, as often as wanted, with how far the clock was ahead then. Faults and noted requests stay; bots are told
// no more of what was since. Requests that wait for messages look again. A snapshot of another server gives [ErrNoSuchSnapshot].
func (s *Server) Restore(ctx context.Context, snapshot Snapshot) error {
	err := snapshot.of(s)
	if err == nil {
		err = s.talk.Restore(ctx, snapshot.id)
	}
	if err != nil {
		return fmt.Errorf("talktest: restore: %w", err)
	}
	return nil
}

// Forget removes a snapshot, for those who make many of them.
func (s *Server) Forget(ctx context.Context, snapshot Snapshot) error {
	err := snapshot.of(s)
	if err == nil {
		err = s.talk.ForgetSnapshot(ctx, snapshot.id)
	}
	if err != nil {
		return fmt.Errorf("talktest: forget snapshot: %w", err)
	}
	return nil
}

func (n Snapshot) of(s *Server) error {
	if n.server != s {
		return fmt.Errorf("it is another server's: %w", ErrNoSuchSnapshot)
	}
	return nil
}

// Now gives the present time of the server's clock.
func (s *Server) Now() time.Time { return s.talk.Now() }

// AdvanceClock moves the server's clock ahead; a step back gives [ErrBadClock]. What comes due meanwhile has happened when it returns:
// lobbies open, messages expire, reminders are there. Requests that wait for messages look again. How long they wait, and how long
// bots may take, goes by real time all the same.
func (s *Server) AdvanceClock(ctx context.Context, d time.Duration) error {
	if err := s.talk.AdvanceClock(ctx, d); err != nil {
		return fmt.Errorf("talktest: %w", err)
	}
	return nil
}

// SetClock sets the server's clock, which goes on from there, as [Server.AdvanceClock] does, also back; a year before 1970 or after
// 2200 gives [ErrBadClock].
func (s *Server) SetClock(ctx context.Context, t time.Time) error {
	if err := s.talk.SetClock(ctx, t); err != nil {
		return fmt.Errorf("talktest: %w", err)
	}
	return nil
}
