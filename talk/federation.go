package talk

import (
	"context"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// FederationService answers invitations into conversations of other servers. How many wait is told by [ConversationList], too. All
// of it needs "federation-v1"; where the administrator has not turned federation on, there are none.
type FederationService service

// FederationInvitation is an invitation into a conversation of another server.
type FederationInvitation struct {
	ID    int64                     `json:"id"`
	State FederationInvitationState `json:"state"`
	// The conversation as the account's own server knows it, and the account as the other one does.
	LocalToken   string `json:"localToken"`
	LocalCloudID string `json:"localCloudId"`
	UserID       string `json:"userId"`
	// The conversation where it is.
	RemoteServerURL  string `json:"remoteServerUrl"`
	RemoteToken      string `json:"remoteToken"`
	RemoteAttendeeID int64  `json:"remoteAttendeeId"`
	RoomName         string `json:"roomName"`
	// Who invites.
	InviterCloudID     string `json:"inviterCloudId"`
	InviterDisplayName string `json:"inviterDisplayName"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an invitation as a server sends it.
func (i *FederationInvitation) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, i) }

// MarshalJSON encodes the invitation as a server sends it.
func (i FederationInvitation) MarshalJSON() ([]byte, error) { return wire.Marshal(i) }

// FederationInvitationState says whether an invitation was answered.
type FederationInvitationState int

// The states of invitations.
const (
	InvitationPending  FederationInvitationState = 0
	InvitationAccepted FederationInvitationState = 1
)

// String names the state, as in "pending".
func (s FederationInvitationState) String() string {
	return named(s, "FederationInvitationState", []string{"pending", "accepted"})
}

// Invitations gives the account's invitations, the accepted ones, too.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/federation/
//
//talk:operation GET /federation/invitation
func (s *FederationService) Invitations(ctx context.Context) ([]*FederationInvitation, error) {
	const op = "list invitations"
	if err := s.client.require(ctx, op, FeatureFederationV1); err != nil {
		return nil, err
	}
	return fetch[[]*FederationInvitation](ctx, s.client, &ocs.Request{Op: op, Path: invitationPath})
}

// Accept takes part in the conversation of an invitation, and gives it. One that is not there gives [ErrNotFound] with Reason
// "invitation", one that was accepted before [ErrInvalid] with Reason "state". When the other server cannot be reached, the
// error has the status 410.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/federation/
//
//talk:operation POST /federation/invitation/{id}
func (s *FederationService) Accept(ctx context.Context, invitationID int64) (*Conversation, error) {
	const op = "accept invitation"
	path, err := s.path(ctx, op, invitationID)
	if err != nil {
		return nil, err
	}
	return s.client.Conversations.do(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path})
}

// Reject declines an invitation. One that is not there gives [ErrNotFound] with Reason "invitation"; who has accepted it
// before ([ErrInvalid], Reason "state") can leave the conversation.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/federation/
//
//talk:operation DELETE /federation/invitation/{id}
func (s *FederationService) Reject(ctx context.Context, invitationID int64) error {
	const op = "reject invitation"
	path, err := s.path(ctx, op, invitationID)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path}, nil)
	return err
}

const invitationPath = apiV1 + "/federation/invitation"

func (s *FederationService) path(ctx context.Context, op string, invitationID int64) (string, error) {
	if invitationID <= 0 {
		return "", ocs.Invalid(op, "invitation id", "%d is not an invitation's id", invitationID)
	}
	return invitationPath + idPath(invitationID), s.client.require(ctx, op, FeatureFederationV1)
}
