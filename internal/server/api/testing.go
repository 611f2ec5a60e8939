package api

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/confab-go/confab/internal/server/core"
)

// maxSnapshots is how many snapshots there may be at once.
const maxSnapshots = 100

var (
	// ErrNoSuchSnapshot is returned for a snapshot that was never made, or is forgotten.
	ErrNoSuchSnapshot = errors.New("there is no such snapshot")
	// ErrTooManySnapshots is returned when there are as many snapshots as there may be.
	ErrTooManySnapshots = errors.New("there are too many snapshots: forget some")
)

// snapshots are the states that can be restored, by number.
type snapshots struct {
	mu   sync.Mutex
	next int64
	byID map[int64]*core.Snapshot
}

// Reset removes everything but the accounts that were there at the start, and
// their app passwords. The clock is right again, no fault is left, no request
// is kept, and bots are told no more of what was. Snapshots stay.
func (a *API) Reset(ctx context.Context) error {
	if err := a.core.Reset(ctx); err != nil {
		return err
	}
	a.bots.drop()
	a.faults.clear()
	if a.requests != nil {
		a.requests.clear()
	}
	return nil
}

// Snapshot keeps the present state, files included, until the server is closed.
func (a *API) Snapshot(ctx context.Context) (id int64, err error) {
	a.snapshots.mu.Lock()
	defer a.snapshots.mu.Unlock()
	if len(a.snapshots.byID) >= maxSnapshots {
		return 0, ErrTooManySnapshots
	}
	snap, err := a.core.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	if a.snapshots.byID == nil {
		a.snapshots.byID = map[int64]*core.Snapshot{}
	}
	a.snapshots.next++
	a.snapshots.byID[a.snapshots.next] = snap
	return a.snapshots.next, nil
}

// Restore brings a state back, as often as wanted, with how far the clock was
// ahead then. Bots are told no more of what was since. Faults stay.
func (a *API) Restore(ctx context.Context, id int64) error {
	a.snapshots.mu.Lock()
	defer a.snapshots.mu.Unlock()
	snap := a.snapshots.byID[id]
	if snap == nil {
		return fmt.Errorf("restore %d: %w", id, ErrNoSuchSnapshot)
	}
	if err := a.core.Restore(ctx, snap); err != nil {
		return err
	}
	a.bots.drop()
	return nil
}

// ForgetSnapshot removes a snapshot.
func (a *API) ForgetSnapshot(ctx context.Context, id int64) error {
	a.snapshots.mu.Lock()
	defer a.snapshots.mu.Unlock()
	snap := a.snapshots.byID[id]
	if snap == nil {
		return fmt.Errorf("forget %d: %w", id, ErrNoSuchSnapshot)
	}
	delete(a.snapshots.byID, id)
	return a.core.ForgetSnapshot(ctx, snap)
}

// InjectFault has something go wrong on purpose, or returns ErrBadFault. Of
// several faults for a request, the first that was injected is the one.
func (a *API) InjectFault(f Fault) (id int64, err error) { return a.faults.add(f) }

// Faults returns the faults that are injected, in that order, with those that have done their work.
func (a *API) Faults() []InjectedFault { return a.faults.all() }

// RemoveFault removes a fault; ok is false when there is none with the id.
func (a *API) RemoveFault(id int64) (ok bool) { return a.faults.remove(id) }

// ClearFaults removes all faults.
func (a *API) ClearFaults() { a.faults.clear() }

// Requests returns up to limit of the last requests, the oldest first; 0 for
// all that are kept. None are unless the server is for testing.
func (a *API) Requests(limit int) []Request {
	if a.requests == nil {
		return nil
	}
	if limit <= 0 {
		limit = maxRequests
	}
	return a.requests.last(limit)
}
