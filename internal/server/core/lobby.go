package core

import (
	"context"
	"slices"

	"github.com/confab-go/confab/internal/server/store"
)

// The states of the lobby.
const (
	LobbyNone          = 0
	LobbyNonModerators = 1
)

// lobbyObjects are what a conversation with a lobby may be made for.
var lobbyObjects = []string{"", "event", "extended_conversation", "instant_meeting"}

// SetLobby opens or closes a conversation to those who are no moderators. The
// lobby ends by itself at timer (unix seconds), never when that is 0 or less.
func (c *Core) SetLobby(ctx context.Context, caller Caller, token string, state int, timer int64) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		if err := lobbyAllowed(s.room, state); err != nil {
			return err
		}
		word := ""
		if state != s.room.LobbyState {
			word = []string{"lobby_none", "lobby_non_moderators"}[state]
		}
		setLobby(s.room, state, timer)
		c.due.by(s.tx, s.room.LobbyTimer)
		if err := s.saveRoom(word, systemParams{}); err != nil {
			return err
		}
		if state == LobbyNone {
			return nil
		}
		return s.hangUp(func(a *store.Attendee) bool { return !isModeratorType(a.ParticipantType) })
	})
}

// lobbyAllowed refuses a lobby that the conversation cannot have.
func lobbyAllowed(r *store.Room, state int) error {
	switch {
	case isBreakout(r):
		return refuse(Invalid, "breakout-room")
	case r.Type != Group && r.Type != Public:
		return refuse(Invalid, "type")
	case !slices.Contains(lobbyObjects, r.ObjectType):
		return refuse(Invalid, "object")
	case state != LobbyNone && state != LobbyNonModerators:
		return refuse(Invalid, "value")
	}
	return nil
}

func setLobby(r *store.Room, state int, timer int64) {
	r.LobbyState, r.LobbyTimer = state, max(0, timer)
	if state == LobbyNone {
		r.LobbyTimer = 0 // nothing is left for it to end
	}
}

// openLobbies opens the conversations whose lobby's time has come, and returns their tokens.
func (c *Core) openLobbies(tx *store.Tx, now int64) (opened []string, err error) {
	rooms, err := tx.LobbiesUntil(now)
	if err != nil {
		return nil, err
	}
	for i := range rooms {
		s := &scope{c: c, tx: tx, room: &rooms[i], now: now}
		setLobby(s.room, LobbyNone, 0)
		if err := s.saveRoom("lobby_timer_reached", systemParams{}); err != nil {
			return nil, err
		}
		opened = append(opened, s.room.Token)
	}
	return opened, nil
}

// SetSIP would let people dial in. There is no bridge to telephones: it refuses everybody who may ask.
func (c *Core) SetSIP(ctx context.Context, caller Caller, token string, _ int) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(*scope) error { return refuse(NotConfigured, "config") })
}

// SetRecordingConsent would ask for consent to recordings. Nothing records here: it refuses everybody who may ask.
func (c *Core) SetRecordingConsent(ctx context.Context, caller Caller, token string, _ int) (*RoomView, error) {
	return c.change(ctx, caller, token, needLoggedInModerator, func(*scope) error { return refuse(NotConfigured, "config") })
}
