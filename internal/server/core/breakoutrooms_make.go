package core

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/confab-go/confab/internal/server/store"
)

// makeBreakoutRooms makes the rooms and brings the participants into them, moderators into all.
func (s *scope) makeBreakoutRooms(mode, amount int, chosen map[int64]int) error {
	rooms := make([]*scope, 0, amount)
	for i := range amount {
		token, err := s.c.newToken(s.tx)
		if err != nil {
			return err
		}
		room := &store.Room{
			Type: s.room.Type, Name: "Room " + strconv.Itoa(i+1), Token: token, LastActivity: s.now,
			ObjectType: breakoutObject, ObjectID: s.room.Token, LobbyState: LobbyNonModerators,
		}
		if err := s.tx.InsertRoom(room); err != nil {
			return err
		}
		in := s.in(room)
		if err := in.system("conversation_created", systemParams{}); err != nil {
			return err
		}
		rooms = append(rooms, in)
	}
	attendees, err := s.tx.Attendees(s.room.ID)
	if err != nil {
		return err
	}
	attendees = slices.DeleteFunc(attendees, func(a store.Attendee) bool { return a.ActorType != ActorUsers })
	groups := make([][]store.Attendee, amount)
	others := 0
	for _, a := range slices.Backward(attendees) { // who came last comes first
		if isModeratorType(a.ParticipantType) {
			continue
		}
		to, ok := chosen[a.ID]
		if mode == BreakoutAutomatic {
			to, ok = others%amount, true
			others++
		}
		if ok {
			groups[to] = append(groups[to], a)
		}
	}
	for _, in := range rooms {
		for i := range attendees {
			if isModeratorType(attendees[i].ParticipantType) {
				if err := in.admit(&attendees[i]); err != nil {
					return err
				}
			}
		}
	}
	return admitAll(rooms, groups)
}

func admitAll(rooms []*scope, groups [][]store.Attendee) error {
	for n, in := range rooms {
		for i := range groups[n] {
			if err := in.admit(&groups[n][i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// admit gives a participant of the conversation a place in its breakout room, as what it is there.
func (s *scope) admit(a *store.Attendee) error {
	if err := s.addUser(&store.Attendee{ActorID: a.ActorID, ParticipantType: a.ParticipantType}); err != nil {
		return err
	}
	if a.ActorID == s.self.ActorID && a.ParticipantType != User {
		return nil // who makes a room does not join it
	}
	return s.system("user_added", systemParams{User: a.ActorID})
}

// parseAttendeeMap reads which attendee goes into which of the rooms.
func parseAttendeeMap(text string, amount int) (map[int64]int, error) {
	if text == "" || text == "[]" {
		return nil, nil
	}
	var raw map[string]int
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil, refuse(Invalid, "attendeeMap")
	}
	out := make(map[int64]int, len(raw))
	for key, room := range raw {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil || id <= 0 || room < 0 || room >= amount {
			return nil, refuse(Invalid, "attendeeMap")
		}
		out[id] = room
	}
	return out, nil
}
