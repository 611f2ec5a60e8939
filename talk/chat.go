package talk

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// ChatService sends, reads and follows the messages of conversations.
type ChatService service

// maxPage is the most messages a server gives at once.
const maxPage = 200

// pollGrace is how much longer than the server a long poll is waited for before its connection is given up.
const pollGrace = 15 * time.Second

// PageOptions says which messages a page shall have. The zero value gives the newest ones, and leaves the server as it
// is: no read marker moves, no notification goes away.
type PageOptions struct {
	// Forward asks for the messages after LastKnown, oldest first; otherwise those before it come, newest first.
	// Forward without LastKnown begins with the conversation's first message.
	Forward bool
	// LastKnown is the id of the message next to the page; 0 for the newest, and not in the page unless IncludeLastKnown.
	LastKnown        int64
	IncludeLastKnown bool
	// Limit is the most messages to get, 1 to 200; 0 for 100. A page may have fewer though there are more.
	Limit int
	// Timeout is how long the server shall wait for a message, when Forward finds none: whole seconds, at most 30.
	Timeout time.Duration
	// LastCommonRead is the marker that the caller knows: the page tells when it is another, though there be no message.
	LastCommonRead int64
	// ThreadID asks for the messages of one thread only. It needs "threads". From Talk 24 on, one that is none gives
	// [ErrNotFound] with Reason "thread".
	ThreadID int64
	// SetReadMarker marks the messages up to LastKnown as read; MarkNotificationsAsRead dismisses notifications. Both for Forward.
	SetReadMarker           bool
	MarkNotificationsAsRead bool
}

// Page is some messages of a conversation in a row.
type Page struct {
	// Messages come newest first, or oldest first where the page was asked for forward. There may be none although
	// there are further ones beyond LastGiven, since what the account must not see is left out.
	Messages []*Message
	// LastGiven is the LastKnown for the next page in the same direction; 0 when there is nothing more now.
	LastGiven int64
	// LastCommonRead is the last message that everybody has read; 0 when the server does not tell.
	LastCommonRead int64
}

// Page gets one page of messages. When there is nothing to get the page is empty and its LastGiven 0.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}
func (s *ChatService) Page(ctx context.Context, token string, options *PageOptions) (*Page, error) {
	return s.page(ctx, token, options, false)
}

func (s *ChatService) page(ctx context.Context, token string, options *PageOptions, noRetry bool) (*Page, error) {
	const op = "read messages"
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	o := PageOptions{}
	if options != nil {
		o = *options
	}
	switch {
	case o.Limit < 0 || o.Limit > maxPage:
		return nil, ocs.Invalid(op, "limit", "%d is not between 1 and %d", o.Limit, maxPage)
	case o.LastKnown < 0:
		return nil, ocs.Invalid(op, "last known message", "%d is not a message's id", o.LastKnown)
	case o.ThreadID < 0:
		return nil, ocs.Invalid(op, "thread id", "%d is not a thread's id", o.ThreadID)
	case o.Timeout < 0 || o.Timeout > 30*time.Second:
		return nil, ocs.Invalid(op, "timeout", "%v is not between 0 and 30s", o.Timeout)
	}
	query := url.Values{
		"lookIntoFuture":          {flag(o.Forward)},
		"setReadMarker":           {flag(o.SetReadMarker)},
		"markNotificationsAsRead": {flag(o.MarkNotificationsAsRead)},
		"noStatusUpdate":          {"1"},
		"timeout":                 {strconv.Itoa(int(o.Timeout.Round(time.Second) / time.Second))},
	}
	if o.LastKnown > 0 {
		query.Set("lastKnownMessageId", strconv.FormatInt(o.LastKnown, 10))
	}
	if o.IncludeLastKnown {
		query.Set("includeLastKnown", "1")
	}
	if o.Limit > 0 {
		query.Set("limit", strconv.Itoa(o.Limit))
	}
	if o.LastCommonRead > 0 {
		query.Set("lastCommonReadId", strconv.FormatInt(o.LastCommonRead, 10))
	}
	if o.ThreadID > 0 {
		if err := s.client.require(ctx, op, FeatureThreads); err != nil {
			return nil, err
		}
		query.Set("threadId", strconv.FormatInt(o.ThreadID, 10))
	}
	req := &ocs.Request{Op: op, Path: path, Query: query, NotModifiedOK: true, NoRetry: noRetry}
	if o.Timeout > 0 {
		req.Timeout = o.Timeout + min(pollGrace, s.client.ocs.IdleTimeout())
	}
	return s.getPage(ctx, req)
}

