package talk

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
)

// SharedType is a kind of things that are shared in conversations.
type SharedType string

// The kinds of shared things. A server may know more.
const (
	SharedAudio     SharedType = "audio"
	SharedDeckCard  SharedType = "deckcard"
	SharedFile      SharedType = "file" // what is no media
	SharedLocation  SharedType = "location"
	SharedMedia     SharedType = "media" // pictures and videos
	SharedOther     SharedType = "other"
	SharedPinned    SharedType = "pinned" // Talk 23
	SharedPoll      SharedType = "poll"
	SharedRecording SharedType = "recording" // of calls
	SharedVoice     SharedType = "voice"
)

// SharedOptions says which shared things are wanted.
type SharedOptions struct {
	// Before is the id of the message to begin before, 0 for the newest.
	Before int64
	// PageSize is how many are asked for at a time, 1 to 200; 0 for 100.
	PageSize int
}

// Shared goes through what was shared in a conversation, as the messages that show it, the newest first, fetching pages as they
// are needed. An error is the last thing that it yields. It needs "rich-object-list-media".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/share
func (s *ChatService) Shared(ctx context.Context, token string, kind SharedType, options *SharedOptions) iter.Seq2[*Message, error] {
	const op = "list what was shared"
	return func(yield func(*Message, error) bool) {
		o := SharedOptions{}
		if options != nil {
			o = *options
		}
		if o.PageSize == 0 {
			o.PageSize = 100
		}
		var err error
		switch {
		case kind == "":
			err = ocs.Invalid(op, "kind", "empty")
		case o.Before < 0:
			err = ocs.Invalid(op, "before", "%d is not a message's id", o.Before)
		case o.PageSize < 1 || o.PageSize > maxPage:
			err = ocs.Invalid(op, "page size", "%d is not between 1 and %d", o.PageSize, maxPage)
		}
		for err == nil {
			var page []*Message
			if page, err = s.shared(ctx, op, token, kind, o); err != nil {
				break
			}
			for _, m := range page {
				if !yield(m, nil) {
					return
				}
				o.Before = m.ID
			}
			if len(page) < o.PageSize {
				return
			}
		}
		yield(nil, err)
	}
}

// shared gives a page of what was shared, the newest first.
func (s *ChatService) shared(ctx context.Context, op, token string, kind SharedType, o SharedOptions) ([]*Message, error) {
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/chat", token, FeatureRichObjectListMedia)
	if err != nil {
		return nil, err
	}
	query := url.Values{"objectType": {string(kind)}, "limit": {strconv.Itoa(o.PageSize)}}
	if o.Before > 0 {
		query.Set("lastKnownMessageId", strconv.FormatInt(o.Before, 10))
	}
	byID, err := fetch[map[int64]*Message](ctx, s.client, &ocs.Request{Op: op, Path: path + "/share", Query: query})
	if err != nil {
		return nil, err
	}
	return newestFirst(byID), nil
}

// newestFirst gives messages that came by their ids.
func newestFirst(byID map[int64]*Message) []*Message {
	return slices.SortedFunc(maps.Values(byID), func(a, b *Message) int { return cmp.Compare(b.ID, a.ID) })
}

// SharedOverviewOptions says how much of an overview is wanted.
type SharedOverviewOptions struct {
	// Limit is how many of each kind are given, 1 to 20; 0 for 7.
	Limit int
}

// SharedOverview gives the newest of all that was shared in a conversation, by its kind, as the messages that show it. It needs
// "rich-object-list-media".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/share/overview
func (s *ChatService) SharedOverview(ctx context.Context, token string, options *SharedOverviewOptions) (map[SharedType][]*Message, error) {
	const op = "get overview of what was shared"
	query := url.Values{}
	if options != nil && options.Limit != 0 {
		if options.Limit < 1 || options.Limit > 20 {
			return nil, ocs.Invalid(op, "limit", "%d is not between 1 and 20", options.Limit)
		}
		query.Set("limit", strconv.Itoa(options.Limit))
	}
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/chat", token, FeatureRichObjectListMedia)
	if err != nil {
		return nil, err
	}
	return fetch[map[SharedType][]*Message](ctx, s.client, &ocs.Request{Op: op, Path: path + "/share/overview", Query: query})
}

// SharedObject is something that a message shows: a place, a card, a page.
type SharedObject struct {
	// Type is the kind of object that the server must know, such as [ObjectLocation] or "deck-card"; ID is its id there.
	Type string
	ID   string
	// MetaData are its further parameters, which depend on the type; each has a "name".
	MetaData map[string]string
}

// ObjectLocation is the Type of places.
const ObjectLocation = "geo-location"

// LocationObject gives an object that is a place, by its latitude and longitude in degrees.
func LocationObject(name string, latitude, longitude float64) *SharedObject {
	lat, long := strconv.FormatFloat(latitude, 'f', -1, 64), strconv.FormatFloat(longitude, 'f', -1, 64)
	return &SharedObject{Type: ObjectLocation, ID: "geo:" + lat + "," + long, MetaData: map[string]string{"name": name, "latitude": lat, "longitude": long}}
}

// ShareObjectOptions says how an object is shared.
type ShareObjectOptions struct {
	// ReferenceID marks the message so that it is known again: at most 64 characters.
	ReferenceID string
	// DisplayName is what a guest is called.
	DisplayName string
	// ThreadID puts the message into a thread. It needs "threads", and Talk 23.
	ThreadID int64
}

// ShareObject sends a message that shows an object. One that the server does not know, or that lacks a parameter, gives
// [ErrInvalid] with Reason "object"; one with a link to elsewhere with Reason "link". It needs "rich-object-sharing".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/share
func (s *ChatService) ShareObject(ctx context.Context, token string, object *SharedObject, options *ShareObjectOptions) (*Message, error) {
	const op = "share object"
	var o ShareObjectOptions
	if options != nil {
		o = *options
	}
	switch {
	case object == nil || object.Type == "":
		return nil, ocs.Invalid(op, "object type", "empty")
	case object.ID == "":
		return nil, ocs.Invalid(op, "object id", "empty")
	case utf8.RuneCountInString(o.ReferenceID) > 64:
		return nil, ocs.Invalid(op, "reference id", "more than 64 characters")
	case o.ThreadID < 0:
		return nil, ocs.Invalid(op, "thread id", "%d is not a thread's id", o.ThreadID)
	}
	feature := FeatureRichObjectSharing
	if object.Type == ObjectLocation {
		feature = FeatureGeoLocationSharing
	}
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/chat", token, feature)
	if err != nil {
		return nil, err
	}
	if o.ThreadID > 0 {
		if err := s.client.require(ctx, op, FeatureThreads); err != nil {
			return nil, err
		}
		if err := s.client.requireTalk(ctx, op, 23); err != nil { // others would put it beside the thread
			return nil, err
		}
	}
	metaData := object.MetaData
	if metaData == nil {
		metaData = map[string]string{}
	}
	text, err := json.Marshal(metaData)
	if err != nil {
		return nil, ocs.Invalid(op, "meta data", "%w", err)
	}
	body := struct {
		Type        string `json:"objectType"`
		ID          string `json:"objectId"`
		MetaData    string `json:"metaData"`
		DisplayName string `json:"actorDisplayName,omitempty"`
		ReferenceID string `json:"referenceId,omitempty"`
		ThreadID    int64  `json:"threadId,omitempty"`
	}{object.Type, object.ID, string(text), o.DisplayName, o.ReferenceID, o.ThreadID}
	return fetch[*Message](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/share", Body: body})
}
