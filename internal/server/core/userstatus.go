package core

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// What users may say of their presence.
const (
	StatusOnline    = "online"
	StatusAway      = "away"
	StatusDND       = "dnd"
	StatusBusy      = "busy"
	StatusInvisible = "invisible"
	StatusOffline   = "offline"
)

// maxStatusMessage is the longest message of a status, in characters.
const maxStatusMessage = 80

// statusStale is after how many seconds nobody is online any more who has not said so again.
const statusStale = 15 * 60

// StatusError says what is wrong with a status.
type StatusError struct{ Problem string }

func (e *StatusError) Error() string { return e.Problem }

// predefined are the messages that Nextcloud has ready.
var predefined = map[string]struct{ icon, message string }{
	"meeting":       {"📅", "In a meeting"},
	"commuting":     {"🚌", "Commuting"},
	"be-right-back": {"⏳", "Be right back"},
	"remote-work":   {"🏡", "Working remotely"},
	"sick-leave":    {"🤒", "Out sick"},
	"vacationing":   {"🌴", "Vacationing"},
}

// UserStatus returns what a user says of themselves; ok is false when that is nothing.
func (c *Core) UserStatus(ctx context.Context, userID string) (u store.UserStatus, ok bool, err error) {
	all, err := c.UserStatuses(ctx, []string{userID})
	for _, u := range all {
		return u, true, err
	}
	return u, false, err
}

// UserStatuses returns what those of the users say who do, by their ids.
func (c *Core) UserStatuses(ctx context.Context, userIDs []string) (map[string]store.UserStatus, error) {
	out := map[string]store.UserStatus{}
	if len(userIDs) == 0 {
		return out, nil
	}
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.UserStatuses(userIDs)
		for i := range found {
			settleStatus(&found[i], c.unix())
			out[found[i].UserID] = found[i]
		}
		return err
	})
	return out, err
}

// AllUserStatuses returns a page of what all users say, by their ids; limit -1 is for all.
func (c *Core) AllUserStatuses(ctx context.Context, limit, offset int64) (out []store.UserStatus, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		out, err = tx.AllUserStatuses(limit, max(0, offset))
		for i := range out {
			settleStatus(&out[i], c.unix())
		}
		return err
	})
	return out, err
}

// settleStatus takes away what is over.
func settleStatus(u *store.UserStatus, now int64) {
	over := u.ClearAt != 0 && u.ClearAt < now
	if over || u.Changed < now-statusStale && (!u.UserDefined || u.Status == StatusOnline) {
		u.Status, u.UserDefined = StatusOffline, false
	}
	if over {
		clearMessage(u)
	}
}

func clearMessage(u *store.UserStatus) { u.MessageID, u.Icon, u.Message, u.ClearAt = "", "", "", 0 }

// SetStatus says whether the caller is there, or returns a *StatusError.
func (c *Core) SetStatus(ctx context.Context, caller Caller, status string) (store.UserStatus, error) {
	return c.changeStatus(ctx, caller, func(u *store.UserStatus) error {
		if !slices.Contains([]string{StatusOnline, StatusAway, StatusDND, StatusBusy, StatusInvisible, StatusOffline}, status) {
			return &StatusError{fmt.Sprintf("Status-type %q is not supported", status)}
		}
		u.Status, u.UserDefined, u.Changed = status, true, c.unix()
		return nil
	})
}

// SetStatusMessage sets a message of the caller's own until a time (unix
// seconds, 0 for ever), or returns a *StatusError.
func (c *Core) SetStatusMessage(ctx context.Context, caller Caller, icon, message string, clearAt int64) (store.UserStatus, error) {
	return c.changeStatus(ctx, caller, func(u *store.UserStatus) error {
		switch {
		case icon != "" && !isEmoji(icon):
			return &StatusError{"Status-Icon is longer than one character"}
		case utf8.RuneCountInString(message) > maxStatusMessage:
			return &StatusError{fmt.Sprintf("Message is longer than supported length of %d characters", maxStatusMessage)}
		case clearAt != 0 && clearAt < c.unix():
			return &StatusError{"ClearAt is in the past"}
		}
		clearMessage(u)
		u.Icon, u.Message, u.ClearAt = icon, message, clearAt
		return nil
	})
}

// SetPredefinedMessage sets one of the messages that Nextcloud has ready, or returns a *StatusError.
func (c *Core) SetPredefinedMessage(ctx context.Context, caller Caller, messageID string, clearAt int64) (store.UserStatus, error) {
	return c.changeStatus(ctx, caller, func(u *store.UserStatus) error {
		p, ok := predefined[messageID]
		switch {
		case !ok:
			return &StatusError{fmt.Sprintf("Message-Id %q is not supported", messageID)}
		case clearAt != 0 && clearAt < c.unix():
			return &StatusError{"ClearAt is in the past"}
		}
		u.MessageID, u.Icon, u.Message, u.ClearAt = messageID, p.icon, p.message, clearAt
		return nil
	})
}

// ClearStatusMessage takes the caller's message away.
func (c *Core) ClearStatusMessage(ctx context.Context, caller Caller) error {
	if _, ok, err := c.UserStatus(ctx, caller.UserID); err != nil || !ok {
		return err
	}
	_, err := c.changeStatus(ctx, caller, func(u *store.UserStatus) error {
		clearMessage(u)
		return nil
	})
	return err
}

func (c *Core) changeStatus(ctx context.Context, caller Caller, change func(*store.UserStatus) error) (u store.UserStatus, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		u, err = tx.UserStatus(caller.UserID)
		if isNotFound(err) {
			u, err = store.UserStatus{UserID: caller.UserID, Status: StatusOffline, Changed: c.unix()}, nil
		}
		if err != nil {
			return err
		}
		settleStatus(&u, c.unix())
		if err := change(&u); err != nil {
			return err
		}
		return tx.SetUserStatus(u)
	})
	return u, err
}
