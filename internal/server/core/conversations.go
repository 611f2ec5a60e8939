package core

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// Room returns a conversation: as a participant sees it, or, when it is open
// to the caller, as somebody outside does.
func (c *Core) Room(ctx context.Context, caller Caller, token string) (v *RoomView, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, 0)
		if err == nil {
			v, err = s.view()
			return err
		}
		room, roomErr := tx.Room(token)
		if roomErr != nil {
			return err
		}
		switch {
		case caller.UserID != "" && room.Listable > 0:
			v = outside(c, &room, false)
		case room.Type == Public:
			v = outside(c, &room, true)
		default:
			return err
		}
		return nil
	})
	return v, err
}

// Rooms returns the caller's conversations, those that changed since (unix
// seconds) only, without their last messages when those are not wanted.
func (c *Core) Rooms(ctx context.Context, caller Caller, since int64, lastMessages bool) (out []*RoomView, err error) {
	if err := c.welcome(ctx, caller); err != nil {
		return nil, err
	}
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.UserRooms(caller.UserID, since)
		if err != nil {
			return err
		}
		sessions := map[int64]*store.Session{}
		if caller.WebSession != "" {
			found, err := tx.SessionsOfWeb(caller.WebSession)
			if err != nil {
				return err
			}
			for i := range found {
				sessions[found[i].AttendeeID] = &found[i]
			}
		}
		s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
		out = make([]*RoomView, 0, len(rows))
		for i := range rows {
			if !lastMessages {
				rows[i].Message = nil
			}
			out = append(out, s.assemble(&rows[i], sessions[rows[i].Attendee.ID]))
		}
		return nil
	})
	return out, err
}

// ListedRooms returns the conversations that are open to the caller, who is in
// none of them, and whose name contains the text.
func (c *Core) ListedRooms(ctx context.Context, caller Caller, search string) (out []*RoomView, err error) {
	search = strings.ToLower(search)
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		rooms, err := tx.ListedRooms(caller.UserID)
		for i := range rooms {
			if strings.Contains(strings.ToLower(rooms[i].Name), search) {
				out = append(out, outside(c, &rooms[i], false))
			}
		}
		return err
	})
	return out, err
}

// NoteToSelf returns the caller's own notebook, which is made at the first time.
func (c *Core) NoteToSelf(ctx context.Context, caller Caller) (v *RoomView, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.notebook(tx, caller)
		if err != nil {
			return err
		}
		v, err = s.view()
		return err
	})
	return v, err
}

func (c *Core) notebook(tx *store.Tx, caller Caller) (*scope, error) {
	s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
	room, err := tx.RoomByKey("note_to_self:" + caller.UserID)
	switch {
	case err == nil:
		return c.enter(tx, caller, room.Token, 0)
	case !isNotFound(err):
		return nil, err
	}
	room = store.Room{
		Type: NoteToSelf, Name: "Note to self", ObjectType: "note_to_self", ObjectID: caller.UserID,
		UniqueKey:   "note_to_self:" + caller.UserID,
		Description: "A place for your private notes, thoughts and ideas",
	}
	return s, s.found(&room, &store.Attendee{Favorite: true}, false)
}

// found makes a new conversation with the caller as its owner.
func (s *scope) found(room *store.Room, owner *store.Attendee, byCaller bool) error {
	if err := s.establish(room, byCaller); err != nil {
		return err
	}
	owner.ActorID, owner.ParticipantType = s.caller.UserID, Owner
	if err := s.addUser(owner); err != nil {
		return err
	}
	s.self = owner
	return nil
}

// establish makes a new conversation with nobody in it yet.
func (s *scope) establish(room *store.Room, byCaller bool) error {
	token, err := s.c.newToken(s.tx)
	if err != nil {
		return err
	}
	u, ok := s.c.dir.user(s.caller.UserID)
	if !ok {
		return deny(NotFound)
	}
	room.Token, room.LastActivity = token, s.now
	if err := s.tx.InsertRoom(room); err != nil {
		return err
	}
	s.room = room
	// The message comes first: its maker has read it then.
	actorType, actorID := ActorGuests, systemActorID
	if byCaller {
		actorType, actorID = ActorUsers, u.ID
	}
	return s.systemBy(actorType, actorID, "", "conversation_created", systemParams{})
}

// addUser gives a user a place in the conversation, without a word about it.
func (s *scope) addUser(a *store.Attendee) error {
	u, ok := s.c.dir.user(a.ActorID)
	if !ok {
		return refuse(NotFound, "new-participant")
	}
	a.RoomID, a.ActorType, a.ActorID, a.DisplayName = s.room.ID, ActorUsers, u.ID, u.DisplayName
	a.NotificationCalls, a.ReadPrivate, a.LastChange = 1, u.ReadPrivacy != 0, s.now
	return s.tx.InsertAttendee(a)
}

func (c *Core) newToken(tx *store.Tx) (string, error) {
	for {
		token, err := c.randomString(8, tokenAlphabet)
		if err != nil {
			return "", err
		}
		if _, err := tx.Room(token); isNotFound(err) {
			return token, nil
		} else if err != nil {
			return "", err
		}
	}
}

// fillOneToOne brings back whoever is missing in a one-to-one conversation:
// the other one joins with the first message, and returns with the next one after leaving.
func (s *scope) fillOneToOne() error {
	if s.room.Type != OneToOne {
		return nil
	}
	a, b := pairOf(s.room)
	for _, id := range []string{a, b} {
		if err := s.ensureOwner(id); err != nil {
			return err
		}
	}
	return nil
}

func (s *scope) ensureOwner(userID string) error {
	_, err := s.tx.Attendee(s.room.ID, ActorUsers, userID)
	if !isNotFound(err) {
		return err
	}
	if _, ok := s.c.dir.user(userID); !ok {
		return nil
	}
	return s.addUser(&store.Attendee{ActorID: userID, ParticipantType: Owner})
}

// OneToOne returns the conversation of the caller with another user; created
// says that it is new. The other user is in it with the first message only.
func (c *Core) OneToOne(ctx context.Context, caller Caller, other string) (v *RoomView, created bool, err error) {
	u, ok := c.dir.user(other)
	if !ok || other == "" {
		return nil, false, refuse(NotFound, "invite")
	}
	if u.ID == caller.UserID {
		return nil, false, refuse(Forbidden, "invite")
	}
	ids := []string{caller.UserID, u.ID}
	slices.Sort(ids)
	name, err := json.Marshal(ids)
	if err != nil {
		return nil, false, err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
		room, err := tx.RoomByKey("one_to_one:" + string(name))
		switch {
		case err == nil:
			s.room = &room
			if err = s.ensureOwner(caller.UserID); err == nil {
				s, err = c.enter(tx, caller, room.Token, 0)
			}
		case isNotFound(err):
			created = true
			err = s.found(&store.Room{Type: OneToOne, Name: string(name), UniqueKey: "one_to_one:" + string(name)}, &store.Attendee{}, true)
		}
		if err != nil {
			return err
		}
		v, err = s.view()
		return err
	})
	return v, created, err
}

// DeleteRoom removes a conversation with all that is in it.
func (c *Core) DeleteRoom(ctx context.Context, caller Caller, token string) error {
	return c.write(ctx, caller, token, needModerator, func(s *scope) error {
		if s.room.Type == OneToOne || s.room.Type == FormerOneToOne {
			return refuse(Invalid, "")
		}
		if err := s.deleteBreakoutRooms(); err != nil {
			return err
		}
		return s.tx.DeleteRoom(s.room.ID)
	})
}
