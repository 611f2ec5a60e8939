package core

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ErrBadClock is returned for a time that the server's clock cannot show.
var ErrBadClock = errors.New("bad time")

// The times that the clock can show. A duration from one to the other can still be told.
var (
	earliest = time.Unix(0, 0)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// clock is a clock that can be moved.
type clock struct {
	base   func() time.Time
	offset atomic.Int64 // nanoseconds ahead of base
}

func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.offset.Load())) }

// ClockAhead returns how far the server's clock is ahead of the one that it was given.
func (c *Core) ClockAhead() time.Duration { return time.Duration(c.clock.offset.Load()) }

// AdvanceClock moves the server's clock ahead. What comes due meanwhile
// happens, and those who wait look again. ErrBadClock is for a step back.
func (c *Core) AdvanceClock(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("advance clock by %v: %w: it goes forward only", d, ErrBadClock)
	}
	now := c.clock.now()
	if d > latest.Sub(now) {
		return fmt.Errorf("advance clock by %v: %w: it shows 1970 to 2200", d, ErrBadClock)
	}
	c.clock.offset.Add(int64(d))
	return c.timeMoved(ctx)
}

// SetClock sets the server's clock, which goes on from there. What is due by
// then happens, and those who wait look again.
func (c *Core) SetClock(ctx context.Context, t time.Time) error {
	if t.Before(earliest) || t.After(latest) {
		return fmt.Errorf("set clock to %d: %w: it shows 1970 to 2200", t.Unix(), ErrBadClock)
	}
	c.clock.offset.Store(int64(t.Sub(c.clock.base())))
	return c.timeMoved(ctx)
}

func (c *Core) timeMoved(ctx context.Context) error {
	err := c.Settle(ctx)
	c.hub.notifyAll()
	return err
}
