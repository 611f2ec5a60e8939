package talk

import (
	"context"
	"errors"
	"hash/maphash"
	"iter"
	"net/http"
	"time"
)

// WatchOptions says how all conversations of an account are followed.
type WatchOptions struct {
	// Interval is how long to wait between two looks at what has changed; 0 for 2 seconds.
	Interval time.Duration
	// Resync is how long to wait between two looks at all conversations, which alone tell of those that are gone; 0 for 5 minutes.
	Resync time.Duration
	// Cursors, if set, keep which messages were handled: those that came since are told at the beginning.
	Cursors CursorStore
	// Existing tells at the beginning of every conversation there is, as added.
	Existing bool
	// Thorough asks for the page of every conversation that has news. Without it a single new message is taken from the list
	// of conversations, which costs no request: it lacks its Parent then, and what is told beside what people write (who was
	// added, what was edited) may be left out.
	Thorough bool
}

// Watch goes through what happens in all conversations of the account, for ever: messages, and what becomes of the
// conversations themselves. However many there are, it has one request running at a time, and a page is asked for only where
// more than one message came. Within a conversation messages come in order, each once.
//
// Edits, deletions and reactions are no news to a list of conversations: they are told when they come by with a message. To
// see all of them, follow the conversation with [ChatService.Events]. That the account has read further is told with the next message,
// or when all conversations are looked at.
//
// It goes on after failures and ends as [ChatService.Follow] does; conversations that cannot be read are passed over.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
func (c *Client) Watch(ctx context.Context, options *WatchOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		w := watcher{client: c, ctx: ctx, yield: yield, seed: maphash.MakeSeed(), known: map[string]watched{}}
		if options != nil {
			w.options = *options
		}
		if w.options.Interval == 0 {
			w.options.Interval = 2 * time.Second
		}
		if w.options.Resync == 0 {
			w.options.Resync = 5 * time.Minute
		}
		if err := w.run(); !errors.Is(err, errEnough) {
			yield(Event{}, err)
		}
	}
}

// errEnough says that whoever watched does so no more.
var errEnough = errors.New("nobody watches any more")

// watched is what is known of a conversation.
type watched struct {
	conversation *Conversation // without its last message
	looks        uint64
	last         int64 // the last message that was told
}

// watcher is one Watch.
type watcher struct {
	client  *Client
	ctx     context.Context //nolint:containedctx // it lives as long as the loop
	options WatchOptions
	yield   func(Event, error) bool
	seed    maphash.Seed
	known   map[string]watched
	begun   bool
	// baseline is the last message of all when the cursors were begun: ids grow over all conversations of a server, so that
	// one without a cursor of its own goes on from there.
	baseline int64
}

// run watches until it cannot go on, and says why.
func (w *watcher) run() error {
	var since time.Time
	quiet := time.Duration(0) // since all were looked at
	for failures := 0; ; {
		whole := !w.begun || quiet >= w.options.Resync
		changed, gone, until, err := w.list(since, whole)
		if err != nil {
			if w.ctx.Err() != nil || isFinal(err) && !(w.begun && isElsewhere(err)) {
				return err
			}
			failures++
			if err := w.client.backOff(w.ctx, "watch", failures, err); err != nil {
				return err
			}
			continue
		}
		failures = 0
		if whole {
			quiet = 0
		}
		if !w.begun {
			if err := w.loadBaseline(changed); err != nil {
				return err
			}
		}
		for _, conversation := range changed {
			if err := w.visit(conversation); err != nil {
				return err
			}
		}
		for _, token := range gone {
			before := w.known[token].conversation
			delete(w.known, token)
			if err := w.tell(Event{Type: EventConversationRemoved, Token: token, Before: before}); err != nil {
				return err
			}
		}
		since, w.begun = until, true
		if err := w.client.sleep(w.ctx, w.options.Interval); err != nil {
			return err
		}
		quiet += w.options.Interval
	}
}

// list gives the conversations that are not as they were, all of them looked at or those that the server says have news; and
// the tokens of those that are gone, when all were looked at.
func (w *watcher) list(since time.Time, whole bool) (changed []*Conversation, gone []string, until time.Time, err error) {
	options := &ListOptions{ModifiedSince: since}
	if whole {
		options.ModifiedSince = time.Time{}
	}
	there := map[string]bool{}
	headers := func(h http.Header) { until = headerTime(h, modifiedBefore) }
	for c, err := range w.client.Conversations.all(w.ctx, options, headers) {
		if err != nil {
			return nil, nil, until, err
		}
		if whole {
			there[c.Token] = true
		}
		if known, ok := w.known[c.Token]; !ok || !known.same(w.seed, c) {
			changed = append(changed, c)
		}
	}
	if whole {
		for token := range w.known {
			if !there[token] {
				gone = append(gone, token)
			}
		}
	}
	return changed, gone, until, nil
}

// same reports whether there is nothing to tell of a conversation.
func (k watched) same(seed maphash.Seed, c *Conversation) bool {
	return lastID(c) <= k.last && k.sameMarkers(c) && k.looks == looks(seed, c)
}

func (k watched) sameMarkers(c *Conversation) bool {
	return c.LastReadMessage == k.conversation.LastReadMessage && c.UnreadMessages == k.conversation.UnreadMessages
}

// lastID is the id of a conversation's last message, 0 for none.
func lastID(c *Conversation) int64 {
	if c.LastMessage == nil {
		return 0
	}
	return c.LastMessage.ID
}

