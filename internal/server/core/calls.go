package core

import (
	"context"
	"slices"

	"github.com/confab-go/confab/internal/server/store"
)

// The flags of somebody in a call.
const (
	FlagInCall = 1
	FlagAudio  = 2
	FlagVideo  = 4
	FlagPhone  = 8

	// MaxCallFlags is all of them.
	MaxCallFlags = FlagInCall | FlagAudio | FlagVideo | FlagPhone
	// DefaultCallFlags are those of who does not say.
	DefaultCallFlags = FlagInCall | FlagAudio | FlagVideo
)

// sessionTimeout is how long a session counts without a sign of life, in seconds.
const sessionTimeout = 100

// CallPeer is a session in a call.
type CallPeer struct {
	store.Session
	ActorType   string
	ActorID     string
	DisplayName string
}

// session returns the caller's presence in the conversation, or a refusal.
func (s *scope) session() (*store.Session, error) {
	session, err := s.tx.Session(s.caller.WebSession, s.room.ID)
	if err != nil {
		return nil, orRefuse(err, NotFound, "")
	}
	if session.AttendeeID != s.self.ID {
		return nil, refuse(NotFound, "")
	}
	return &session, nil
}

// callSessions returns the sessions in the call that still live.
func (s *scope) callSessions() ([]store.Session, error) {
	return s.tx.CallSessions(s.room.ID, s.now-sessionTimeout)
}

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

// places returns everybody's place in the conversation by its id.
func (s *scope) places() (map[int64]store.Attendee, error) {
	attendees, err := s.tx.Attendees(s.room.ID)
	out := make(map[int64]store.Attendee, len(attendees))
	for i := range attendees {
		out[attendees[i].ID] = attendees[i]
	}
	return out, err
}

// nameOf returns what an attendee is called now.
func (c *Core) nameOf(a *store.Attendee) string {
	if a.ActorType == ActorUsers {
		return c.dir.displayName(a.ActorID)
	}
	return a.DisplayName
}

// JoinCall brings the caller's session into the call of a conversation, and
// starts it when there is none. Flags that the caller has no permission for are dropped.
func (c *Core) JoinCall(ctx context.Context, caller Caller, token string, flags int, silent bool) error {
	return c.write(ctx, caller, token, needWritable|needLobby, func(s *scope) error {
		if err := s.fillOneToOne(); err != nil {
			return err
		}
		session, err := s.session()
		if err != nil {
			return err
		}
		if s.room.Type == NoteToSelf {
			return refuse(Invalid, "type")
		}
		if flags == 0 {
			return s.leaveCall(session)
		}
		if err := s.announceJoin(session, silent); err != nil {
			return err
		}
		session.InCall = s.permitted(flags)
		if err := s.tx.UpdateSession(*session); err != nil {
			return err
		}
		if err := s.tx.NoteJoinedCall(s.self.ID, s.now); err != nil {
			return err
		}
		s.room.CallFlag |= flags
		if s.room.CallStart == 0 {
			s.room.CallStart = s.now
		}
		if err := s.saveRoom("", systemParams{}); err != nil {
			return err
		}
		return s.signalChange()
	})
}

// announceJoin says in the conversation that the caller starts or joins a call, unless it is in it already.
func (s *scope) announceJoin(session *store.Session, silent bool) error {
	if session.InCall != 0 {
		return nil
	}
	others, err := s.callSessions()
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return s.callMessage(s.self, wordCallJoined, &callParams{})
	}
	return s.callMessage(s.self, wordCallStarted, &callParams{Silent: silent})
}

// permitted drops the flags that the caller has no permission for.
func (s *scope) permitted(flags int) int {
	p := permissions(s.room, s.self)
	if p&PermAudio == 0 {
		flags &^= FlagAudio
	}
	if p&PermVideo == 0 {
		flags &^= FlagVideo
	}
	return flags
}

// SetCallFlags changes what the caller sends in the call that it is in.
func (c *Core) SetCallFlags(ctx context.Context, caller Caller, token string, flags int) error {
	return c.write(ctx, caller, token, 0, func(s *scope) error {
		session, err := s.session()
		if err != nil {
			return err
		}
		if session.InCall&FlagInCall == 0 || flags&FlagInCall == 0 {
			return refuse(Invalid, "")
		}
		session.InCall = s.permitted(flags)
		if err := s.tx.UpdateSession(*session); err != nil {
			return err
		}
		return s.signalChange()
	})
}

