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
			return s.endCall(s.self)
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
	if err := s.endEmptyCall(); err != nil {
		return err
	}
	return s.signalChange()
}

// takeAway removes somebody's place in the conversation, and with it their part in the call.
func (s *scope) takeAway(a *store.Attendee) error {
	if err := s.tx.DeleteAttendee(a.ID); err != nil {
		return err
	}
	if err := s.signalChange(); err != nil {
		return err
	}
	return s.endEmptyCall()
}

// tookPart reports whether somebody has been in the call that runs.
func (s *scope) tookPart(a *store.Attendee) (bool, error) {
	if s.room.CallStart == 0 {
		return false, nil
	}
	joined, err := s.tx.JoinedCallSince(s.room.ID, s.room.CallStart)
	return slices.ContainsFunc(joined, func(j store.Attendee) bool { return j.ID == a.ID }), err
}

// endEmptyCall ends the call when nobody is left in it.
func (s *scope) endEmptyCall() error {
	if s.room.CallStart == 0 {
		return nil
	}
	rest, err := s.callSessions()
	if err != nil || len(rest) > 0 {
		return err
	}
	return s.endCall(nil)
}

// endCall ends the call and says in the conversation who was in it, and how
// long. The actor ends it for everybody, or is nil when all have left. Who has
// left the conversation meanwhile is not named.
func (s *scope) endCall(actor *store.Attendee) error {
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
	word := wordCallEnded
	switch {
	case actor != nil:
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
	if actor == nil { // Talk has the first of them say it
		actor = &store.Attendee{ActorType: ActorGuests, ActorID: "guests-only"}
		if len(p.Users) > 0 {
			actor = &store.Attendee{ActorType: ActorUsers, ActorID: p.Users[0]}
		}
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

// hangUp takes those out of the call who are to go. The call ends with the last one.
func (s *scope) hangUp(goes func(*store.Attendee) bool) error {
	sessions, err := s.callSessions()
	if err != nil || len(sessions) == 0 {
		return err
	}
	places, err := s.places()
	if err != nil {
		return err
	}
	for i := range sessions {
		a := places[sessions[i].AttendeeID]
		if !goes(&a) {
			continue
		}
		in := *s
		in.self = &a
		if err := in.leaveCall(&sessions[i]); err != nil {
			return err
		}
	}
	return nil
}
