package core

import (
	"context"

	"github.com/confab-go/confab/internal/server/store"
)

// The types of conversations.
const (
	OneToOne       = 1
	Group          = 2
	Public         = 3
	Changelog      = 4
	FormerOneToOne = 5
	NoteToSelf     = 6
)

// The types of participants.
const (
	Owner          = 1
	Moderator      = 2
	User           = 3
	Guest          = 4
	SelfJoined     = 5
	GuestModerator = 6
)

// The bits of permissions.
const (
	PermCustom      = 1
	PermStartCall   = 2
	PermJoinCall    = 4
	PermIgnoreLobby = 8
	PermAudio       = 16
	PermVideo       = 32
	PermScreen      = 64
	PermChat        = 128

	// PermModerator is what moderators always have.
	PermModerator = 254
	// PermDefault is what everybody else has when nothing else is said.
	PermDefault = PermModerator &^ PermIgnoreLobby
	maxPerm     = 255
)

// The types of actors.
const (
	ActorUsers  = "users"
	ActorGuests = "guests"
	ActorGroups = "groups"
	ActorEmails = "emails"
	ActorBots   = "bots"
)

// need is what an operation asks of its caller, checked in this order after
// the conversation and the caller's place in it were found.
type need uint

const (
	needModerator         need = 1 << iota
	needLoggedInModerator      // a guest moderator is not enough
	needAccount                // a guest is not enough
	needWritable               // not read-only
	needLobby                  // not held back by the lobby
	needChat                   // may write
	needKnown                  // an unknown guest is not enough
)

// scope is one caller's operation on one conversation inside a transaction.
type scope struct {
	c      *Core
	tx     *store.Tx
	caller Caller
	room   *store.Room
	self   *store.Attendee
	now    int64
}

func isModeratorType(t int) bool { return t == Owner || t == Moderator || t == GuestModerator }

func (s *scope) moderator() bool { return s.self != nil && isModeratorType(s.self.ParticipantType) }

// loggedInModerator reports whether the caller moderates, and not as a guest.
func (s *scope) loggedInModerator() bool {
	return s.self != nil && (s.self.ParticipantType == Owner || s.self.ParticipantType == Moderator)
}

// permissions returns what the attendee may do in the conversation.
func permissions(r *store.Room, a *store.Attendee) int {
	switch {
	case isModeratorType(a.ParticipantType):
		return PermModerator
	case a.Permissions != 0:
		return a.Permissions
	case r.DefaultPermissions != 0:
		return r.DefaultPermissions
	default:
		return PermDefault
	}
}

func (s *scope) inLobby() bool {
	return s.room.LobbyState != 0 && (s.room.LobbyTimer == 0 || s.now < s.room.LobbyTimer) &&
		!s.moderator() && permissions(s.room, s.self)&PermIgnoreLobby == 0
}

// enter finds the conversation and the caller's place in it, and checks what the operation needs.
func (c *Core) enter(tx *store.Tx, caller Caller, token string, needs need) (*scope, error) {
	s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
	room, err := tx.Room(token)
	if isNotFound(err) {
		return nil, deny(NotFound)
	}
	if err != nil {
		return nil, err
	}
	s.room = &room
	self, err := c.place(tx, caller, room.ID)
	if isNotFound(err) {
		return nil, deny(NotFound)
	}
	if err != nil {
		return nil, err
	}
	s.self = &self
	if self.ActorType == ActorGuests { // others are gone once they are banned
		if banned, err := callerBanned(tx, caller, room.ID); err != nil || banned {
			return nil, orElse(err, deny(Forbidden))
		}
	}
	switch {
	case needs&needKnown != 0 && self.ActorType == ActorGuests:
		return nil, deny(NotFound)
	case needs&needAccount != 0 && caller.UserID == "",
		needs&needLoggedInModerator != 0 && !s.loggedInModerator(),
		needs&needModerator != 0 && !s.moderator(),
		needs&needWritable != 0 && !writable(&room):
		return nil, deny(Forbidden)
	case needs&needLobby != 0 && s.inLobby():
		return nil, deny(LobbyActive)
	case needs&needChat != 0 && permissions(&room, &self)&PermChat == 0:
		return nil, deny(Forbidden)
	}
	return s, nil
}

func writable(r *store.Room) bool {
	return r.ReadOnly == 0 && r.Type != Changelog && r.Type != FormerOneToOne
}

// place finds the caller among the participants: by account, or by the
// session that a guest's cookie has in the conversation.
func (c *Core) place(tx *store.Tx, caller Caller, roomID int64) (store.Attendee, error) {
	if caller.UserID != "" {
		return tx.Attendee(roomID, ActorUsers, caller.UserID)
	}
	if caller.WebSession == "" {
		return store.Attendee{}, store.ErrNotFound
	}
	session, err := tx.Session(caller.WebSession, roomID)
	if err != nil {
		return store.Attendee{}, err
	}
	a, err := tx.AttendeeByID(roomID, session.AttendeeID)
	if err == nil && a.ActorType == ActorUsers {
		return store.Attendee{}, store.ErrNotFound // a cookie that an account has left behind
	}
	return a, err
}

// write runs an operation that changes a conversation and wakes who waits for it.
func (c *Core) write(ctx context.Context, caller Caller, token string, needs need, fn func(*scope) error) error {
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, needs)
		if err != nil {
			return err
		}
		return fn(s)
	})
	if err == nil {
		c.hub.notify(token)
	}
	return err
}

// read runs an operation that only looks at a conversation.
func (c *Core) read(ctx context.Context, caller Caller, token string, needs need, fn func(*scope) error) error {
	return c.store.Read(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, needs)
		if err != nil {
			return err
		}
		return fn(s)
	})
}

// change runs an operation and returns the conversation as the caller sees it then.
func (c *Core) change(ctx context.Context, caller Caller, token string, needs need, fn func(*scope) error) (v *RoomView, err error) {
	err = c.write(ctx, caller, token, needs, func(s *scope) error {
		if err := fn(s); err != nil {
			return err
		}
		v, err = s.view()
		return err
	})
	return v, err
}

// RequireModerator refuses callers who are no moderators of the conversation.
func (c *Core) RequireModerator(ctx context.Context, caller Caller, token string) error {
	return c.read(ctx, caller, token, needModerator, func(*scope) error { return nil })
}