// LeaveCall takes the caller's session out of the call; a moderator may end it for everybody.
func (c *Core) LeaveCall(ctx context.Context, caller Caller, token string, everybody bool) error {
	return c.write(ctx, caller, token, 0, func(s *scope) error {
		session, err := s.session()
		if err != nil {
			return err
		}
		if everybody && s.moderator() && s.room.CallStart != 0 {
			return s.endCall(s.self, true)
		}
		return s.leaveCall(session)
	})
}

// leaveCall takes a session of the caller out of the call, which ends with the last one.
func (s *scope) leaveCall(session *store.Session) error {
	if session.InCall == 0 {
		return nil
	}
	session.InCall = 0
	if err := s.tx.UpdateSession(*session); err != nil {
		return err
	}
	if err := s.callMessage(s.self, wordCallLeft, &callParams{}); err != nil {
		return err
	}
	if err := s.endEmptyCall(s.self); err != nil {
		return err
	}
	return s.signalChange()
}

// endEmptyCall ends the call when nobody is left in it.
func (s *scope) endEmptyCall(last *store.Attendee) error {
	if s.room.CallStart == 0 {
		return nil
	}
	rest, err := s.callSessions()
	if err != nil || len(rest) > 0 {
		return err
	}
	return s.endCall(last, false)
}

// endCall ends the call and says in the conversation who was in it, and how long.
func (s *scope) endCall(actor *store.Attendee, everybody bool) error {
	joined, err := s.tx.JoinedCallSince(s.room.ID, s.room.CallStart)
	if err != nil {
		return err
	}
	p := callParams{Duration: max(0, s.now-s.room.CallStart)}
	for _, a := range joined {
		switch a.ActorType {
		case ActorUsers:
			p.Users = append(p.Users, a.ActorID)
		case ActorGuests, ActorEmails:
			p.Guests++
		}
	}
	if last := *actor; !everybody && last.ActorType == ActorUsers && !slices.Contains(p.Users, last.ActorID) {
		p.Users = append(p.Users, last.ActorID) // who was taken out of the conversation with the call
	}
	word := wordCallEnded
	switch {
	case everybody:
		word = wordCallEndedEveryone
	case isPair(s.room) && len(p.Users) == 1:
		word = wordCallMissed
	}
	s.room.CallFlag, s.room.CallStart = 0, 0
	if err := s.saveRoom("", systemParams{}); err != nil {
		return err
	}
	if err := s.tx.EmptyCall(s.room.ID); err != nil {
		return err
	}
	if err := s.callMessage(actor, word, &p); err != nil {
		return err
	}
	return s.signalChange()
}

// endSession ends the caller's presence, and with it its part in the call.
func (s *scope) endSession(session *store.Session) error {
	if err := s.leaveCall(session); err != nil {
		return err
	}
	if err := s.tx.DeleteSession(session.SessionID); err != nil {
		return err
	}
	return s.signalChange()
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

// needCall refuses callers who may not start calls, and those who are not in a running one.
func (s *scope) needCall(reason string) error {
	if permissions(s.room, s.self)&PermStartCall == 0 {
		return deny(Forbidden)
	}
	session, err := s.session()
	if err != nil && !isRefusal(err) {
		return err
	}
	if s.room.CallFlag == 0 || err != nil || session.InCall == 0 {
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
		joined, err := s.tx.JoinedCallSince(s.room.ID, s.room.CallStart)
		if slices.ContainsFunc(joined, func(a store.Attendee) bool { return a.ID == s.self.ID }) {
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

// emptyLobbyCall takes those out of the call whom the lobby holds back. Nobody is told: they are still on their way in.
func (s *scope) emptyLobbyCall() error {
	sessions, err := s.callSessions()
	if err != nil || len(sessions) == 0 || s.room.LobbyState == LobbyNone {
		return err
	}
	places, err := s.places()
	if err != nil {
		return err
	}
	for i := range sessions {
		a := places[sessions[i].AttendeeID]
		in := *s
		in.self = &a
		if !in.inLobby() {
			continue
		}
		sessions[i].InCall = 0
		if err := s.tx.UpdateSession(sessions[i]); err != nil {
			return err
		}
	}
	if err := s.endEmptyCall(s.self); err != nil {
		return err
	}
	return s.signalChange()
}
