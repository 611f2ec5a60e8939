package talk

import (
	"context"
	"net/http"
	"net/url"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// ReactionsService adds, removes and lists the emoji with which people react to messages.
type ReactionsService service

// Reaction is one person's reaction to a message.
type Reaction struct {
	ActorType        ActorType `json:"actorType"`
	ActorID          string    `json:"actorId"`
	ActorDisplayName string    `json:"actorDisplayName"`
	Timestamp        time.Time `json:"timestamp"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a reaction as a server sends it.
func (r *Reaction) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, r) }

// MarshalJSON encodes the reaction as a server sends it.
func (r Reaction) MarshalJSON() ([]byte, error) { return wire.Marshal(r) }

// Add reacts to a message with one emoji, and gives all reactions to the message, by emoji. The same reaction once more
// changes nothing. What is no single emoji, or a message that cannot be reacted to, gives [ErrInvalid]. It needs "reactions".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/reaction/
//
//talk:operation POST /reaction/{token}/{messageId}
func (s *ReactionsService) Add(ctx context.Context, token string, messageID int64, emoji string) (map[string][]Reaction, error) {
	return s.change(ctx, "add reaction", http.MethodPost, token, messageID, emoji)
}

// Remove takes the account's reaction back, and gives the ones that remain. One that is not there gives [ErrNotFound]. It
// needs "reactions".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/reaction/
//
//talk:operation DELETE /reaction/{token}/{messageId}
func (s *ReactionsService) Remove(ctx context.Context, token string, messageID int64, emoji string) (map[string][]Reaction, error) {
	return s.change(ctx, "remove reaction", http.MethodDelete, token, messageID, emoji)
}

// ListReactionsOptions narrows a list of reactions.
type ListReactionsOptions struct {
	// Emoji asks for the reactions with this one only.
	Emoji string
}

// List gives the reactions to a message, by emoji. It needs "reactions".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/reaction/
//
//talk:operation GET /reaction/{token}/{messageId}
func (s *ReactionsService) List(ctx context.Context, token string, messageID int64, options *ListReactionsOptions) (map[string][]Reaction, error) {
	query := url.Values{}
	if options != nil && options.Emoji != "" {
		query.Set("reaction", options.Emoji)
	}
	return s.call(ctx, "list reactions", http.MethodGet, token, messageID, query)
}

func (s *ReactionsService) change(ctx context.Context, op, method, token string, messageID int64, emoji string) (map[string][]Reaction, error) {
	if err := checkEmoji(op, "emoji", emoji); err != nil {
		return nil, err
	}
	return s.call(ctx, op, method, token, messageID, url.Values{"reaction": {emoji}})
}

func (s *ReactionsService) call(ctx context.Context, op, method, token string, messageID int64, query url.Values) (map[string][]Reaction, error) {
	path, err := messagePath(op, apiV1+"/reaction", token, messageID)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, FeatureReactions); err != nil {
		return nil, err
	}
	return fetch[map[string][]Reaction](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: path, Query: query, Repeatable: method == http.MethodPost})
}

// maxEmoji is more bytes than any emoji has.
const maxEmoji = 64

// checkEmoji refuses what is certainly no single emoji. Which sequences make one only the server's tables tell.
func checkEmoji(op, field, emoji string) error {
	switch {
	case emoji == "":
		return ocs.Invalid(op, field, "empty")
	case len(emoji) > maxEmoji || !utf8.ValidString(emoji):
		return ocs.Invalid(op, field, "not an emoji")
	}
	keycap := false
	for _, r := range emoji {
		keycap = keycap || r == '\u20e3'
	}
	for _, r := range emoji {
		isKey := r == '#' || r == '*' || r >= '0' && r <= '9'
		if isKey && keycap {
			continue
		}
		if r < 0xa9 || unicode.IsLetter(r) || unicode.IsSpace(r) {
			return ocs.Invalid(op, field, "%q is not an emoji", emoji)
		}
	}
	return nil
}
