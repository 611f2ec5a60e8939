package talk

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// ThreadsService finds threads, names them, and says how they notify. All of it needs "threads", which Talk has from
// version 22 on.
//
// A thread begins with a message that was sent with a [SendOptions].ThreadTitle, and has that message's id.
type ThreadsService service

// Thread is a named chain of messages inside a conversation.
type Thread struct {
	// ID is that of the thread's first message.
	ID            int64     `json:"id"`
	RoomToken     string    `json:"roomToken"` // of the conversation
	Title         string    `json:"title"`
	LastMessageID int64     `json:"lastMessageId"` // 0 as long as nobody has answered
	LastActivity  time.Time `json:"lastActivity"`
	NumReplies    int       `json:"numReplies"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a thread as a server sends it.
func (t *Thread) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, t) }

// MarshalJSON encodes the thread as a server sends it.
func (t Thread) MarshalJSON() ([]byte, error) { return wire.Marshal(t) }

// ThreadAttendee is how the account takes part in a thread.
type ThreadAttendee struct {
	// NotificationLevel goes before that of the conversation; [NotifyDefault] follows it.
	NotificationLevel NotificationLevel `json:"notificationLevel"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an attendee as a server sends it.
func (a *ThreadAttendee) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, a) }

// MarshalJSON encodes the attendee as a server sends it.
func (a ThreadAttendee) MarshalJSON() ([]byte, error) { return wire.Marshal(a) }

