package core

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// saveRoom stores the scope's conversation, and leaves a system message when word is given.
func (s *scope) saveRoom(word string, params systemParams) error {
	if err := s.tx.UpdateRoom(s.room); err != nil {
		return err
	}
	if word == "" {
		return nil
	}
	return s.system(word, params)
}

func (s *scope) saveSelf() error {
	s.self.LastChange = s.now
	return s.tx.UpdateAttendee(s.self)
}

func isPair(r *store.Room) bool { return r.Type == OneToOne || r.Type == FormerOneToOne }

// Rename changes a conversation's name.
func (c *Core) Rename(ctx context.Context, caller Caller, token, name string) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		name := strings.Trim(name, phpSpace)
		switch {
		case isPair(s.room):
			return refuse(Invalid, "type")
		case s.room.ObjectType == "event":
			return refuse(Invalid, "event")
		case name == "" || utf8.RuneCountInString(name) > maxRoomName:
			return refuse(Invalid, "value")
		case name == s.room.Name:
			return nil
		}
		old := s.room.Name
		s.room.Name = name
		return s.saveRoom("conversation_renamed", systemParams{Old: old, New: name})
	})
}

// SetDescription changes what a conversation says it is for.
func (c *Core) SetDescription(ctx context.Context, caller Caller, token, text string) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		text := strings.Trim(text, phpSpace)
		switch {
		case s.room.ObjectType == "event":
			return refuse(Invalid, "event")
		case text == s.room.Description:
			return nil
		case utf8.RuneCountInString(text) > maxDescription:
			return refuse(Invalid, "value")
		case isPair(s.room):
			return refuse(Invalid, "type")
		}
		s.room.Description = text
		word := "description_set"
		if text == "" {
			word = "description_removed"
		}
		return s.saveRoom(word, systemParams{})
	})
}

// SetReadOnly locks or unlocks a conversation; state is 0 or 1. A call ends when it is locked.
func (c *Core) SetReadOnly(ctx context.Context, caller Caller, token string, state int) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		switch {
		case state == s.room.ReadOnly:
			return nil
		case s.room.Type != Group && s.room.Type != Public:
			return refuse(Invalid, "type")
		case state != 0 && state != 1:
			return refuse(Invalid, "value")
		}
		s.room.ReadOnly = state
		if err := s.saveRoom([]string{"read_only_off", "read_only"}[state], systemParams{}); err != nil || state == 0 {
			return err
		}
		return s.hangUp(func(*store.Attendee) bool { return true })
	})
}

// SetListable opens a conversation to those who are not in it; scope is 0, 1 or 2.
func (c *Core) SetListable(ctx context.Context, caller Caller, token string, listable int) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		switch {
		case listable == s.room.Listable:
			return nil
		case s.room.Type != Group && s.room.Type != Public:
			return refuse(Invalid, "type")
		case isBreakout(s.room):
			return refuse(Invalid, "breakout-room")
		case listable < 0 || listable > 2:
			return refuse(Invalid, "value")
		}
		s.room.Listable = listable
		return s.saveRoom([]string{"listable_none", "listable_users", "listable_all"}[listable], systemParams{})
	})
}

// SetPublic opens a conversation for guests, with a password when one is given, or closes it again.
func (c *Core) SetPublic(ctx context.Context, caller Caller, token string, public bool, password string) (*RoomView, error) {
	hash, err := c.roomPasswordHash(password)
	if err != nil {
		return nil, err
	}
	return c.change(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		to := Group
		if public {
			to = Public
		}
		switch {
		case s.room.Type == to:
			return nil
		case s.room.Type != Group && s.room.Type != Public:
			return refuse(Invalid, "type")
		case isBreakout(s.room) || s.room.BreakoutMode != BreakoutNone:
			return refuse(Invalid, "breakout-room")
		}
		if err := s.setType(to); err != nil {
			return err
		}
		if public && hash != "" {
			return s.setRoomPassword(hash)
		}
		return nil
	})
}

