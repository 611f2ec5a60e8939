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

// List gives everybody who takes part in a conversation, groups and teams included. Guests get [ErrForbidden], and all but
// moderators do in a channel; who waits in the lobby gets [ErrLobby].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
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
	return fetch[[]*Participant](ctx, s.client, &ocs.Request{Op: op, Path: path + "/participants", Query: query})
}

// Add adds a user, a group with its members, a team, an e-mail address and so on to a conversation. Who takes part
// already stays as they are. Somebody unknown gives [ErrNotFound]; only moderators may add ([ErrForbidden]).
//
// Inviting an address makes a group conversation public: then its new type is returned, otherwise 0.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
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
	type result struct {
		Type ConversationType `json:"type"`
	}
	body := map[string]string{"newParticipant": id, "source": string(source)}
	r, err := fetch[result](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/participants", Body: body})
	return r.Type, err
}

// Remove takes somebody out of a conversation, by the attendee id of [ParticipantsService.List]. Only moderators may, and
// not an owner ([ErrForbidden]); nor the last moderator ([ErrInvalid], Reason "last-moderator").
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation DELETE /room/{token}/attendees
func (s *ParticipantsService) Remove(ctx context.Context, token string, attendeeID int64) error {
	return s.client.inRoom(ctx, "remove participant", http.MethodDelete, token, "/attendees", attendeeQuery(attendeeID), nil)
}

// Promote makes a participant a moderator, by the attendee id of [ParticipantsService.List]. Only moderators may
// ([ErrForbidden]); groups, and those who are moderators already, give [ErrInvalid].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation POST /room/{token}/moderators
func (s *ParticipantsService) Promote(ctx context.Context, token string, attendeeID int64) error {
	body := map[string]int64{"attendeeId": attendeeID}
	return s.client.inRoom(ctx, "promote participant", http.MethodPost, token, "/moderators", nil, body)
}

// Demote takes a participant's moderation back. Nobody can demote themselves ([ErrForbidden]) or an owner ([ErrInvalid]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation DELETE /room/{token}/moderators
func (s *ParticipantsService) Demote(ctx context.Context, token string, attendeeID int64) error {
	return s.client.inRoom(ctx, "demote participant", http.MethodDelete, token, "/moderators", attendeeQuery(attendeeID), nil)
}

// PromoteTo gives a participant a role: [ParticipantModerator], or [ParticipantOwner], which only owners may give and only
// users may have. It needs "promote-demote-owner", which Talk has from version 25 on. Refusals are as those of
// [ParticipantsService.Promote], and their Reason says which: "type" for who has the role already, "actor-type" for whom it
// is not for, "room-type" where there are no roles.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation POST /room/{token}/moderators
func (s *ParticipantsService) PromoteTo(ctx context.Context, token string, attendeeID int64, role ParticipantType) error {
	const op = "promote participant"
	if role != ParticipantOwner && role != ParticipantModerator {
		return ocs.Invalid(op, "role", "%v is not owner or moderator", role)
	}
	if err := s.client.require(ctx, op, FeaturePromoteDemoteOwner); err != nil {
		return err
	}
	body := map[string]int64{"attendeeId": attendeeID, "participantType": int64(role)}
	return s.client.inRoom(ctx, op, http.MethodPost, token, "/moderators", nil, body)
}

// DemoteTo takes a participant's role down: to [ParticipantModerator], which an owner can be made by owners, themselves
// included, or to [ParticipantUser]. It needs "promote-demote-owner", which Talk has from version 25 on. Refusals are as
// those of [ParticipantsService.Demote], and their Reason says which: "self", "last-moderator", "type".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation DELETE /room/{token}/moderators
func (s *ParticipantsService) DemoteTo(ctx context.Context, token string, attendeeID int64, role ParticipantType) error {
	const op = "demote participant"
	if role != ParticipantModerator && role != ParticipantUser {
		return ocs.Invalid(op, "role", "%v is not moderator or user", role)
	}
	if err := s.client.require(ctx, op, FeaturePromoteDemoteOwner); err != nil {
		return err
	}
	query := attendeeQuery(attendeeID)
	query.Set("participantType", strconv.Itoa(int(role)))
	return s.client.inRoom(ctx, op, http.MethodDelete, token, "/moderators", query, nil)
}

// PermissionChange says what becomes of the permissions that are given.
type PermissionChange string

// The ways to change a participant's permissions.
const (
	PermissionsSet    PermissionChange = "set"    // these and no others; [PermissionsDefault] for those of the conversation
	PermissionsAdd    PermissionChange = "add"    // these as well
	PermissionsRemove PermissionChange = "remove" // these no longer
)

// SetPermissions changes what a participant may do, and gives them as they are then. Only moderators may, and
// not moderators' own ([ErrForbidden]). It needs "publishing-permissions".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation PUT /room/{token}/attendees/permissions
func (s *ParticipantsService) SetPermissions(ctx context.Context, token string, attendeeID int64, change PermissionChange, permissions Permissions) ([]*Participant, error) {
	const op = "set permissions"
	path, err := roomPath(op, apiV4+"/room", token)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, FeaturePublishingPermissions); err != nil {
		return nil, err
	}
	body := struct {
		AttendeeID  int64            `json:"attendeeId"`
		Method      PermissionChange `json:"method"`
		Permissions Permissions      `json:"permissions"`
	}{attendeeID, change, permissions}
	return fetch[[]*Participant](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPut, Path: path + "/attendees/permissions", Body: body})
}

func attendeeQuery(attendeeID int64) url.Values {
	return url.Values{"attendeeId": {strconv.FormatInt(attendeeID, 10)}}
}

// ResendInvitations sends the invitation once more to a participant who was invited by e-mail, by the attendee id of
// [ParticipantsService.List]; 0 stands for all of them. Only moderators may ([ErrForbidden]); somebody who is not there gives
// [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation POST /room/{token}/participants/resend-invitations
func (s *ParticipantsService) ResendInvitations(ctx context.Context, token string, attendeeID int64) error {
	const op = "resend invitations"
	if attendeeID < 0 {
		return ocs.Invalid(op, "attendee id", "%d is not a participant's id", attendeeID)
	}
	body := map[string]int64{}
	if attendeeID > 0 {
		body["attendeeId"] = attendeeID
	}
	return s.client.inRoom(ctx, op, http.MethodPost, token, "/participants/resend-invitations", nil, body)
}
