package talk

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// PinOptions says how a message is pinned.
type PinOptions struct {
	// Until is when the server takes the pin away by itself, to the second; zero for as long as nobody does.
	Until time.Time
}

// Pin shows a message to everybody at the top of its conversation. Only moderators may ([ErrForbidden]). A message that is
// no longer there gives [ErrNotFound], one that nobody wrote [ErrInvalid] with Reason "message", a time that has passed
// [ErrInvalid] with Reason "until".
//
// It gives the system message that tells of it, whose Parent is the message with its pin; nil when it was pinned already.
// It needs "pinned-messages", which Talk has from version 23 on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/{messageId}/pin
func (s *ChatService) Pin(ctx context.Context, token string, messageID int64, options *PinOptions) (*Message, error) {
	body := map[string]int64{}
	if options != nil && !options.Until.IsZero() {
		until := options.Until.Unix()
		if until <= 0 {
			return nil, ocs.Invalid("pin message", "until", "%v has passed", options.Until)
		}
		body["pinUntil"] = until
	}
	return s.pin(ctx, "pin message", http.MethodPost, token, messageID, "", body)
}

// Unpin takes the pin of a message away, for everybody. Only moderators may ([ErrForbidden]).
//
// It gives the system message that tells of it, whose Parent is the message; nil when it was not pinned. It needs "pinned-messages".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}/{messageId}/pin
func (s *ChatService) Unpin(ctx context.Context, token string, messageID int64) (*Message, error) {
	return s.pin(ctx, "unpin message", http.MethodDelete, token, messageID, "", nil)
}

// HidePin takes a pinned message from the top of the conversation for the account alone; the conversation's HiddenPinnedID
// tells it. The pin stays for everybody else, and in [ChatService.Pinned]. It needs "pinned-messages".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}/{messageId}/pin/self
func (s *ChatService) HidePin(ctx context.Context, token string, messageID int64) error {
	_, err := s.pin(ctx, "hide pinned message", http.MethodDelete, token, messageID, "/self", nil)
	return err
}

func (s *ChatService) pin(ctx context.Context, op, method, token string, messageID int64, below string, body any) (*Message, error) {
	path, err := messagePath(op, apiV1+"/chat", token, messageID)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, FeaturePinnedMessages); err != nil {
		return nil, err
	}
	// Once more changes nothing.
	return fetch[*Message](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: path + "/pin" + below, Body: body, Repeatable: true})
}

// Pinned gives the messages of a conversation that are pinned, the one pinned last first, at most 200. Their MetaData say by
// whom and until when. It needs "pinned-messages".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/share
func (s *ChatService) Pinned(ctx context.Context, token string) ([]*Message, error) {
	const op = "list pinned messages"
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, FeaturePinnedMessages); err != nil {
		return nil, err
	}
	query := url.Values{"objectType": {"pinned"}, "limit": {strconv.Itoa(maxPage)}}
	byID, err := fetch[map[int64]*Message](ctx, s.client, &ocs.Request{Op: op, Path: path + "/share", Query: query})
	if err != nil {
		return nil, err
	}
	pinned := make([]*Message, 0, len(byID))
	for _, message := range byID {
		pinned = append(pinned, message)
	}
	slices.SortFunc(pinned, func(a, b *Message) int {
		return cmp.Or(pinnedAt(b).Compare(pinnedAt(a)), cmp.Compare(b.ID, a.ID))
	})
	return pinned, nil
}

func pinnedAt(m *Message) time.Time {
	if m.MetaData == nil {
		return time.Time{}
	}
	return m.MetaData.PinnedAt
}
