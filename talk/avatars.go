package talk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/confab-go/confab/internal/ocs"
)

// AvatarsService gets and sets the pictures of conversations, which needs "avatar", and some of users.
type AvatarsService service

// maxAvatar is the largest picture, in bytes.
const maxAvatar = 20 << 20

// Avatar is the picture of a conversation or a user.
type Avatar struct {
	// MimeType is the kind of picture: "image/png", "image/jpeg" or "image/svg+xml".
	MimeType string
	Data     []byte
}

// AvatarOptions says which picture is wanted.
type AvatarOptions struct {
	// Dark asks for the one for a dark background.
	Dark bool
}

// Get gives the picture of a conversation: the one that was set, or one that the server draws.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation GET /room/{token}/avatar
//talk:operation GET /room/{token}/avatar/dark
func (s *AvatarsService) Get(ctx context.Context, token string, options *AvatarOptions) (*Avatar, error) {
	const op = "get avatar"
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	if options != nil && options.Dark {
		path += "/dark"
	}
	return s.picture(ctx, op, path, nil)
}

func (s *AvatarsService) picture(ctx context.Context, op, path string, query url.Values) (*Avatar, error) {
	resp, err := s.client.ocs.Raw(ctx, &ocs.Request{Op: op, Path: path, Query: query, Header: http.Header{"Accept": {"image/*"}}})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAvatar+1))
	if err == nil && len(data) > maxAvatar {
		err = fmt.Errorf("more than %d bytes", maxAvatar)
	}
	if err != nil {
		return nil, ocs.BadResponse(op, http.MethodGet, path, err)
	}
	return &Avatar{resp.Header.Get("Content-Type"), data}, nil
}

// Set gives a conversation a picture: a square PNG or JPEG of at most 20 MiB. Only moderators may ([ErrForbidden]); one-to-one
// conversations show the other user's. What is wrong with a picture the Message of [ErrInvalid] says.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation POST /room/{token}/avatar
func (s *AvatarsService) Set(ctx context.Context, token string, picture io.Reader) (*Conversation, error) {
	const op = "set avatar"
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	body, err := pictureForm(op, "file", picture)
	if err != nil {
		return nil, err
	}
	return s.client.Conversations.do(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body})
}

// pictureForm reads a picture into a form.
func pictureForm(op, field string, picture io.Reader) (*ocs.Raw, error) {
	data, err := io.ReadAll(io.LimitReader(picture, maxAvatar+1))
	switch {
	case err != nil:
		return nil, ocs.Invalid(op, "picture", "read: %w", err)
	case len(data) == 0:
		return nil, ocs.Invalid(op, "picture", "empty")
	case len(data) > maxAvatar:
		return nil, ocs.Invalid(op, "picture", "more than 20 MiB: %w", ErrTooLarge)
	}
	body, err := formFile(field, "avatar", data, nil)
	if err != nil {
		return nil, ocs.Invalid(op, "picture", "%w", err)
	}
	return body, nil
}

// SetEmoji gives a conversation an emoji for a picture, on a colour of six hexadecimal digits such as "4466AA", or on
// the server's own for "". Only moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation POST /room/{token}/avatar/emoji
func (s *AvatarsService) SetEmoji(ctx context.Context, token, emoji, color string) (*Conversation, error) {
	const op = "set avatar"
	if err := checkEmoji(op, "emoji", emoji); err != nil {
		return nil, err
	}
	body := map[string]string{"emoji": emoji}
	if color != "" {
		if !isColor(color) {
			return nil, ocs.Invalid(op, "color", "%q is not six hexadecimal digits", color)
		}
		body["color"] = color
	}
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	return s.client.Conversations.do(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/emoji", Body: body})
}

func isColor(text string) bool {
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return len(text) == 6
}

// Delete takes the picture of a conversation away, so that the server draws one. Only moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/avatar/
//
//talk:operation DELETE /room/{token}/avatar
func (s *AvatarsService) Delete(ctx context.Context, token string) (*Conversation, error) {
	const op = "delete avatar"
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	return s.client.Conversations.do(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path})
}

func (s *AvatarsService) path(ctx context.Context, op, token string) (string, error) {
	path, err := roomPath(op, apiV1+"/room", token)
	if err != nil {
		return "", err
	}
	return path + "/avatar", s.client.require(ctx, op, FeatureAvatar)
}