func (s *ChatService) getPage(ctx context.Context, req *ocs.Request) (*Page, error) {
	var page Page
	resp, err := s.client.call(ctx, req, &page.Messages)
	if err != nil {
		return nil, err
	}
	page.LastGiven = headerInt(resp.Header, "X-Chat-Last-Given")
	page.LastCommonRead = headerInt(resp.Header, "X-Chat-Last-Common-Read")
	return &page, nil
}

// HistoryOptions says where a walk through the past begins.
type HistoryOptions struct {
	// Before is the id of the message to begin before; 0 for the newest.
	Before int64
	// PageSize is how many messages are asked for at a time, 1 to 200; 0 for 100.
	PageSize int
	// ThreadID leaves out what does not belong to a thread. It needs "threads".
	ThreadID int64
}

// History goes through the messages of a conversation, newest first, fetching pages as they are needed. It leaves read
// markers and notifications as they are. An error is the last thing that it yields.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}
func (s *ChatService) History(ctx context.Context, token string, options *HistoryOptions) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		o := HistoryOptions{}
		if options != nil {
			o = *options
		}
		for before := o.Before; ; {
			page, err := s.Page(ctx, token, &PageOptions{LastKnown: before, Limit: o.PageSize, ThreadID: o.ThreadID})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, message := range page.Messages {
				if !yield(message, nil) {
					return
				}
			}
			if page.LastGiven == 0 || before != 0 && page.LastGiven >= before {
				return
			}
			before = page.LastGiven
		}
	}
}

// ContextOptions says how much is wanted around a message.
type ContextOptions struct {
	// Limit is how many messages to get on each side at most, 1 to 100; 0 for 50.
	Limit int
	// ThreadID leaves out what does not belong to a thread. It needs "threads".
	ThreadID int64
}

// Context gets the messages around one, itself included, oldest first. It needs "chat-get-context".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/{messageId}/context
func (s *ChatService) Context(ctx context.Context, token string, messageID int64, options *ContextOptions) (*Page, error) {
	const op = "read context"
	path, err := messagePath(op, apiV1+"/chat", token, messageID)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	o := ContextOptions{}
	if options != nil {
		o = *options
	}
	switch {
	case o.Limit < 0 || o.Limit > 100:
		return nil, ocs.Invalid(op, "limit", "%d is not between 1 and 100", o.Limit)
	case o.ThreadID < 0:
		return nil, ocs.Invalid(op, "thread id", "%d is not a thread's id", o.ThreadID)
	}
	if o.Limit > 0 {
		query.Set("limit", strconv.Itoa(o.Limit))
	}
	if o.ThreadID > 0 {
		if err := s.client.require(ctx, op, FeatureThreads); err != nil {
			return nil, err
		}
		query.Set("threadId", strconv.FormatInt(o.ThreadID, 10))
	}
	if err := s.client.require(ctx, op, FeatureChatGetContext); err != nil {
		return nil, err
	}
	return s.getPage(ctx, &ocs.Request{Op: op, Path: path + "/context", Query: query, NotModifiedOK: true})
}

// MarkRead moves the account's read marker to a message, 0 for the newest one, [NothingRead] for none, and gives the conversation with
// its counters after that; servers before Talk 18 give none. It needs "chat-read-marker", and "chat-read-last" for the newest.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/read
func (s *ChatService) MarkRead(ctx context.Context, token string, messageID int64) (*Conversation, error) {
	const op = "mark read"
	if messageID < 0 && messageID != NothingRead {
		return nil, ocs.Invalid(op, "message id", "%d is not a message's id", messageID)
	}
	body := map[string]int64{}
	feature := FeatureChatReadMarker
	if messageID == 0 {
		feature = FeatureChatReadLast
	} else {
		body["lastReadMessage"] = messageID
	}
	return s.mark(ctx, op, http.MethodPost, token, feature, body)
}

// MarkUnread moves the account's read marker before the newest message that somebody wrote, so that the conversation shows
// as unread. It needs "chat-unread".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}/read
func (s *ChatService) MarkUnread(ctx context.Context, token string) (*Conversation, error) {
	return s.mark(ctx, "mark unread", http.MethodDelete, token, FeatureChatUnread, nil)
}

func (s *ChatService) mark(ctx context.Context, op, method, token string, feature Feature, body any) (*Conversation, error) {
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, feature); err != nil {
		return nil, err
	}
	return fetch[*Conversation](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: path + "/read", Body: body, Repeatable: true})
}

// messagePath gives the path of a message below that of its conversation.
func messagePath(op, prefix, token string, messageID int64) (string, error) {
	path, err := roomPath(op, prefix, token)
	if err != nil {
		return "", err
	}
	if messageID <= 0 {
		return "", ocs.Invalid(op, "message id", "%d is not a message's id", messageID)
	}
	return path + "/" + strconv.FormatInt(messageID, 10), nil
}
