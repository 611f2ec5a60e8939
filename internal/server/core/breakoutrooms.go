package core

import (
	"context"
	"slices"

	"github.com/confab-go/confab/internal/server/store"
)

// How participants come into breakout rooms.
const (
	BreakoutNone      = 0 // there are none
	BreakoutAutomatic = 1 // they are distributed
	BreakoutManual    = 2 // a moderator says who goes where
	BreakoutFree      = 3 // everybody chooses
)

// The states of breakout rooms. The first two are of the conversation that has
// them, assistance is asked for in one of them.
const (
	breakoutStopped    = 0
	breakoutStarted    = 1
	breakoutAssistance = 2
)

// breakoutObject is what a breakout room is made for: the conversation with the object's id as its token.
const breakoutObject = "room"

const maxBreakoutRooms = 20

func isBreakout(r *store.Room) bool { return r.ObjectType == breakoutObject }

// breakoutRooms returns the breakout rooms of the scope's conversation.
func (s *scope) breakoutRooms() ([]store.Room, error) {
	return s.tx.RoomsOf(breakoutObject, s.room.Token)
}

// in returns a scope of the same actor in one of the breakout rooms, and has
// those woken who wait for it.
func (s *scope) in(room *store.Room) *scope {
	in := *s
	in.room = room
	s.tx.AfterCommit(func() { s.c.hub.notify(room.Token) })
	return &in
}

// moderate runs what a moderator does with the breakout rooms of a
// conversation, and returns them as the moderator sees them then, the
// conversation itself last.
func (c *Core) moderate(ctx context.Context, caller Caller, token string, fn func(*scope) error) (out []*RoomView, err error) {
	err = c.write(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		if err := fn(s); err != nil {
			return err
		}
		rooms, err := s.breakoutRooms()
		if err != nil {
			return err
		}
		if out, err = s.viewsOf(rooms); err != nil {
			return err
		}
		v, err := s.view()
		out = append(out, v)
		return err
	})
	return out, err
}

