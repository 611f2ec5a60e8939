package core

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"github.com/confab-go/confab/internal/server/store"
)

// due says when the next thing happens by itself: a lobby that opens, messages
// that expire. Nothing runs meanwhile: whoever asks first afterwards has it done.
type due struct{ at atomic.Int64 } // unix seconds

// by notes that something is due at a time once the transaction is committed; 0 is never.
func (d *due) by(tx *store.Tx, at int64) {
	if at <= 0 {
		return
	}
	tx.AfterCommit(func() {
		for {
			old := d.at.Load()
			if old <= at || d.at.CompareAndSwap(old, at) {
				return
			}
		}
	})
}

// Settle does what has come due by now. Each request begins with it.
func (c *Core) Settle(ctx context.Context) error {
	now := c.unix()
	if now < c.due.at.Load() {
		return nil
	}
	var changed []string
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		opened, err := c.openLobbies(tx, now)
		if err != nil {
			return err
		}
		expired, err := c.removeExpired(tx, now)
		if err != nil {
			return err
		}
		changed = slices.Concat(opened, expired)
		next, err := c.nextDue(tx)
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { c.due.at.Store(next) })
		return nil
	})
	if err == nil {
		for _, token := range changed {
			c.hub.notify(token)
		}
	}
	return err
}

// nextDue returns when something happens next, the end of time for never.
func (c *Core) nextDue(tx *store.Tx) (int64, error) {
	next := int64(math.MaxInt64)
	lobby, err := tx.NextLobby()
	if err != nil {
		return 0, err
	}
	if lobby != 0 {
		next = lobby
	}
	expiry, err := tx.NextExpiry()
	if err != nil {
		return 0, err
	}
	if expiry != 0 {
		next = min(next, expiry+sweepDelay)
	}
	return next, nil
}
