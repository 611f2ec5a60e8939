package talk

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// SearchService finds messages and conversations of the account by their text. All of it needs "unified-search".
type SearchService service

// SearchEntry is something that a search has found.
type SearchEntry struct {
	ThumbnailURL string `json:"thumbnailUrl"`
	Title        string `json:"title"`       // of a message, who wrote it where: "Bob in Deploys"; of a conversation, its name
	Subline      string `json:"subline"`     // of a message, its text around what was searched for
	ResourceURL  string `json:"resourceUrl"` // its web page
	Icon         string `json:"icon"`
	Rounded      bool   `json:"rounded"` // how the thumbnail is shown
	// Attributes say what it is.
	Attributes SearchAttributes `json:"attributes"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an entry as a server sends it.
func (e *SearchEntry) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, e) }

// MarshalJSON encodes the entry as a server sends it.
func (e SearchEntry) MarshalJSON() ([]byte, error) { return wire.Marshal(e) }

// SearchAttributes say which conversation or message a search has found.
type SearchAttributes struct {
	Token string `json:"conversation"`
	// What follows is of messages only.
	MessageID int64     `json:"messageId,string,omitempty"`
	ThreadID  int64     `json:"threadId,string,omitempty"` // Talk 22
	ActorType ActorType `json:"actorType,omitempty"`
	ActorID   string    `json:"actorId,omitempty"`
	Timestamp time.Time `json:"timestamp,string,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes attributes as a server sends them.
func (a *SearchAttributes) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, a) }

// MarshalJSON encodes the attributes as a server sends them.
func (a SearchAttributes) MarshalJSON() ([]byte, error) { return wire.Marshal(a) }

// SearchPage is what a server found at once.
type SearchPage struct {
	Name        string         `json:"name"` // of what was searched, for people
	IsPaginated bool           `json:"isPaginated"`
	Entries     []*SearchEntry `json:"entries"`
	Cursor      int64          `json:"cursor,null"` // where the next page begins; 0 for none

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a page as a server sends it.
func (p *SearchPage) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, p) }

// MarshalJSON encodes the page as a server sends it.
func (p SearchPage) MarshalJSON() ([]byte, error) { return wire.Marshal(p) }

// SearchOptions narrows a search for messages.
type SearchOptions struct {
	Token  string    // in this conversation only
	UserID string    // written by this user only
	Since  time.Time // written at this time or later; zero for any
	Until  time.Time // written at this time or earlier; zero for any
	// PageSize is how many entries are asked for at a time; 0 for 25, which is the most that servers give.
	PageSize int
}

// searchPageSize is the most that servers give at once.
const searchPageSize = 25

// Messages finds messages that contain a text, the newest first, fetching pages as they are needed. An error is the last
// thing that it yields.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/digging_deeper/search.html
//
//talk:operation GET /ocs/v2.php/search/providers/talk-message/search
func (s *SearchService) Messages(ctx context.Context, text string, options *SearchOptions) iter.Seq2[*SearchEntry, error] {
	const op = "search messages"
	return func(yield func(*SearchEntry, error) bool) {
		query, err := searchQuery(op, text, options)
		if err != nil {
			yield(nil, err)
			return
		}
		var cursor int64
		for {
			page, err := s.page(ctx, op, "talk-message", query)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, entry := range page.Entries {
				if !yield(entry, nil) {
					return
				}
			}
			// Servers name a next page even after the last; and of a full one they may have left out what cannot be shown.
			if len(page.Entries) == 0 || !page.IsPaginated || page.Cursor <= cursor {
				return
			}
			cursor = page.Cursor
			query.Set("cursor", strconv.FormatInt(cursor, 10))
		}
	}
}

func searchQuery(op, text string, options *SearchOptions) (query url.Values, err error) {
	var o SearchOptions
	if options != nil {
		o = *options
	}
	if o.PageSize == 0 {
		o.PageSize = searchPageSize
	}
	switch {
	case strings.TrimSpace(text) == "":
		return nil, ocs.Invalid(op, "text", "empty")
	case o.PageSize < 1 || o.PageSize > searchPageSize:
		return nil, ocs.Invalid(op, "page size", "%d is not between 1 and %d", o.PageSize, searchPageSize)
	case !o.Since.IsZero() && !o.Until.IsZero() && o.Until.Before(o.Since):
		return nil, ocs.Invalid(op, "until", "%v is before %v", o.Until, o.Since)
	}
	query = url.Values{"term": {text}, "limit": {strconv.Itoa(o.PageSize)}}
	if o.Token != "" {
		if _, err := roomPath(op, "", o.Token); err != nil {
			return nil, err
		}
		query.Set("conversation", o.Token)
	}
	if o.UserID != "" {
		query.Set("person", o.UserID)
	}
	if !o.Since.IsZero() {
		query.Set("since", o.Since.UTC().Format(time.RFC3339))
	}
	if !o.Until.IsZero() {
		query.Set("until", o.Until.UTC().Format(time.RFC3339))
	}
	return query, nil
}

// Conversations finds conversations of the account whose names contain a text.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/digging_deeper/search.html
//
//talk:operation GET /ocs/v2.php/search/providers/talk-conversations/search
func (s *SearchService) Conversations(ctx context.Context, text string) ([]*SearchEntry, error) {
	const op = "search conversations"
	query, err := searchQuery(op, text, nil)
	if err != nil {
		return nil, err
	}
	page, err := s.page(ctx, op, "talk-conversations", query)
	if err != nil {
		return nil, err
	}
	return page.Entries, nil
}

func (s *SearchService) page(ctx context.Context, op, provider string, query url.Values) (*SearchPage, error) {
	if err := s.client.require(ctx, op, FeatureUnifiedSearch); err != nil {
		return nil, err
	}
	page, err := fetch[SearchPage](ctx, s.client, &ocs.Request{Op: op, Path: "/ocs/v2.php/search/providers/" + provider + "/search", Query: query})
	return &page, err
}
