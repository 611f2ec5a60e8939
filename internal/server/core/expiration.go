package core

import (
	"context"
	"fmt"
	"math"

	"github.com/confab-go/confab/internal/server/store"
)

// sweepDelay is how long messages that have expired stay stored, in seconds.
// Nobody sees them meanwhile: many are removed at once, in place of one after another.
const sweepDelay = 5 * 60

// maxExpiration keeps every moment that a message may expire at a number that all clients can hold.
const maxExpiration = math.MaxInt32

// SetMessageExpiration says how long new messages stay, in seconds; 0 is for ever.
func (c *Core) SetMessageExpiration(ctx context.Context, caller Caller, token string, seconds int64) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		switch {
		case isBreakout(s.room):
			return refuse(Invalid, "breakout-room")
		case s.room.Type == FormerOneToOne || s.room.Type == Changelog:
			return refuse(Invalid, "type")
		case seconds < 0 || seconds > maxExpiration:
			return refuse(Invalid, "value")
		}
		s.room.MessageExpiration = seconds
		word := "message_expiration_enabled"
		if seconds == 0 {
			word = "message_expiration_disabled"
		}
		return s.saveRoom(word, systemParams{Seconds: seconds})
	})
}

// expires returns when a message of now expires, 0 for never.
func (s *scope) expires() int64 {
	if s.room.MessageExpiration <= 0 {
		return 0
	}
	at := s.now + s.room.MessageExpiration
	s.c.due.by(s.tx, at+sweepDelay)
	return at
}

// removeExpired removes the messages that have expired, and returns the tokens of their conversations.
func (c *Core) removeExpired(tx *store.Tx, now int64) (changed []string, err error) {
	rooms, err := tx.RoomsWithExpired(now)
	if err != nil {
		return nil, err
	}
	for _, room := range rooms {
		s := &scope{c: c, tx: tx, room: &room, now: now}
		objects, err := tx.Expired(room.ID, verbObject, now)
		if err != nil {
			return nil, err
		}
		for i := range objects {
			if err := s.messageDeleted(&objects[i]); err != nil {
				return nil, err
			}
		}
		if err := tx.DeleteExpired(room.ID, now, countedVerbs); err != nil {
			return nil, err
		}
		changed = append(changed, room.Token)
	}
	return changed, nil
}

// durationText says a time in the largest unit that it fills, as a person would.
func durationText(seconds int64) string {
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{7 * 24 * 3600, "week"}, {24 * 3600, "day"}, {3600, "hour"}, {60, "minute"}} {
		if seconds >= unit.seconds || unit.seconds == 60 {
			n := (seconds + unit.seconds/2) / unit.seconds
			if n == 1 {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return ""
}
