package talk

import (
	"context"
	"net/url"
	"strconv"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// MentionSuggestion is somebody, or a group, who can be mentioned in a conversation.
type MentionSuggestion struct {
	ID    string `json:"id"`
	Label string `json:"label"` // what a person should see
	// Source says of what kind ID is: [ActorUser] and its sisters, "calls" for everybody at once.
	Source ActorType `json:"source"`
	// MentionID is what [Mention] makes a mention of. It is empty with servers of long ago; then ID is.
	MentionID string `json:"mentionId,omitempty"`
	Details   string `json:"details,omitempty"` // as in "All 2 participants"
	// Status is a user's availability, where it was asked for and there is one.
	Status UserStatus `json:"status,inline"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a suggestion as a server sends it.
func (m *MentionSuggestion) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, m) }

// MarshalJSON encodes the suggestion as a server sends it.
func (m MentionSuggestion) MarshalJSON() ([]byte, error) { return wire.Marshal(m) }

// Mention gives the text that mentions whom is suggested, as in "@bob".
func (m *MentionSuggestion) Mention() string {
	if m.MentionID == "" {
		return Mention(m.ID)
	}
	return Mention(m.MentionID)
}

// MentionOptions narrows and widens a list of those who can be mentioned.
type MentionOptions struct {
	// Limit is about how many are wanted, from each source; 0 for the server's own choice of 20.
	Limit int
	// IncludeStatus asks for the users' status.
	IncludeStatus bool
}

// MentionSuggestions gives those whom a message in a conversation can mention, and whose names or ids contain what is searched
// for; an empty search finds all. Who may not write there gets [ErrForbidden].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/mentions
func (s *ChatService) MentionSuggestions(ctx context.Context, token, search string, options *MentionOptions) ([]*MentionSuggestion, error) {
	const op = "suggest mentions"
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	query := url.Values{"search": {search}}
	if options != nil {
		if options.Limit < 0 {
			return nil, ocs.Invalid(op, "limit", "%d is negative", options.Limit)
		}
		if options.Limit > 0 {
			query.Set("limit", strconv.Itoa(options.Limit))
		}
		if options.IncludeStatus {
			query.Set("includeStatus", flag(true))
		}
	}
	return fetch[[]*MentionSuggestion](ctx, s.client, &ocs.Request{Op: op, Path: path + "/mentions", Query: query})
}
