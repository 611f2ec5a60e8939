package core

import (
	"context"

	"github.com/confab-go/confab/internal/server/store"
)

// What follows needs parts that this server does not have: a recording
// backend, calendars. It refuses as a server without them does.

// StartRecording would record the call of a conversation, with picture (1) or sound alone (2).
func (c *Core) StartRecording(ctx context.Context, caller Caller, token string, status int) error {
	return c.read(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		switch {
		case status != 1 && status != 2:
			return refuse(Invalid, "status")
		case s.room.CallStart == 0:
			return refuse(Invalid, "call")
		default:
			return refuse(Invalid, "config")
		}
	})
}

// RequireLoggedInModerator refuses callers who are no moderators with an account.
func (c *Core) RequireLoggedInModerator(ctx context.Context, caller Caller, token string) error {
	return c.read(ctx, caller, token, needLoggedInModerator, func(*scope) error { return nil })
}

// RequireReader refuses callers who may not read a conversation.
func (c *Core) RequireReader(ctx context.Context, caller Caller, token string) error {
	return c.read(ctx, caller, token, needLobby, func(*scope) error { return nil })
}

// RequirePair refuses callers who are in no one-to-one conversation of that token.
func (c *Core) RequirePair(ctx context.Context, caller Caller, token string) error {
	return c.read(ctx, caller, token, needAccount, func(s *scope) error {
		if s.room.Type != OneToOne {
			return refuse(Forbidden, "")
		}
		return nil
	})
}

// RequireRoom refuses when there is no such conversation, or the caller is kept out of it.
func (c *Core) RequireRoom(ctx context.Context, caller Caller, token string) error {
	return c.store.Read(ctx, func(tx *store.Tx) error {
		room, err := tx.Room(token)
		if isNotFound(err) {
			return deny(NotFound)
		}
		if err != nil {
			return err
		}
		banned, err := callerBanned(tx, caller, room.ID)
		if banned {
			return deny(Forbidden)
		}
		return err
	})
}
