package core

import (
	"context"

	"github.com/confab-go/confab/internal/server/store"
)

// BreakoutRooms returns the breakout rooms of a conversation, without their
// last messages: all of them to moderators and to those who may choose, and to
// everybody else, once they are started, their own.
func (c *Core) BreakoutRooms(ctx context.Context, caller Caller, token string) (out []*RoomView, err error) {
	err = c.read(ctx, caller, token, needAccount, func(s *scope) error {
		rooms, err := s.configured()
		if err != nil {
			return err
		}
		if !s.moderator() && s.room.BreakoutStatus != breakoutStarted {
			return refuse(Invalid, "status")
		}
		for i := range rooms {
			own, err := s.viewsOf(rooms[i : i+1])
			if err != nil {
				return err
			}
			if len(own) == 0 && s.room.BreakoutMode == BreakoutFree {
				own = []*RoomView{outside(c, &rooms[i], false)}
			}
			for _, v := range own {
				v.LastMessage = nil
			}
			out = append(out, own...)
		}
		return nil
	})
	return out, err
}

// BreakoutParticipants returns everybody in a conversation and in its breakout rooms.
func (c *Core) BreakoutParticipants(ctx context.Context, caller Caller, token string) (out []ParticipantView, err error) {
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		if s.self.ParticipantType == Guest {
			return refuse(Forbidden, "")
		}
		rooms, err := s.configured()
		if err != nil {
			return err
		}
		for _, room := range append([]store.Room{*s.room}, rooms...) {
			in := *s
			in.room = &room
			attendees, err := s.tx.Attendees(room.ID)
			if err != nil {
				return err
			}
			views, err := in.participants(attendees)
			if err != nil {
				return err
			}
			out = append(out, views...)
		}
		return nil
	})
	return out, err
}

// followOut takes who has left the conversation out of its breakout rooms.
func (s *scope) followOut(a *store.Attendee) error {
	if s.room.BreakoutMode == BreakoutNone || a.ActorType != ActorUsers {
		return nil
	}
	rooms, err := s.breakoutRooms()
	if err != nil {
		return err
	}
	scopes := make([]*scope, len(rooms))
	for i := range rooms {
		scopes[i] = s.in(&rooms[i])
	}
	return takeOut(scopes, a)
}

// followModerator brings a new moderator of the conversation into all its
// breakout rooms, and takes a former one out.
func (s *scope) followModerator(a *store.Attendee) error {
	if s.room.BreakoutMode == BreakoutNone || a.ActorType != ActorUsers {
		return nil
	}
	if !isModeratorType(a.ParticipantType) {
		return s.followOut(a)
	}
	rooms, err := s.breakoutRooms()
	if err != nil {
		return err
	}
	for i := range rooms {
		in := s.in(&rooms[i])
		place, err := s.tx.Attendee(in.room.ID, a.ActorType, a.ActorID)
		switch {
		case isNotFound(err):
			err = in.admit(a)
		case err == nil:
			place.ParticipantType, place.Permissions, place.LastChange = a.ParticipantType, 0, s.now
			if err = s.tx.UpdateAttendee(&place); err == nil {
				err = in.system("moderator_promoted", systemParams{User: a.ActorID})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
