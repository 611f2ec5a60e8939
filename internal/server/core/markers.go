package core

import (
	"context"

	"github.com/confab-go/confab/internal/server/store"
)

// unreadFirst is the read marker of somebody who has read nothing at all.
const unreadFirst = -2

// markOnRead moves the caller's marker up to what they say they know.
func (c *Core) markOnRead(ctx context.Context, caller Caller, token string, lastKnown int64) error {
	behind := false
	err := c.read(ctx, caller, token, needLobby, func(s *scope) error {
		behind = lastKnown > s.self.LastRead
		return nil
	})
	if err != nil || !behind {
		return err
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, needLobby)
		if err != nil || lastKnown <= s.self.LastRead {
			return err
		}
		return tx.SetLastRead(s.self, lastKnown)
	})
}

// Marked is an answer to a moved read marker.
type Marked struct {
	Room       *RoomView
	CommonRead *int64
}

// MarkRead moves the caller's read marker to a message, to the newest one when
// id is nil. Ids that do not exist yet are kept as they are; 0 means nothing read.
func (c *Core) MarkRead(ctx context.Context, caller Caller, token string, id *int64) (Marked, error) {
	return c.mark(ctx, caller, token, func(s *scope) (int64, error) {
		switch {
		case id == nil:
			return s.room.LastMessageID, nil
		case *id == 0:
			return unreadFirst, nil
		default:
			return *id, nil
		}
	})
}

// MarkUnread moves the caller's read marker so that exactly the newest chat message is unread.
func (c *Core) MarkUnread(ctx context.Context, caller Caller, token string) (Marked, error) {
	return c.mark(ctx, caller, token, func(s *scope) (int64, error) {
		ids, err := s.tx.NewestOf(s.room.ID, countedVerbs, 2)
		if err != nil {
			return 0, err
		}
		if len(ids) == 2 {
			return ids[1], nil
		}
		before, err := s.tx.MessagesBefore(s.room.ID, s.room.LastMessageID, 1)
		if err != nil || len(before) == 0 {
			return unreadFirst, err
		}
		return before[0].ID, nil
	})
}

func (c *Core) mark(ctx context.Context, caller Caller, token string, target func(*scope) (int64, error)) (out Marked, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, needKnown)
		if err != nil {
			return err
		}
		id, err := target(s)
		if err != nil {
			return err
		}
		if err := tx.SetLastRead(s.self, id); err != nil {
			return err
		}
		if out.CommonRead, err = s.commonRead(); err != nil {
			return err
		}
		out.Room, err = s.view()
		return err
	})
	return out, err
}
