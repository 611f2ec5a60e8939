package core

import "context"

// CallPeers returns who is in the call of a conversation, nobody when there is none.
func (c *Core) CallPeers(ctx context.Context, caller Caller, token string) (out []CallPeer, err error) {
	err = c.read(ctx, caller, token, needWritable|needLobby, func(s *scope) error {
		sessions, err := s.callSessions()
		if err != nil || len(sessions) == 0 {
			return err
		}
		places, err := s.places()
		if err != nil {
			return err
		}
		for _, session := range sessions {
			a := places[session.AttendeeID]
			out = append(out, CallPeer{session, a.ActorType, a.ActorID, c.nameOf(&a)})
		}
		return nil
	})
	return out, err
}

// Ring calls a participant who has not joined the call. There is nobody to
// notify here: it says who could be rung.
func (c *Core) Ring(ctx context.Context, caller Caller, token string, attendeeID int64) error {
	return c.read(ctx, caller, token, 0, func(s *scope) error {
		if err := s.needCall("in-call"); err != nil {
			return err
		}
		a, err := s.target(attendeeID, "")
		if err != nil {
			return err
		}
		if a.ActorType != ActorUsers {
			return refuse(Invalid, "actor-type")
		}
		found, err := s.tx.UserStatuses([]string{a.ActorID})
		if err != nil {
			return err
		}
		for i := range found {
			if settleStatus(&found[i], s.now); found[i].Status == StatusDND {
				return refuse(Invalid, "status")
			}
		}
		return nil
	})
}

// DialOut would call a telephone. No participant is one here: it refuses everybody who may ask.
func (c *Core) DialOut(ctx context.Context, caller Caller, token string) error {
	return c.read(ctx, caller, token, 0, func(s *scope) error {
		if err := s.needCall(""); err != nil {
			return err
		}
		return refuse(NotFound, "")
	})
}

// needCall refuses callers who may not start calls, and those who are present and not in a running one.
func (s *scope) needCall(reason string) error {
	if permissions(s.room, s.self)&PermStartCall == 0 {
		return deny(Forbidden)
	}
	session, err := s.session()
	if err != nil && !isRefusal(err) {
		return err
	}
	if s.room.CallFlag == 0 || err == nil && session.InCall == 0 {
		return refuse(Invalid, reason)
	}
	return nil
}

// CallMissed reports whether the call that the caller was called to is over.
// The caller who has joined it is refused: there is nothing to notify of.
func (c *Core) CallMissed(ctx context.Context, caller Caller, token string) (missed bool, err error) {
	err = c.read(ctx, caller, token, 0, func(s *scope) error {
		if missed = s.room.CallStart == 0; missed {
			return nil
		}
		joined, err := s.tookPart(s.self)
		if joined {
			return refuse(NotFound, "")
		}
		return err
	})
	if isRefusal(err) {
		return false, refuse(NotFound, "")
	}
	return missed, err
}

// CallList is who has been in the running call of a conversation.
type CallList struct {
	RoomName string
	People   []CallPerson
}

// CallPerson is somebody who has been in a call.
type CallPerson struct {
	ActorType, ActorID, Name, Email string
}

// CallParticipants returns everybody who has been in the running call. Without a call it refuses.
func (c *Core) CallParticipants(ctx context.Context, caller Caller, token string) (out CallList, err error) {
	err = c.read(ctx, caller, token, needModerator, func(s *scope) error {
		if s.room.CallStart == 0 {
			return refuse(Invalid, "")
		}
		joined, err := s.tx.JoinedCallSince(s.room.ID, s.room.CallStart)
		if err != nil {
			return err
		}
		out.RoomName = s.room.Name
		for i := range joined {
			a := &joined[i]
			p := CallPerson{ActorType: a.ActorType, ActorID: a.ActorID, Name: c.nameOf(a), Email: a.InvitedEmail}
			if u, ok := c.dir.user(a.ActorID); ok && a.ActorType == ActorUsers {
				p.Email = u.Email
			}
			out.People = append(out.People, p)
		}
		return nil
	})
	return out, err
}
