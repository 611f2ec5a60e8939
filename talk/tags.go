package talk

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// TagsService keeps the tags by which an account sorts its conversations. Nobody else sees them. All of it needs
// "conversation-tags", which Talk has from version 24 on. [ConversationsService.SetTags] puts them on conversations.
type TagsService service

// TagType says what a tag is for.
type TagType string

// The types of tags.
const (
	TagCustom    TagType = "custom"    // made by the account
	TagFavorites TagType = "favorites" // built in: stands for the favourites, and above all others
	TagOther     TagType = "other"     // built in: stands for what has no tag, and below all others
)

// Tag is a heading in the account's list of conversations.
type Tag struct {
	// ID is a number too large for some languages, and so a string.
	ID   string `json:"id"`
	Name string `json:"name"`
	// SortOrder is its place: 0 at the top, and with gaps.
	SortOrder int `json:"sortOrder"`
	// Collapsed reports whether clients hide the conversations below it.
	Collapsed bool    `json:"collapsed"`
	Type      TagType `json:"type"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a tag as a server sends it.
func (t *Tag) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, t) }

// MarshalJSON encodes the tag as a server sends it.
func (t Tag) MarshalJSON() ([]byte, error) { return wire.Marshal(t) }

const (
	maxTagName     = 250 // characters
	maxTagsPerRoom = 20  // servers forget further ones
)

// List gives the account's tags in their order, the built-in ones included.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /tags
func (s *TagsService) List(ctx context.Context) ([]*Tag, error) {
	return tagCall[[]*Tag](ctx, s, "list tags", http.MethodGet, "", nil, false)
}

// Create makes a tag, of 1 to 250 characters. A name that is taken gives [ErrInvalid] with Reason "name", one tag too many,
// of 100, with Reason "limit".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /tags
func (s *TagsService) Create(ctx context.Context, name string) (*Tag, error) {
	const op = "create tag"
	if err := checkTagName(op, name); err != nil {
		return nil, err
	}
	return tagCall[*Tag](ctx, s, op, http.MethodPost, "", map[string]string{"name": name}, false)
}

// Rename gives a tag another name. The built-in ones keep theirs: they give [ErrInvalid] with Reason "type". A name that is
// taken gives [ErrInvalid] with Reason "name", a tag that is not there [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /tags/{tagId}
func (s *TagsService) Rename(ctx context.Context, id, name string) (*Tag, error) {
	const op = "rename tag"
	if err := checkTagName(op, name); err != nil {
		return nil, err
	}
	if err := checkTagID(op, id); err != nil {
		return nil, err
	}
	return tagCall[*Tag](ctx, s, op, http.MethodPut, "/"+id, map[string]string{"name": name}, true)
}

// Reorder puts tags into an order, from the top, and gives all of them in the order that came of it: Talk may keep the built-in
// ones at the ends, and leaves out what it does not know. Those that are not named keep their number.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /tags/reorder
func (s *TagsService) Reorder(ctx context.Context, ids ...string) ([]*Tag, error) {
	const op = "reorder tags"
	for _, id := range ids {
		if err := checkTagID(op, id); err != nil {
			return nil, err
		}
	}
	return tagCall[[]*Tag](ctx, s, op, http.MethodPut, "/reorder", map[string][]string{"orderedIds": append([]string{}, ids...)}, true)
}

// SetCollapsed hides the conversations below a tag, or shows them, in all clients of the account.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /tags/{tagId}/collapsed
func (s *TagsService) SetCollapsed(ctx context.Context, id string, collapsed bool) (*Tag, error) {
	const op = "collapse tag"
	if err := checkTagID(op, id); err != nil {
		return nil, err
	}
	return tagCall[*Tag](ctx, s, op, http.MethodPut, "/"+id+"/collapsed", map[string]bool{"collapsed": collapsed}, true)
}

// Delete deletes a tag; its conversations stay. The built-in ones give [ErrInvalid] with Reason "type", a tag that is not
// there [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation DELETE /tags/{tagId}
func (s *TagsService) Delete(ctx context.Context, id string) error {
	const op = "delete tag"
	if err := checkTagID(op, id); err != nil {
		return err
	}
	_, err := tagCall[*Tag](ctx, s, op, http.MethodDelete, "/"+id, nil, false)
	return err
}

func tagCall[T any](ctx context.Context, s *TagsService, op, method, below string, body any, repeatable bool) (T, error) {
	if err := s.client.require(ctx, op, FeatureConversationTags); err != nil {
		var none T
		return none, err
	}
	return fetch[T](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: apiV4 + "/tags" + below, Body: body, Repeatable: repeatable})
}

func checkTagName(op, name string) error {
	name = strings.TrimSpace(name)
	if name == "" {
		return ocs.Invalid(op, "name", "empty")
	}
	if n := utf8.RuneCountInString(name); n > maxTagName {
		return ocs.Invalid(op, "name", "%d characters, more than %d", n, maxTagName)
	}
	return nil
}

func checkTagID(op, id string) error {
	if !isNumber(id) {
		return ocs.Invalid(op, "tag id", "%q is not the id of a tag", id)
	}
	return nil
}

// SetTags puts tags on a conversation, by their ids, instead of those that it has; none takes all off. At most 20 are kept.
// The server leaves out ids that it does not know: the TagIDs of the conversation tell which it has. It needs "conversation-tags".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/tags
func (s *ConversationsService) SetTags(ctx context.Context, token string, ids ...string) (*Conversation, error) {
	const op = "set tags"
	if len(ids) > maxTagsPerRoom {
		return nil, ocs.Invalid(op, "tag ids", "%d, more than %d", len(ids), maxTagsPerRoom)
	}
	for _, id := range ids {
		if err := checkTagID(op, id); err != nil {
			return nil, err
		}
	}
	return s.set(ctx, op, FeatureConversationTags, http.MethodPost, token, "/tags", map[string][]string{"tagIds": append([]string{}, ids...)})
}