// ThreadInfo is a thread as the account sees it.
type ThreadInfo struct {
	Thread   Thread         `json:"thread"`
	Attendee ThreadAttendee `json:"attendee"`
	// First and Last are the thread's messages at its ends; nil when they are gone, and Last before anybody has answered.
	First *Message `json:"first,null"`
	Last  *Message `json:"last,null"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes what is known of a thread as a server sends it.
func (i *ThreadInfo) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, i) }

// MarshalJSON encodes what is known of the thread as a server sends it.
func (i ThreadInfo) MarshalJSON() ([]byte, error) { return wire.Marshal(i) }

const (
	maxRecentThreads     = 50  // that a server gives of one conversation
	maxSubscribedThreads = 100 // that a server gives at once
	maxThreadTitle       = 200 // characters; servers cut longer ones off there
)

// Get gives one thread of a conversation, by the id of its first message. A message that begins no thread gives
// [ErrNotFound] with Reason "thread".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/thread/
//
//talk:operation GET /chat/{token}/threads/{threadId}
func (s *ThreadsService) Get(ctx context.Context, token string, threadID int64) (*ThreadInfo, error) {
	return s.thread(ctx, "get thread", http.MethodGet, token, threadID, "", nil)
}

// RecentThreadsOptions limits a list of threads.
type RecentThreadsOptions struct {
	// Limit is the most threads to get, 1 to 50; 0 for 50.
	Limit int
}

// Recent gives the threads of a conversation, those with the latest activity first.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/thread/
//
//talk:operation GET /chat/{token}/threads/recent
func (s *ThreadsService) Recent(ctx context.Context, token string, options *RecentThreadsOptions) ([]*ThreadInfo, error) {
	const op = "list threads"
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	if options != nil && options.Limit != 0 {
		if options.Limit < 0 || options.Limit > maxRecentThreads {
			return nil, ocs.Invalid(op, "limit", "%d is not between 1 and %d", options.Limit, maxRecentThreads)
		}
		query.Set("limit", strconv.Itoa(options.Limit))
	}
	if err := s.client.require(ctx, op, FeatureThreads); err != nil {
		return nil, err
	}
	return fetch[[]*ThreadInfo](ctx, s.client, &ocs.Request{Op: op, Path: path + "/threads/recent", Query: query})
}

// SubscribedThreadsOptions says how a list of threads is fetched.
type SubscribedThreadsOptions struct {
	// PageSize is how many threads are asked for at a time, 1 to 100; 0 for 100.
	PageSize int
}

// Subscribed goes through the threads, of all conversations, that the account began, wrote in or set a notification level
// for, those with the latest activity first, each once, fetching pages as they are needed. An error is the last thing
// that it yields.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/thread/
//
//talk:operation GET /chat/subscribed-threads
func (s *ThreadsService) Subscribed(ctx context.Context, options *SubscribedThreadsOptions) iter.Seq2[*ThreadInfo, error] {
	const op = "list subscribed threads"
	return func(yield func(*ThreadInfo, error) bool) {
		size := maxSubscribedThreads
		if options != nil && options.PageSize != 0 {
			size = options.PageSize
		}
		if size < 1 || size > maxSubscribedThreads {
			yield(nil, ocs.Invalid(op, "page size", "%d is not between 1 and %d", size, maxSubscribedThreads))
			return
		}
		if err := s.client.require(ctx, op, FeatureThreads); err != nil {
			yield(nil, err)
			return
		}
		seen := map[int64]bool{} // a thread that moves up while pages are fetched pushes others onto the next one
		for offset := 0; ; offset += size {
			query := url.Values{"limit": {strconv.Itoa(size)}, "offset": {strconv.Itoa(offset)}}
			page, err := fetch[[]*ThreadInfo](ctx, s.client, &ocs.Request{Op: op, Path: apiV1 + "/chat/subscribed-threads", Query: query})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, info := range page {
				if seen[info.Thread.ID] {
					continue
				}
				seen[info.Thread.ID] = true
				if !yield(info, nil) {
					return
				}
			}
			if len(page) == 0 { // and not merely fewer: threads of conversations that are gone are left out
				return
			}
		}
	}
}

// Rename gives a thread another title, of 1 to 200 characters. Only who began it and moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/thread/
//
//talk:operation PUT /chat/{token}/threads/{threadId}
func (s *ThreadsService) Rename(ctx context.Context, token string, threadID int64, title string) (*ThreadInfo, error) {
	const op = "rename thread"
	if err := checkThreadTitle(op, "title", title); err != nil {
		return nil, err
	}
	return s.thread(ctx, op, http.MethodPut, token, threadID, "", map[string]string{"threadTitle": title})
}

// SetNotificationLevel says which messages of a thread notify the account, whatever the level of the conversation is;
// [NotifyDefault] follows that again. It subscribes the account to the thread. A message that begins no thread gives [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/thread/
//
//talk:operation POST /chat/{token}/threads/{messageId}/notify
func (s *ThreadsService) SetNotificationLevel(ctx context.Context, token string, threadID int64, level NotificationLevel) (*ThreadInfo, error) {
	const op = "set notification level of thread"
	if level < NotifyDefault || level > NotifyNever {
		return nil, ocs.Invalid(op, "level", "%v is not default, always, mention or never", level)
	}
	return s.thread(ctx, op, http.MethodPost, token, threadID, "/notify", map[string]NotificationLevel{"level": level})
}

func (s *ThreadsService) thread(ctx context.Context, op, method, token string, threadID int64, below string, body any) (*ThreadInfo, error) {
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	if threadID <= 0 {
		return nil, ocs.Invalid(op, "thread id", "%d is not a thread's id", threadID)
	}
	if err := s.client.require(ctx, op, FeatureThreads); err != nil {
		return nil, err
	}
	// Once more does no harm: neither a title nor a level adds up.
	req := &ocs.Request{Op: op, Method: method, Path: path + "/threads" + idPath(threadID) + below, Body: body, Repeatable: true}
	return fetch[*ThreadInfo](ctx, s.client, req)
}

// checkThreadTitle refuses a title that servers would cut or take for none.
func checkThreadTitle(op, field, title string) error {
	text := strings.TrimSpace(title)
	if text == "" {
		return ocs.Invalid(op, field, "empty")
	}
	if n := utf8.RuneCountInString(text); n > maxThreadTitle {
		return ocs.Invalid(op, field, "%d characters, more than %d", n, maxThreadTitle)
	}
	return nil
}

// checkThread refuses what a message cannot have of a thread: a thread to go into, or a title to begin one with, but not
// both, and no title together with a message that it answers.
func (c *Client) checkThread(ctx context.Context, op string, threadID int64, title string, replyTo int64) error {
	switch {
	case threadID == 0 && title == "":
		return nil
	case threadID < 0:
		return ocs.Invalid(op, "thread id", "%d is not a thread's id", threadID)
	case title != "" && threadID > 0:
		return ocs.Invalid(op, "thread title", "the thread %d has one", threadID)
	case title != "" && replyTo > 0:
		return ocs.Invalid(op, "thread title", "an answer begins no thread")
	case title != "":
		if err := checkThreadTitle(op, "thread title", title); err != nil {
			return err
		}
	}
	return c.require(ctx, op, FeatureThreads)
}
