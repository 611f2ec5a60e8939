package server

import (
	"context"
	"time"

	"github.com/confab-go/confab/internal/server/api"
	"github.com/confab-go/confab/internal/server/core"
)

// Errors of the testing aids.
var (
	ErrBadFault         = api.ErrBadFault  // the message names the field
	ErrBadClock         = core.ErrBadClock // a time that the clock cannot show
	ErrNoSuchSnapshot   = api.ErrNoSuchSnapshot
	ErrTooManySnapshots = api.ErrTooManySnapshots
)

// Fault is something that goes wrong on purpose.
type Fault = api.Fault

// InjectedFault is a fault that waits for requests, or has had its own.
type InjectedFault = api.InjectedFault

// Cut says where a fault ends the connection.
type Cut = api.Cut

// Where a connection is cut.
const (
	CutBefore  = api.CutBefore  // before the request is handled: nothing happens
	CutHeaders = api.CutHeaders // when it has been handled, before the answer's first byte: the answer is lost
	CutBody    = api.CutBody    // in the middle of the answer's body
)

// Request is what is kept of a request.
type Request = api.Request

// Reset removes everything but the accounts that were there when the server
// was opened or that EnsureUser has made, as they were then, with the app
// passwords that they had then or that AppPassword has made. It sets the clock
// right, removes all faults and kept requests, and tells bots no more of what
// was. Snapshots stay. Polls that wait look again.
func (s *Server) Reset(ctx context.Context) error { return s.api.Reset(ctx) }

// Snapshot keeps the present state, files included, until the server is closed, and returns its id.
func (s *Server) Snapshot(ctx context.Context) (id int64, err error) { return s.api.Snapshot(ctx) }

// Restore brings the state of a snapshot back, as often as wanted, with how far
// the clock was ahead then. Faults and kept requests stay. Polls that wait look
// again. The error is ErrNoSuchSnapshot when there is none with the id.
func (s *Server) Restore(ctx context.Context, id int64) error { return s.api.Restore(ctx, id) }

// ForgetSnapshot removes a snapshot.
func (s *Server) ForgetSnapshot(ctx context.Context, id int64) error {
	return s.api.ForgetSnapshot(ctx, id)
}

// AdvanceClock moves the server's clock ahead. What comes due meanwhile
// happens before it returns, and polls that wait look again. Timeouts of polls
// and deliveries go by real time.
func (s *Server) AdvanceClock(ctx context.Context, d time.Duration) error {
	return s.core.AdvanceClock(ctx, d)
}

// SetClock sets the server's clock, which goes on from there, as AdvanceClock does.
func (s *Server) SetClock(ctx context.Context, t time.Time) error { return s.core.SetClock(ctx, t) }

// Now returns the present time of the server's clock.
func (s *Server) Now() time.Time { return s.core.Now() }

// InjectFault has something go wrong on purpose, for the requests that it
// says, and returns its id. The error is ErrBadFault, and names the field.
func (s *Server) InjectFault(f Fault) (id int64, err error) { return s.api.InjectFault(f) }

// Faults returns the faults in the order in which they were injected, with those that have done their work.
func (s *Server) Faults() []InjectedFault { return s.api.Faults() }

// RemoveFault removes a fault; ok is false when there is none with the id.
func (s *Server) RemoveFault(id int64) (ok bool) { return s.api.RemoveFault(id) }

// ClearFaults removes all faults.
func (s *Server) ClearFaults() { s.api.ClearFaults() }

// Requests returns up to limit of the last requests, the oldest first, 0 for
// all that are kept: the last 1000, and none without Config.Testing.
func (s *Server) Requests(limit int) []Request { return s.api.Requests(limit) }