// setType opens or closes a conversation. Who came in through the open door alone has to leave when it closes.
func (s *scope) setType(to int) error {
	s.room.Type = to
	word := "guests_allowed"
	if to == Group {
		word = "guests_disallowed"
		attendees, err := s.tx.Attendees(s.room.ID)
		if err != nil {
			return err
		}
		for _, a := range attendees {
			if t := a.ParticipantType; t == Guest || t == GuestModerator || t == SelfJoined {
				if err := s.takeAway(&a); err != nil {
					return err
				}
			}
		}
	}
	return s.saveRoom(word, systemParams{})
}

// SetPassword sets what guests have to say to come in; "" removes it.
func (c *Core) SetPassword(ctx context.Context, caller Caller, token, password string) (*RoomView, error) {
	hash, err := c.roomPasswordHash(password)
	if err != nil {
		return nil, err
	}
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		switch {
		case s.room.Type != Public:
			return refuse(Invalid, "type")
		case isBreakout(s.room):
			return refuse(Invalid, "breakout-room")
		}
		return s.setRoomPassword(hash)
	})
}

// roomPasswordHash hashes a conversation's password, before the transaction
// that stores it: hashing is slow on purpose, and writers would wait.
func (c *Core) roomPasswordHash(password string) (string, error) {
	if password == "" {
		return "", nil
	}
	return c.hashPassword(password)
}

func (s *scope) setRoomPassword(hash string) error {
	word := "password_set"
	if hash == "" {
		word = "password_removed"
	}
	s.room.PasswordHash = hash
	return s.saveRoom(word, systemParams{})
}

// SetDefaultPermissions says what participants may do who have no permissions of their own.
func (c *Core) SetDefaultPermissions(ctx context.Context, caller Caller, token string, bits int) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		switch {
		case isBreakout(s.room):
			return refuse(Invalid, "breakout-room")
		case s.room.Type != Group && s.room.Type != Public:
			return refuse(Invalid, "type")
		case bits < 0 || bits > maxPerm:
			return refuse(Invalid, "value")
		}
		s.room.DefaultPermissions = withCustom(bits)
		if err := s.tx.ResetPermissions(s.room.ID); err != nil {
			return err
		}
		s.self.Permissions = 0
		return s.saveRoom("", systemParams{})
	})
}

// SetMentionPermissions says who may mention everybody: 0 all, 1 moderators.
func (c *Core) SetMentionPermissions(ctx context.Context, caller Caller, token string, value int) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		switch {
		case value == s.room.MentionPermissions:
			return nil
		case s.room.Type != Group && s.room.Type != Public:
			return refuse(Invalid, "type")
		case isBreakout(s.room):
			return refuse(Invalid, "breakout-room")
		case value != 0 && value != 1:
			return refuse(Invalid, "value")
		}
		s.room.MentionPermissions = value
		return s.saveRoom("", systemParams{})
	})
}

// Mark is a mark that a participant puts on a conversation for themselves.
type Mark int

// The marks.
const (
	Favorite Mark = iota
	Archived
	Important
	Sensitive
)

// SetMark puts a mark on a conversation or takes it off.
func (c *Core) SetMark(ctx context.Context, caller Caller, token string, mark Mark, on bool) (*RoomView, error) {
	return c.change(ctx, caller, token, needAccount, func(s *scope) error {
		switch mark {
		case Favorite:
			s.self.Favorite = on
		case Archived:
			s.self.Archived = on
		case Important:
			s.self.Important = on
		case Sensitive:
			s.self.Sensitive = on
		}
		return s.saveSelf()
	})
}

// SetNotificationLevel says when the caller wants to hear of messages: 1 always, 2 mentions, 3 never.
func (c *Core) SetNotificationLevel(ctx context.Context, caller Caller, token string, level int) (*RoomView, error) {
	return c.change(ctx, caller, token, needAccount, func(s *scope) error {
		if level < 1 || level > 3 {
			return refuse(Invalid, "level")
		}
		s.self.NotificationLevel = level
		return s.saveSelf()
	})
}

// SetNotificationCalls says whether the caller wants to hear of calls: 0 no, 1 yes.
func (c *Core) SetNotificationCalls(ctx context.Context, caller Caller, token string, level int) (*RoomView, error) {
	return c.change(ctx, caller, token, needAccount, func(s *scope) error {
		if level != 0 && level != 1 {
			return refuse(Invalid, "level")
		}
		s.self.NotificationCalls = level
		return s.saveSelf()
	})
}