// looks tells whether a conversation itself has changed, apart from who has written and read what in it.
func looks(seed maphash.Seed, c *Conversation) uint64 {
	bare := *c
	bare.LastMessage, bare.LastActivity, bare.LastReadMessage, bare.LastCommonReadMessage = nil, time.Time{}, 0, 0
	bare.UnreadMessages, bare.UnreadMention, bare.UnreadMentionDirect = 0, false, false
	bare.LastPing, bare.SessionID, bare.Status = time.Time{}, "", UserStatus{}
	return fingerprint(seed, &bare)
}

// visit tells what is new in a conversation.
func (w *watcher) visit(c *Conversation) error {
	known, ok := w.known[c.Token]
	now := watched{conversation: withoutMessage(c), looks: looks(w.seed, c), last: known.last}
	fresh := !ok
	if fresh {
		last, err := w.beginning(c)
		if err != nil {
			return err
		}
		now.last = last
		known = watched{conversation: now.conversation, looks: now.looks, last: last}
	}
	w.known[c.Token] = now
	switch {
	case fresh && (w.begun || w.options.Existing):
		if err := w.tell(Event{Type: EventConversationAdded, Token: c.Token, Conversation: c}); err != nil {
			return err
		}
	case now.looks != known.looks:
		if err := w.tell(Event{Type: EventConversationChanged, Token: c.Token, Conversation: c, Before: known.conversation}); err != nil {
			return err
		}
	}
	if err := w.messages(c, known, fresh); err != nil {
		return err
	}
	if fresh || known.conversation.LastReadMessage == c.LastReadMessage {
		return nil
	}
	return w.tell(Event{Type: EventConversationRead, Token: c.Token, Conversation: c, Before: known.conversation})
}

func withoutMessage(c *Conversation) *Conversation {
	bare := *c
	bare.LastMessage = nil
	return &bare
}

// loadBaseline finds where conversations go on that have no cursor yet.
func (w *watcher) loadBaseline(all []*Conversation) (err error) {
	if w.options.Cursors == nil {
		return nil
	}
	key := w.client.link("")
	if w.baseline, err = w.options.Cursors.Load(w.ctx, key); err != nil || w.baseline > 0 {
		return err
	}
	for _, c := range all {
		w.baseline = max(w.baseline, lastID(c))
	}
	return w.options.Cursors.Save(w.ctx, key, w.baseline)
}

// beginning gives the last message of a conversation that is not told: there is a cursor; or the conversation was there
// already, and its past is nobody's business; or what comes after what the account has read is new.
func (w *watcher) beginning(c *Conversation) (int64, error) {
	if w.options.Cursors != nil {
		if last, err := w.options.Cursors.Load(w.ctx, w.client.link(c.Token)); err != nil || last > 0 {
			return last, err
		}
		if !w.begun {
			return w.baseline, nil
		}
	}
	if !w.begun {
		return max(lastID(c), 0), nil
	}
	return max(c.LastReadMessage, 0), nil
}

// messages tells of the new messages of a conversation.
func (w *watcher) messages(c *Conversation, known watched, fresh bool) error {
	newest := lastID(c)
	if newest <= known.last {
		return nil
	}
	single := !fresh && !w.options.Thorough && !c.LastMessage.IsSystem() &&
		c.LastReadMessage == known.conversation.LastReadMessage && c.UnreadMessages == known.conversation.UnreadMessages+1
	if single {
		return w.message(c, c.LastMessage)
	}
	for failures := 0; w.known[c.Token].last < newest; {
		page, err := w.client.Chat.page(w.ctx, c.Token, &PageOptions{Forward: true, LastKnown: w.known[c.Token].last, Limit: maxPage}, true)
		switch {
		case err == nil:
		case w.ctx.Err() != nil:
			return err
		case isElsewhere(err):
			failures++
			if err := w.client.backOff(w.ctx, "watch "+c.Token, failures, err); err != nil {
				return err
			}
			continue
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrForbidden), errors.Is(err, ErrLobby):
			return nil // which the list will tell, or has told
		case isFinal(err):
			return err
		default:
			failures++
			if err := w.client.backOff(w.ctx, "watch "+c.Token, failures, err); err != nil {
				return err
			}
			continue
		}
		failures = 0
		for _, m := range newer(page.Messages, w.known[c.Token].last) {
			if err := w.message(c, m); err != nil {
				return err
			}
		}
		if page.LastGiven <= w.known[c.Token].last && len(page.Messages) == 0 {
			break // what the list showed is gone
		}
		w.told(c.Token, page.LastGiven)
	}
	w.told(c.Token, newest)
	return nil
}

// message tells of a message.
func (w *watcher) message(c *Conversation, m *Message) error {
	event := eventOf(c.Token, m)
	event.Conversation = c
	if err := w.tell(event); err != nil {
		return err
	}
	w.told(c.Token, m.ID)
	if w.options.Cursors == nil {
		return nil
	}
	return w.options.Cursors.Save(w.ctx, w.client.link(c.Token), m.ID)
}

// told notes up to which message a conversation is told.
func (w *watcher) told(token string, id int64) {
	k := w.known[token]
	k.last = max(k.last, id)
	w.known[token] = k
}

func (w *watcher) tell(e Event) error {
	if !w.yield(e, nil) {
		return errEnough
	}
	return nil
}
