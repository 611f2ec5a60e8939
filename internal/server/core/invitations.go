package core

import (
	"context"
	"slices"
)

// boundObjects are what a conversation can be freed from.
var boundObjects = []string{"event", "instant_meeting", "phone_temporary"}

// Unbind frees a conversation from what it was made for, so that it stays when that is over.
func (c *Core) Unbind(ctx context.Context, caller Caller, token string) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		if !slices.Contains(boundObjects, s.room.ObjectType) {
			return refuse(Invalid, "object-type")
		}
		if s.room.ObjectType == "phone_temporary" {
			s.room.ObjectType = "phone_persist"
		} else {
			s.room.ObjectType, s.room.ObjectID = "", ""
		}
		return s.saveRoom("", systemParams{})
	})
}

// ResendInvitations would mail to those who are invited by e-mail: to one, or
// for 0 to all. This server has no mail to send them with, as one without a
// mail server; it only says whether there is such a participant.
func (c *Core) ResendInvitations(ctx context.Context, caller Caller, token string, attendeeID int64) error {
	return c.read(ctx, caller, token, needModerator, func(s *scope) error {
		if attendeeID == 0 {
			return nil
		}
		_, err := s.target(attendeeID, "")
		return err
	})
}
