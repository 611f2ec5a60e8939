package talk

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// The sizes of pictures of users, in pixels.
const (
	AvatarSmall = 64
	AvatarLarge = 512
)

// UserAvatarOptions says which picture of a user is wanted.
type UserAvatarOptions struct {
	// Token is the conversation in which the account meets the user; empty for who is to be invited into a new one.
	Token string
	// Size is [AvatarSmall] or [AvatarLarge]; 0 for the latter.
	Size int
	// Dark asks for the one for a dark background.
	Dark bool
}

// OfFederatedUser gives the picture of a user of another server, by their cloud id such as "bob@cloud.example.org". The
// account's own server fetches it. It needs "federation-v1".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation GET /proxy/{token}/user-avatar/{size}
//talk:operation GET /proxy/{token}/user-avatar/{size}/dark
//talk:operation GET /proxy/new/user-avatar/{size}
//talk:operation GET /proxy/new/user-avatar/{size}/dark
func (s *AvatarsService) OfFederatedUser(ctx context.Context, cloudID string, options *UserAvatarOptions) (*Avatar, error) {
	const op = "get avatar of user"
	var o UserAvatarOptions
	if options != nil {
		o = *options
	}
	if o.Size == 0 {
		o.Size = AvatarLarge
	}
	switch name, host, ok := strings.Cut(cloudID, "@"); {
	case !ok || name == "" || host == "":
		return nil, ocs.Invalid(op, "cloud id", "%q is not user@server", cloudID)
	case o.Size != AvatarSmall && o.Size != AvatarLarge:
		return nil, ocs.Invalid(op, "size", "%d is not %d or %d", o.Size, AvatarSmall, AvatarLarge)
	}
	path := apiV1 + "/proxy/new"
	if o.Token != "" {
		var err error
		if path, err = roomPath(op, apiV1+"/proxy", o.Token); err != nil {
			return nil, err
		}
	}
	if err := s.client.require(ctx, op, FeatureFederationV1); err != nil {
		return nil, err
	}
	path += "/user-avatar/" + strconv.Itoa(o.Size)
	if o.Dark {
		path += "/dark"
	}
	return s.picture(ctx, op, path, url.Values{"cloudId": {cloudID}})
}

const ownAvatarPath = "/ocs/v2.php/apps/spreed/temp-user-avatar"

// SetOwn gives the account itself a picture: a square PNG or JPEG of at most 20 MiB. What is wrong with a picture the Message of
// [ErrInvalid] says. It needs "temp-user-avatar-api".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation POST /temp-user-avatar
func (s *AvatarsService) SetOwn(ctx context.Context, picture io.Reader) error {
	const op = "set own avatar"
	if err := s.client.require(ctx, op, FeatureTempUserAvatarAPI); err != nil {
		return err
	}
	body, err := pictureForm(op, "files[]", picture)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: ownAvatarPath, Body: body}, nil)
	return err
}

// DeleteOwn takes the account's picture away, so that the server draws one. It needs "temp-user-avatar-api".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation DELETE /temp-user-avatar
func (s *AvatarsService) DeleteOwn(ctx context.Context) error {
	const op = "delete own avatar"
	if err := s.client.require(ctx, op, FeatureTempUserAvatarAPI); err != nil {
		return err
	}
	_, err := s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: ownAvatarPath, Repeatable: true}, nil)
	return err
}
