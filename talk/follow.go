package talk

import (
	"context"
	"iter"
	"time"
)

// FollowOptions says where following begins, and what it does on the way.
type FollowOptions struct {
	// After is the id of the last message that is known already; 0 for the newest one there is now. Following that was
	// stopped goes on without a gap when it is the ID of the last message that was handled.
	After int64
	// Cursors, if set, keep that id: following begins where they say, at After for a conversation that they do not know,
	// and they learn of each message once it is handled. That they fail ends following.
	Cursors CursorStore
	// SetReadMarker marks messages as read once the next ones are asked for. Without it following leaves no trace.
	SetReadMarker bool
	// ThreadID leaves out what does not belong to a thread. It needs "threads".
	ThreadID int64
	// Wait is how long the server holds each request when there is nothing new: whole seconds, at most 30; 0 for 30.
	Wait time.Duration
}

// Follow goes through the messages of a conversation as they are sent, oldest first, each once, for ever. It holds one
// request open at a time. Among them are the ones that tell of what became of others, as [ChatService.Events] reads them.
//
// When the connection breaks, the server is busy, restarts or is in maintenance, it tries again with growing waits, and
// goes on after the last message that it gave. It ends, with an error as the last thing that it yields, when the context
// does, and on what will not pass by itself: [ErrUnauthorized], [ErrForbidden], [ErrNotFound], [ErrInvalid], [ErrRedirect]. A 403 or 404
// that is not Talk's, of a proxy or a server amid an upgrade, passes when Talk has answered before.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}
func (s *ChatService) Follow(ctx context.Context, token string, options *FollowOptions) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for page, err := range s.followPages(ctx, token, options, nil) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, message := range page.Messages {
				if !yield(message, nil) {
					return
				}
				if err := page.handled(ctx, message.ID); err != nil {
					yield(nil, err)
					return
				}
			}
		}
	}
}

// followed is a page on the way, with what is new only. It may have no messages.
type followed struct {
	*Page

	handled func(ctx context.Context, messageID int64) error
}

// followPages goes through the pages of a conversation as they come, for ever. Until, if set, gives when there is something
// else to do: pages come by then, though they have no messages.
func (s *ChatService) followPages(ctx context.Context, token string, options *FollowOptions, until func() time.Duration) iter.Seq2[followed, error] {
	return func(yield func(followed, error) bool) {
		o := FollowOptions{}
		if options != nil {
			o = *options
		}
		if o.Wait == 0 {
			o.Wait = 30 * time.Second
		}
		if err := o.load(ctx, s.client.link(token)); err != nil {
			yield(followed{}, err)
			return
		}
		save := func(ctx context.Context, id int64) error {
			if o.Cursors == nil {
				return nil
			}
			return o.Cursors.Save(ctx, s.client.link(token), id)
		}
		// Until it is known where to begin, the newest message is asked for; from then on what comes after the last one.
		begun, last := o.After > 0, o.After
		answered := false
		for failures := 0; ; {
			ask := PageOptions{Limit: 1, ThreadID: o.ThreadID}
			if begun {
				ask = PageOptions{
					Forward: true, LastKnown: last, Limit: maxPage, Timeout: o.Wait, ThreadID: o.ThreadID,
					SetReadMarker: o.SetReadMarker, MarkNotificationsAsRead: o.SetReadMarker,
				}
				if until != nil {
					ask.Timeout = min(ask.Timeout, max(until(), time.Second))
				}
			}
			page, err := s.page(ctx, token, &ask, true)
			if err != nil {
				if ctx.Err() == nil && (!isFinal(err) || answered && isElsewhere(err)) {
					failures++
					err = s.client.backOff(ctx, "follow "+token, failures, err)
				}
				if err != nil {
					yield(followed{}, err)
					return
				}
				continue
			}
			failures, answered = 0, true
			next := page.LastGiven
			if n := len(page.Messages); begun && n > 0 { // for proxies that remove headers
				next = max(next, page.Messages[n-1].ID)
			}
			if begun {
				page.Messages = newer(page.Messages, last)
				if !yield(followed{page, save}, nil) {
					return
				}
			}
			begun = true
			if next > last {
				last = next
				if err := save(ctx, last); err != nil {
					yield(followed{}, err)
					return
				}
			}
		}
	}
}

// load has following begin where it has come to.
func (o *FollowOptions) load(ctx context.Context, key string) error {
	if o.Cursors == nil {
		return nil
	}
	known, err := o.Cursors.Load(ctx, key)
	if known > 0 {
		o.After = known
	}
	return err
}

// newer leaves out the messages that are known already.
func newer(messages []*Message, last int64) []*Message {
	for len(messages) > 0 && messages[0].ID <= last {
		messages = messages[1:]
	}
	return messages
}
