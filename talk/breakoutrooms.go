package talk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/confab-go/confab/internal/ocs"
)

// BreakoutRoomsService splits a group conversation into smaller ones for a while. All of it needs "breakout-rooms-v1".
//
// Only moderators may, who else tries gets [ErrForbidden]; what participants may do themselves says so. Each refusal of the
// server is an [ErrInvalid] whose Reason says what is wrong: "mode" where no breakout rooms are configured or theirs does not
// allow it, "status" before they are started, "config" on a server that has none.
type BreakoutRoomsService service

// maxBreakoutRooms is how many breakout rooms a conversation can have.
const maxBreakoutRooms = 20

// BreakoutRoomsOptions says who goes where.
type BreakoutRoomsOptions struct {
	// Attendees says for [BreakoutManual] into which room, counted from 0, each participant goes, by the attendee ids of
	// [ParticipantsService.List]. Moderators are in all rooms.
	Attendees map[int64]int
}

// Configure makes breakout rooms, 1 to 20 of them, for a group conversation that has none; Reason is "room" for any other. They
// begin when [BreakoutRoomsService.Start] is called. The rooms are returned, and the conversation that they belong to.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation POST /breakout-rooms/{token}
func (s *BreakoutRoomsService) Configure(ctx context.Context, token string, mode BreakoutRoomMode, amount int, options *BreakoutRoomsOptions) ([]*Conversation, error) {
	const op = "configure breakout rooms"
	var attendees map[int64]int
	if options != nil {
		attendees = options.Attendees
	}
	switch {
	case mode != BreakoutAutomatic && mode != BreakoutManual && mode != BreakoutFree:
		return nil, ocs.Invalid(op, "mode", "%v is not automatic, manual or free", mode)
	case amount < 1 || amount > maxBreakoutRooms: // of which servers keep the mode, and refuse the next try
		return nil, ocs.Invalid(op, "amount", "%d is not between 1 and %d", amount, maxBreakoutRooms)
	case len(attendees) > 0 && mode != BreakoutManual:
		return nil, ocs.Invalid(op, "attendees", "they are for the mode manual, not %v", mode)
	}
	body := struct {
		Mode      BreakoutRoomMode `json:"mode"`
		Amount    int              `json:"amount"`
		Attendees string           `json:"attendeeMap,omitempty"`
	}{Mode: mode, Amount: amount}
	if len(attendees) > 0 {
		var err error
		if body.Attendees, err = attendeeMap(op, attendees, amount); err != nil {
			return nil, err
		}
	}
	return s.rooms(ctx, op, http.MethodPost, token, "", body)
}

// attendeeMap writes who goes where as servers read it: as text with JSON in it.
func attendeeMap(op string, attendees map[int64]int, rooms int) (string, error) {
	named := make(map[string]int, len(attendees))
	for id, room := range attendees {
		switch {
		case id <= 0:
			return "", ocs.Invalid(op, "attendees", "%d is not a participant's id", id)
		case room < 0 || room >= rooms:
			return "", ocs.Invalid(op, "attendees", "%d is not the place of one of %d rooms", room, rooms)
		}
		named[strconv.FormatInt(id, 10)] = room
	}
	text, err := json.Marshal(named)
	return string(text), err
}

// Remove deletes the breakout rooms of a conversation, with all that was said in them, and gives the conversation.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation DELETE /breakout-rooms/{token}
func (s *BreakoutRoomsService) Remove(ctx context.Context, token string) (*Conversation, error) {
	return s.room(ctx, "remove breakout rooms", http.MethodDelete, token, "", nil)
}

// Start opens the breakout rooms of a conversation to those who are in them. The rooms are returned, and the conversation.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation POST /breakout-rooms/{token}/rooms
func (s *BreakoutRoomsService) Start(ctx context.Context, token string) ([]*Conversation, error) {
	return s.rooms(ctx, "start breakout rooms", http.MethodPost, token, "/rooms", nil)
}

// Stop closes the breakout rooms of a conversation. They stay, and can be started again. The rooms are returned, and the
// conversation.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation DELETE /breakout-rooms/{token}/rooms
func (s *BreakoutRoomsService) Stop(ctx context.Context, token string) ([]*Conversation, error) {
	return s.rooms(ctx, "stop breakout rooms", http.MethodDelete, token, "/rooms", nil)
}

