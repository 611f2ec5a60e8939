package talk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/confab-go/confab/internal/ocs"
)

// ParticipantsService lists, adds and removes the participants of conversations.
type ParticipantsService service

// ListParticipantsOptions widens a list of participants.
type ListParticipantsOptions struct {
	// IncludeStatus asks for the users' status.
	IncludeStatus bool
}

// List gives everybody who takes part in a conversation, groups and teams included. Guests get [ErrForbidden], who waits
// in the lobby [ErrLobby].
//
//talk:operation GET /room/{token}/participants
func (s *ParticipantsService) List(ctx context.Context, token string, options *ListParticipantsOptions) ([]*Participant, error) {
	const op = "list participants"
	path, err := roomPath(op, apiV4+"/room", token)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	if options != nil && options.IncludeStatus {
		query.Set("includeStatus", "1")
	}
	var participants []*Participant
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Path: path + "/participants", Query: query}, &participants)
	return participants, err
}

// Add adds a user, a group with its members, a team, an e-mail address and so on to a conversation. Who takes part
// already stays as they are. Somebody unknown gives [ErrNotFound]; only moderators may add ([ErrForbidden]).
//
// Inviting an address makes a group conversation public: then its new type is returned, otherwise 0.
//
//talk:operation POST /room/{token}/participants
func (s *ParticipantsService) Add(ctx context.Context, token string, source ActorType, id string) (ConversationType, error) {
	const op = "add participant"
	path, err := roomPath(op, apiV4+"/room", token)
	if err != nil {
		return 0, err
	}
	if id == "" {
		return 0, ocs.Invalid(op, "id", "empty")
	}
	var result struct {
		Type ConversationType `json:"type"`
	}
	body := map[string]string{"newParticipant": id, "source": string(source)}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/participants", Body: body}, &result)
	return result.Type, err
}

// Remove takes somebody out of a conversation, by the attendee id of [ParticipantsService.List]. Only moderators may, and
// not an owner ([ErrForbidden]); nor the last moderator ([ErrInvalid], Reason "last-moderator").
//
//talk:operation DELETE /room/{token}/attendees
func (s *ParticipantsService) Remove(ctx context.Context, token string, attendeeID int64) error {
	const op = "remove participant"
	path, err := roomPath(op, apiV4+"/room", token)
	if err != nil {
		return err
	}
	query := url.Values{"attendeeId": {strconv.FormatInt(attendeeID, 10)}}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path + "/attendees", Query: query}, nil)
	return err
}
