package core

import (
	"context"

	"github.com/confab-go/confab/internal/server/store"
)

// maxUpcoming is how many upcoming reminders are shown.
const maxUpcoming = 10

// UpcomingReminder is a reminder with the message that it is of.
type UpcomingReminder struct {
	At      int64 // unix seconds
	Message *MessageView
}

// Remind reminds the caller of a message at a time (unix seconds), and no more at another one.
func (c *Core) Remind(ctx context.Context, caller Caller, token string, messageID, at int64) (r store.Reminder, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		m, err := c.remindable(tx, caller, token, messageID)
		if err != nil {
			return err
		}
		r = store.Reminder{UserID: caller.UserID, MessageID: m.ID, At: at}
		return tx.SetReminder(r)
	})
	return r, err
}

// Reminder returns when the caller will be reminded of a message.
func (c *Core) Reminder(ctx context.Context, caller Caller, token string, messageID int64) (r store.Reminder, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		m, err := c.remindable(tx, caller, token, messageID)
		if err != nil {
			return err
		}
		r, err = tx.Reminder(caller.UserID, m.ID)
		if err == nil && r.At <= c.unix() {
			err = store.ErrNotFound // it has been
		}
		return orRefuse(err, NotFound, "reminder")
	})
	return r, err
}

// ForgetReminder takes a reminder of the caller back. It is no error when there is none.
func (c *Core) ForgetReminder(ctx context.Context, caller Caller, token string, messageID int64) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		m, err := c.remindable(tx, caller, token, messageID)
		if err != nil {
			return err
		}
		return tx.DeleteReminder(caller.UserID, m.ID)
	})
}

// remindable finds a message that the caller may read.
func (c *Core) remindable(tx *store.Tx, caller Caller, token string, id int64) (m store.Message, err error) {
	s, err := c.enter(tx, caller, token, needAccount|needLobby)
	if err != nil {
		return m, err
	}
	m, err = tx.Message(s.room.ID, id)
	if err == nil && expired(&m, s.now) {
		err = store.ErrNotFound
	}
	return m, orRefuse(err, NotFound, "message")
}

// UpcomingReminders returns the caller's next reminders, the earliest first.
// Messages of conversations that the caller calls sensitive have no text.
func (c *Core) UpcomingReminders(ctx context.Context, caller Caller) (out []UpcomingReminder, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.RemindersAfter(caller.UserID, c.unix(), maxUpcoming)
		if err != nil {
			return err
		}
		for _, r := range found {
			s, err := c.enter(tx, caller, r.Token, 0)
			if err != nil {
				return err
			}
			m, err := tx.Message(s.room.ID, r.MessageID)
			if err != nil {
				return err
			}
			views, err := s.views([]store.Message{m})
			if err != nil {
				return err
			}
			for _, v := range views {
				if s.self.Sensitive || s.inLobby() {
					v.Text, v.Parameters = "", nil
				}
				out = append(out, UpcomingReminder{At: r.At, Message: v})
			}
		}
		return nil
	})
	return out, err
}