// viewsOf returns the caller's views of those rooms that the caller is in.
func (s *scope) viewsOf(rooms []store.Room) (out []*RoomView, err error) {
	for i := range rooms {
		self, err := s.tx.Attendee(rooms[i].ID, s.self.ActorType, s.self.ActorID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		in := *s
		in.room, in.self = &rooms[i], &self
		v, err := in.view()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// ConfigureBreakoutRooms makes breakout rooms. The map says for manual ones
// which attendee goes into which, as JSON.
func (c *Core) ConfigureBreakoutRooms(ctx context.Context, caller Caller, token string, mode, amount int, attendeeMap string) ([]*RoomView, error) {
	return c.moderate(ctx, caller, token, func(s *scope) error {
		switch {
		case s.room.BreakoutMode != BreakoutNone || s.room.Type != Group || isBreakout(s.room):
			return refuse(Invalid, "room")
		case mode < BreakoutAutomatic || mode > BreakoutFree:
			return refuse(Invalid, "mode")
		case amount < 1 || amount > maxBreakoutRooms:
			return refuse(Invalid, "amount")
		}
		var chosen map[int64]int
		var err error
		if mode == BreakoutManual {
			if chosen, err = parseAttendeeMap(attendeeMap, amount); err != nil {
				return err
			}
		}
		s.room.BreakoutMode, s.room.BreakoutStatus = mode, breakoutStopped
		if err := s.saveRoom("", systemParams{}); err != nil {
			return err
		}
		if err := s.deleteBreakoutRooms(); err != nil { // those that a former configuration has left
			return err
		}
		return s.makeBreakoutRooms(mode, amount, chosen)
	})
}

// RemoveBreakoutRooms deletes the breakout rooms of a conversation.
func (c *Core) RemoveBreakoutRooms(ctx context.Context, caller Caller, token string) (*RoomView, error) {
	return c.change(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		if err := s.deleteBreakoutRooms(); err != nil {
			return err
		}
		s.room.BreakoutMode, s.room.BreakoutStatus = BreakoutNone, breakoutStopped
		return s.saveRoom("", systemParams{})
	})
}

func (s *scope) deleteBreakoutRooms() error {
	rooms, err := s.breakoutRooms()
	if err != nil {
		return err
	}
	for i := range rooms {
		if err := s.in(&rooms[i]).tx.DeleteRoom(rooms[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// configured returns the breakout rooms, and refuses when none are configured.
func (s *scope) configured() ([]store.Room, error) {
	if s.room.BreakoutMode == BreakoutNone {
		return nil, refuse(Invalid, "mode")
	}
	return s.breakoutRooms()
}

// StartBreakoutRooms opens the breakout rooms of a conversation.
func (c *Core) StartBreakoutRooms(ctx context.Context, caller Caller, token string) ([]*RoomView, error) {
	return c.setBreakoutStatus(ctx, caller, token, breakoutStarted, LobbyNone, "breakout_rooms_started")
}

// StopBreakoutRooms closes the breakout rooms of a conversation to all but moderators.
func (c *Core) StopBreakoutRooms(ctx context.Context, caller Caller, token string) ([]*RoomView, error) {
	return c.setBreakoutStatus(ctx, caller, token, breakoutStopped, LobbyNonModerators, "breakout_rooms_stopped")
}

func (c *Core) setBreakoutStatus(ctx context.Context, caller Caller, token string, status, lobby int, word string) ([]*RoomView, error) {
	return c.moderate(ctx, caller, token, func(s *scope) error {
		rooms, err := s.configured()
		if err != nil {
			return err
		}
		for i := range rooms {
			in := s.in(&rooms[i])
			said := word
			if in.room.LobbyState == lobby {
				said = ""
			}
			in.room.BreakoutStatus = breakoutStopped
			setLobby(in.room, lobby, 0)
			if err := in.saveRoom(said, systemParams{}); err != nil {
				return err
			}
			if lobby == LobbyNone {
				continue
			}
			if err := in.hangUp(func(a *store.Attendee) bool { return !isModeratorType(a.ParticipantType) }); err != nil {
				return err
			}
		}
		s.room.BreakoutStatus = status
		return s.saveRoom("", systemParams{})
	})
}

// BroadcastToBreakoutRooms posts a message of a moderator in all breakout rooms.
func (c *Core) BroadcastToBreakoutRooms(ctx context.Context, caller Caller, token, message string) ([]*RoomView, error) {
	return c.moderate(ctx, caller, token, func(s *scope) error {
		rooms, err := s.configured()
		if err != nil {
			return err
		}
		for i := range rooms {
			self, err := s.tx.Attendee(rooms[i].ID, s.self.ActorType, s.self.ActorID)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			in := s.in(&rooms[i])
			in.self = &self
			m, err := in.say(Send{Message: message})
			if err != nil {
				return err
			}
			if err := s.tx.SetLastRead(in.self, m.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// AssignBreakoutRooms moves participants between breakout rooms. The map says
// which attendee of the conversation goes into which, as JSON.
func (c *Core) AssignBreakoutRooms(ctx context.Context, caller Caller, token, attendeeMap string) ([]*RoomView, error) {
	return c.moderate(ctx, caller, token, func(s *scope) error {
		rooms, err := s.configured()
		if err != nil {
			return err
		}
		chosen, err := parseAttendeeMap(attendeeMap, len(rooms))
		if err != nil {
			return err
		}
		places, err := s.tx.Attendees(s.room.ID)
		if err != nil {
			return err
		}
		scopes, groups := make([]*scope, len(rooms)), make([][]store.Attendee, len(rooms))
		for i := range rooms {
			scopes[i] = s.in(&rooms[i])
		}
		for _, a := range places {
			to, ok := chosen[a.ID]
			if !ok || a.ActorType != ActorUsers {
				continue
			}
			if isModeratorType(a.ParticipantType) {
				return refuse(Invalid, "moderator")
			}
			groups[to] = append(groups[to], a)
			if err := takeOut(scopes, &a); err != nil {
				return err
			}
		}
		return admitAll(scopes, groups)
	})
}

// takeOut takes somebody out of those of the rooms that they are in.
func takeOut(rooms []*scope, a *store.Attendee) error {
	for _, in := range rooms {
		place, err := in.tx.Attendee(in.room.ID, a.ActorType, a.ActorID)
		if isNotFound(err) {
			continue
		}
		if err == nil {
			err = in.remove(&place)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// RequestAssistance asks a moderator to come into the caller's breakout room, or takes that back.
func (c *Core) RequestAssistance(ctx context.Context, caller Caller, token string, wanted bool) (*RoomView, error) {
	return c.change(ctx, caller, token, needAccount, func(s *scope) error {
		if !isBreakout(s.room) || s.room.LobbyState != LobbyNone {
			return refuse(Invalid, "room")
		}
		s.room.BreakoutStatus = breakoutStopped
		if wanted {
			s.room.BreakoutStatus = breakoutAssistance
		}
		return s.saveRoom("", systemParams{})
	})
}

// SwitchBreakoutRoom brings the caller into another breakout room of a
// conversation, where everybody may choose.
func (c *Core) SwitchBreakoutRoom(ctx context.Context, caller Caller, token, target string) (v *RoomView, err error) {
	err = c.write(ctx, caller, token, needAccount, func(s *scope) error {
		switch {
		case s.room.BreakoutMode != BreakoutFree:
			return refuse(Invalid, "mode")
		case s.room.BreakoutStatus != breakoutStarted:
			return refuse(Invalid, "status")
		case s.moderator():
			return refuse(Invalid, "moderator")
		}
		rooms, err := s.breakoutRooms()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rooms, func(r store.Room) bool { return r.Token == target })
		if at < 0 {
			return refuse(Invalid, "target")
		}
		var others []*scope
		for i := range rooms {
			if i != at {
				others = append(others, s.in(&rooms[i]))
			}
		}
		if err := takeOut(others, s.self); err != nil {
			return err
		}
		in := s.in(&rooms[at])
		if _, err := s.tx.Attendee(in.room.ID, s.self.ActorType, s.self.ActorID); isNotFound(err) {
			if err := in.admit(s.self); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		v, err = in.view() // with the caller's place in the conversation itself, as Talk shows it
		return err
	})
	return v, err
}
