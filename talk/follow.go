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
	// SetReadMarker marks messages as read once the next ones are asked for. Without it following leaves no trace.
	SetReadMarker bool
	// ThreadID leaves out what does not belong to a thread. It needs "threads".
	ThreadID int64
	// Wait is how long the server holds each request when there is nothing new: whole seconds, at most 30; 0 for 30.
	Wait time.Duration
}

// Follow goes through the messages of a conversation as they are sent, oldest first, each once, for ever. It holds one
// request open at a time.
//
// When the connection breaks, the server is busy, restarts or is in maintenance, it tries again with growing waits, and
// goes on after the last message that it gave. It ends, with an error as the last thing that it yields, when the context
// does, and on what will not pass by itself: [ErrUnauthorized], [ErrForbidden], [ErrNotFound], [ErrInvalid], [ErrRedirect].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}
func (s *ChatService) Follow(ctx context.Context, token string, options *FollowOptions) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		o := FollowOptions{}
		if options != nil {
			o = *options
		}
		if o.Wait == 0 {
			o.Wait = 30 * time.Second
		}
		// Until it is known where to begin, the newest message is asked for; from then on what comes after the last one.
		ask := PageOptions{Limit: 1, ThreadID: o.ThreadID}
		forward := func(after int64) PageOptions {
			return PageOptions{
				Forward: true, LastKnown: after, Limit: maxPage, Timeout: o.Wait, ThreadID: o.ThreadID,
				SetReadMarker: o.SetReadMarker, MarkNotificationsAsRead: o.SetReadMarker,
			}
		}
		if o.After > 0 {
			ask = forward(o.After)
		}
		for failures := 0; ; {
			page, err := s.page(ctx, token, &ask, true)
			if err != nil {
				if ctx.Err() != nil || isFinal(err) {
					yield(nil, err)
					return
				}
				failures++
				if err := s.client.backOff(ctx, "follow "+token, failures, err); err != nil {
					yield(nil, err)
					return
				}
				continue
			}
			failures = 0
			if !ask.Forward {
				ask = forward(page.LastGiven)
				continue
			}
			for _, message := range page.Messages {
				if message.ID <= ask.LastKnown {
					continue
				}
				ask.LastKnown = message.ID
				if !yield(message, nil) {
					return
				}
			}
			ask.LastKnown = max(ask.LastKnown, page.LastGiven)
		}
	}
}
