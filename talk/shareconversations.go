package talk

import (
	"context"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// ShareConversation is the conversation about a file that was shared by a link.
type ShareConversation struct {
	Token string `json:"token"`
	// Who the account is; empty for a guest.
	UserID          string `json:"userId"`
	UserDisplayName string `json:"userDisplayName"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a conversation as a server sends it.
func (c *ShareConversation) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, c) }

// MarshalJSON encodes the conversation as a server sends it.
func (c ShareConversation) MarshalJSON() ([]byte, error) { return wire.Marshal(c) }

// OfShare gives the conversation about a file that was shared by a link, by the last part of that link; the server makes it when
// there is none yet. A link that is not there gives [ErrNotFound]; a server on which files have no conversations refuses all of
// them ([ErrInvalid]). Guests may ask, too.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/integration/
//
//talk:operation GET /publicshare/{shareToken}
func (s *ConversationsService) OfShare(ctx context.Context, shareToken string) (*ShareConversation, error) {
	const op = "get conversation of share"
	if err := checkShareToken(op, shareToken); err != nil {
		return nil, err
	}
	return fetch[*ShareConversation](ctx, s.client, &ocs.Request{Op: op, Path: apiV1 + "/publicshare/" + shareToken})
}

// PasswordConversation is a conversation in which somebody asks for the password of a link.
type PasswordConversation struct {
	Token       string `json:"token"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a conversation as a server sends it.
func (c *PasswordConversation) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, c) }

// MarshalJSON encodes the conversation as a server sends it.
func (c PasswordConversation) MarshalJSON() ([]byte, error) { return wire.Marshal(c) }

// AskForPassword opens a conversation with whoever shared something by a link with a password, by the last part of that link,
// so that they can see who asks for it. A link that is not there, or whose password is not given this way, gives [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/integration/
//
//talk:operation POST /publicshareauth
func (s *ConversationsService) AskForPassword(ctx context.Context, shareToken string) (*PasswordConversation, error) {
	const op = "ask for password of share"
	if err := checkShareToken(op, shareToken); err != nil {
		return nil, err
	}
	body := map[string]string{"shareToken": shareToken}
	return fetch[*PasswordConversation](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: apiV1 + "/publicshareauth", Body: body})
}

// checkShareToken refuses what would name another endpoint. An administrator may have let links be called as people like.
func checkShareToken(op, token string) error {
	switch {
	case token == "":
		return ocs.Invalid(op, "share token", "empty")
	case strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "":
		return ocs.Invalid(op, "share token", "%q is not the last part of a link: letters, digits, - and _", token)
	}
	return nil
}
