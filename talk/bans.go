package talk

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// BansService keeps people out of group and public conversations. Only moderators may use it: others get [ErrForbidden], and
// who does not take part [ErrNotFound]. All of it needs "ban-v1".
type BansService service

// Ban keeps somebody, or an address, out of a conversation.
type Ban struct {
	ID int64 `json:"id"`
	// ModeratorType and ModeratorID are who banned.
	ModeratorType        ActorType `json:"moderatorActorType"`
	ModeratorID          string    `json:"moderatorActorId"`
	ModeratorDisplayName string    `json:"moderatorDisplayName"`
	// BannedType and BannedID are who is kept out.
	BannedType        ActorType `json:"bannedActorType"`
	BannedID          string    `json:"bannedActorId"`
	BannedDisplayName string    `json:"bannedDisplayName"`
	BannedTime        time.Time `json:"bannedTime"`
	InternalNote      string    `json:"internalNote"` // for moderators to read

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a ban as a server sends it.
func (b *Ban) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, b) }

// MarshalJSON encodes the ban as a server sends it.
func (b Ban) MarshalJSON() ([]byte, error) { return wire.Marshal(b) }

// maxBanNote is the longest note on a ban, in characters.
const maxBanNote = 4000

// List gives the bans of a conversation.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/ban/
//
//talk:operation GET /ban/{token}
func (s *BansService) List(ctx context.Context, token string) ([]*Ban, error) {
	const op = "list bans"
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	return fetch[[]*Ban](ctx, s.client, &ocs.Request{Op: op, Path: path})
}

// BanOptions says more of a ban.
type BanOptions struct {
	// InternalNote is for moderators to read, at most 4,000 characters.
	InternalNote string
}

// Ban removes an [ActorUser], [ActorGuest] or [ActorEmail] from a conversation and keeps them out; or keeps out an [ActorIP],
// which is an address or a range such as 10.0.0.0/8. They need not take part yet.
//
// [ErrInvalid] has the Reason "bannedActor" for an id that cannot be, "moderator" for who moderates, "self" for the account,
// "room" where nobody can be banned. To ban somebody again is refused, by Talk 21 with the status 500.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/ban/
//
//talk:operation POST /ban/{token}
func (s *BansService) Ban(ctx context.Context, token string, actorType ActorType, actorID string, options *BanOptions) (*Ban, error) {
	const op = "ban"
	switch actorType {
	case ActorUser, ActorGuest, ActorEmail, ActorIP:
	default:
		return nil, ocs.Invalid(op, "actor type", "%q is not users, guests, emails or ip", actorType)
	}
	if strings.TrimSpace(actorID) == "" {
		return nil, ocs.Invalid(op, "actor id", "empty")
	}
	body := map[string]string{"actorType": string(actorType), "actorId": actorID}
	if options != nil && options.InternalNote != "" {
		if n := utf8.RuneCountInString(options.InternalNote); n > maxBanNote {
			return nil, ocs.Invalid(op, "internal note", "%d characters, more than %d", n, maxBanNote)
		}
		body["internalNote"] = options.InternalNote
	}
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	return fetch[*Ban](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body})
}

// Unban lifts a ban, by its id. Whoever was banned can come in again, but is not added. A ban that is not there is no error.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/ban/
//
//talk:operation DELETE /ban/{token}/{banId}
func (s *BansService) Unban(ctx context.Context, token string, banID int64) error {
	const op = "unban"
	if banID <= 0 {
		return ocs.Invalid(op, "ban id", "%d is not a ban's id", banID)
	}
	path, err := s.path(ctx, op, token)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path + idPath(banID), Repeatable: true}, nil)
	return err
}

func (s *BansService) path(ctx context.Context, op, token string) (string, error) {
	path, err := roomPath(op, apiV1+"/ban", token)
	if err != nil {
		return "", err
	}
	return path, s.client.require(ctx, op, FeatureBan)
}