// Broadcast sends a message into all breakout rooms of a conversation. One that is too long gives [ErrTooLarge].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation POST /breakout-rooms/{token}/broadcast
func (s *BreakoutRoomsService) Broadcast(ctx context.Context, token, message string) ([]*Conversation, error) {
	const op = "broadcast to breakout rooms"
	if err := s.client.Chat.checkText(ctx, op, message); err != nil {
		return nil, err
	}
	return s.rooms(ctx, op, http.MethodPost, token, "/broadcast", map[string]string{"message": message})
}

// Assign moves participants between the breakout rooms of a conversation: each attendee id of [ParticipantsService.List] into
// the room of that place, counted from 0. Who is not named stays. Reason is "moderator" for a moderator, who is in all of them.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation POST /breakout-rooms/{token}/attendees
func (s *BreakoutRoomsService) Assign(ctx context.Context, token string, attendees map[int64]int) ([]*Conversation, error) {
	const op = "assign to breakout rooms"
	text, err := attendeeMap(op, attendees, maxBreakoutRooms)
	if err != nil {
		return nil, err
	}
	return s.rooms(ctx, op, http.MethodPost, token, "/attendees", map[string]string{"attendeeMap": text})
}

// RequestAssistance asks the moderators into the breakout room with a token, as one of its participants. Reason is "room"
// where that is no breakout room, or it is not open.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation POST /breakout-rooms/{token}/request-assistance
func (s *BreakoutRoomsService) RequestAssistance(ctx context.Context, token string) (*Conversation, error) {
	return s.room(ctx, "request assistance", http.MethodPost, token, "/request-assistance", nil)
}

// ResetAssistance takes the request for assistance back, as a participant of the breakout room with that token.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation DELETE /breakout-rooms/{token}/request-assistance
func (s *BreakoutRoomsService) ResetAssistance(ctx context.Context, token string) (*Conversation, error) {
	return s.room(ctx, "reset request for assistance", http.MethodDelete, token, "/request-assistance", nil)
}

// Switch brings the account, a participant and no moderator, into another breakout room of a conversation, by that room's
// token, and gives the room. It works in the mode [BreakoutFree]; Reason is "target" for a token that is none of the rooms'.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/breakout-rooms/
//
//talk:operation POST /breakout-rooms/{token}/switch
func (s *BreakoutRoomsService) Switch(ctx context.Context, token, target string) (*Conversation, error) {
	const op = "switch breakout room"
	if _, err := roomPath(op, "", target); err != nil {
		return nil, ocs.Invalid(op, "target", "%q is not a conversation's token", target)
	}
	return s.room(ctx, op, http.MethodPost, token, "/switch", map[string]string{"target": target})
}

// List gives the breakout rooms of a conversation, without their last messages: to moderators all of them, to participants
// their own, or all of them in the mode [BreakoutFree], once they are started.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room/{token}/breakout-rooms
func (s *BreakoutRoomsService) List(ctx context.Context, token string) ([]*Conversation, error) {
	const op = "list breakout rooms"
	path, err := s.client.roomPathFor(ctx, op, apiV4+"/room", token, FeatureBreakoutRooms)
	if err != nil {
		return nil, err
	}
	return fetch[[]*Conversation](ctx, s.client, &ocs.Request{Op: op, Path: path + "/breakout-rooms"})
}

// Participants gives everybody who takes part in a conversation or one of its breakout rooms; RoomToken says in which. It is
// for participants, too, but not for guests ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation GET /room/{token}/breakout-rooms/participants
func (s *BreakoutRoomsService) Participants(ctx context.Context, token string, options *ListParticipantsOptions) ([]*Participant, error) {
	const op = "list participants of breakout rooms"
	path, err := s.client.roomPathFor(ctx, op, apiV4+"/room", token, FeatureBreakoutRooms)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	if options != nil && options.IncludeStatus {
		query.Set("includeStatus", "1")
	}
	return fetch[[]*Participant](ctx, s.client, &ocs.Request{Op: op, Path: path + "/breakout-rooms/participants", Query: query})
}

func (s *BreakoutRoomsService) rooms(ctx context.Context, op, method, token, below string, body any) ([]*Conversation, error) {
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/breakout-rooms", token, FeatureBreakoutRooms)
	if err != nil {
		return nil, err
	}
	return fetch[[]*Conversation](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: path + below, Body: body})
}

func (s *BreakoutRoomsService) room(ctx context.Context, op, method, token, below string, body any) (*Conversation, error) {
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/breakout-rooms", token, FeatureBreakoutRooms)
	if err != nil {
		return nil, err
	}
	return s.client.Conversations.do(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Body: body})
}
