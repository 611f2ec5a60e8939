package core

import (
	"context"
	"crypto/sha1" //nolint:gosec // Talk names guests by the SHA-1 of their session; nothing is proven by it
	"encoding/hex"
	"errors"

	"github.com/confab-go/confab/internal/server/store"
)

// sessionIDLength is the number of characters of a session id.
const sessionIDLength = 255

// SessionConflictError says that another session of the caller is in a call there.
type SessionConflictError struct{ Session store.Session }

func (e *SessionConflictError) Error() string { return "another session is in a call" }

// Join makes the caller present in a conversation. Who is not in it may come in
// when it is public, with its password, or listed. Without force, a session
// that is in a call is not replaced: the error is a *SessionConflictError then.
func (c *Core) Join(ctx context.Context, caller Caller, token, password string, force bool) (v *RoomView, err error) {
	id, err := c.randomString(sessionIDLength, base64Chars)
	if err != nil {
		return nil, err
	}
	opened, err := c.tryPassword(ctx, token, password)
	if err != nil {
		return nil, err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s, newcomer, err := c.enterOrKnock(tx, caller, token, opened, id)
		if err != nil {
			return err
		}
		old, err := tx.Session(caller.WebSession, s.room.ID)
		if err == nil {
			if !force && old.InCall != 0 {
				return &SessionConflictError{Session: old}
			}
			err = s.endSession(&old)
		}
		if err != nil && !isNotFound(err) {
			return err
		}
		err = tx.InsertSession(store.Session{
			SessionID: id, AttendeeID: s.self.ID, RoomID: s.room.ID,
			WebSession: caller.WebSession, LastPing: s.now, State: 1,
		})
		if err != nil {
			return err
		}
		if err := s.signalChange(); err != nil {
			return err
		}
		if newcomer && s.self.ActorType == ActorGuests {
			// Talk shows a guest who has just come in as it was before it was stored.
			s.self.NotificationCalls = 0
		}
		v, err = s.view()
		return err
	})
	if err == nil {
		c.hub.notify(token)
	}
	return v, err
}

// tryPassword returns the hash that the password opens, "" when it opens none.
// It is slow, and so not done while others wait to write.
func (c *Core) tryPassword(ctx context.Context, token, password string) (opened string, err error) {
	if password == "" {
		return "", nil
	}
	var room store.Room
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		room, err = tx.Room(token)
		return err
	})
	if err != nil && !isNotFound(err) {
		return "", err
	}
	if room.PasswordHash == "" || !checkPassword(room.PasswordHash, password) {
		return "", nil
	}
	return room.PasswordHash, nil
}

// enterOrKnock finds the caller's place in a conversation, or makes one where
// the door is open. The hash opened is of the password that the caller knows.
func (c *Core) enterOrKnock(tx *store.Tx, caller Caller, token, opened, sessionID string) (s *scope, newcomer bool, err error) {
	s, err = c.enter(tx, caller, token, 0)
	if err == nil && s.room.ObjectType == fileObject {
		err = s.mayEnterFile()
	}
	if err == nil {
		return s, false, nil
	}
	room, roomErr := tx.Room(token)
	if roomErr != nil {
		return nil, false, orRefuse(roomErr, NotFound, "")
	}
	s = &scope{c: c, tx: tx, caller: caller, room: &room, now: c.unix()}
	if banned, err := callerBanned(tx, caller, room.ID); err != nil || banned {
		return nil, false, orElse(err, refuse(Forbidden, "ban"))
	}
	listed := caller.UserID != "" && room.Listable > 0
	if room.ObjectType == fileObject {
		if err := s.mayEnterFile(); err != nil {
			return nil, false, err
		}
		listed = true // who has the file stays
	}
	if room.Type != Public && !listed {
		return nil, false, refuse(NotFound, "")
	}
	if !listed && room.PasswordHash != opened && room.PasswordHash != "" {
		return nil, false, refuse(Forbidden, "password")
	}
	switch {
	case caller.UserID == "":
		sum := sha1.Sum([]byte(sessionID)) //nolint:gosec // see above
		a := store.Attendee{
			RoomID: room.ID, ActorType: ActorGuests, ActorID: hex.EncodeToString(sum[:]),
			ParticipantType: Guest, NotificationCalls: 1, LastChange: s.now,
		}
		err = tx.InsertAttendee(&a)
		s.self = &a
	case listed:
		a := store.Attendee{ActorID: caller.UserID, ParticipantType: User}
		if err = s.addUser(&a); err == nil {
			s.self = &a
			err = s.system("user_added", systemParams{User: a.ActorID})
		}
	default:
		a := store.Attendee{ActorID: caller.UserID, ParticipantType: SelfJoined}
		err = s.addUser(&a)
		s.self = &a
	}
	return s, true, err
}

// LeaveSession ends the caller's presence. Who only came in through an open
// door is gone then. It is no error when there was nothing to end.
func (c *Core) LeaveSession(ctx context.Context, caller Caller, token string) error {
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, 0)
		if err != nil {
			return err
		}
		if session, err := tx.Session(caller.WebSession, s.room.ID); err == nil {
			if err := s.endSession(&session); err != nil {
				return err
			}
		} else if !isNotFound(err) {
			return err
		}
		rest, err := tx.SessionsOf(s.self.ID)
		if err != nil || len(rest) > 0 {
			return err
		}
		if s.self.ParticipantType == SelfJoined || s.self.ActorType == ActorGuests && s.self.ParticipantType == Guest {
			return tx.DeleteAttendee(s.self.ID)
		}
		return nil
	})
	if e, ok := errors.AsType[*Error](err); ok && e.Access {
		return nil
	}
	if err == nil {
		c.hub.notify(token)
	}
	return err
}

// SetSessionState says whether the caller looks at the conversation: 0 no, 1 yes.
func (c *Core) SetSessionState(ctx context.Context, caller Caller, token string, state int) (v *RoomView, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, 0)
		if err != nil {
			return err
		}
		session, err := tx.Session(caller.WebSession, s.room.ID)
		if err != nil {
			return orRefuse(err, NotFound, "")
		}
		if state != 0 && state != 1 {
			return refuse(Invalid, "")
		}
		session.State = state
		if err := tx.UpdateSession(session); err != nil {
			return err
		}
		v, err = s.view()
		return err
	})
	return v, err
}
