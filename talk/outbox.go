package talk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
)

// The errors of an [Outbox], for [errors.Is].
var (
	// ErrOutboxFull: as many messages wait as the outbox holds.
	ErrOutboxFull = errors.New("talk: the outbox is full")
	// ErrOutboxClosed: it takes and sends nothing any more.
	ErrOutboxClosed = errors.New("talk: the outbox is closed")
	// ErrOutboxRuns: Run or Flush goes on already.
	ErrOutboxRuns = errors.New("talk: the outbox runs already")
	// ErrOutboxExpired: a message could not be sent within [OutboxOptions].MaxAge.
	ErrOutboxExpired = errors.New("talk: the message is too old to be sent")
	// ErrOutboxInUse: another process, or another Outbox of this one, has the file.
	ErrOutboxInUse = errors.New("talk: the outbox is in use")
	// ErrOutboxDamaged: the file holds lines that it was not given.
	ErrOutboxDamaged = errors.New("talk: the outbox is damaged")
)

// OutboxOptions says where an [Outbox] keeps its messages, and how it sends them.
type OutboxOptions struct {
	// File keeps the messages on disk, so that they outlive a crash of the program or of the machine. It is made if there is none, for
	// its owner only, and serves one process, one server and one account. Empty keeps them in memory.
	File string
	// Salvage opens a damaged file all the same: a copy of it stays beside it as FILE.damaged, and what can be read is sent.
	Salvage bool
	// Limit is how many messages wait at most; 0 for 1000.
	Limit int
	// RefuseWhenFull has Put fail with [ErrOutboxFull] at once instead of waiting for room.
	RefuseWhenFull bool
	// Parallel is in how many conversations something is sent at the same time; 0 for 4.
	Parallel int
	// MaxAge gives up a message that could not be sent for that long, once it is certain that it did not arrive; 0 never does.
	MaxAge time.Duration
	// HoldRefused keeps a message that the server refuses, and what was put behind it in its conversation, until it is discarded or
	// the next Run tries again. Without it a refused message is reported and forgotten, and the next one is sent.
	HoldRefused bool
	// Result is told what became of each message, for one at a time, in order within a conversation. The message is forgotten when it
	// returns: one that the program dies in is told again, with the same ReferenceID. It must not wait for the Outbox.
	Result func(OutboxResult)
}

// OutboxMessage is a message that was given to an [Outbox].
type OutboxMessage struct {
	// Token is that of the conversation.
	Token string
	// Text is what is sent, and Options what it has beside it; its ReferenceID is always set.
	Text    string
	Options SendOptions
	// Put is when the outbox took it.
	Put time.Time
}

// OutboxResult is what became of a message.
type OutboxResult struct {
	OutboxMessage

	// Sent is the message in the conversation, nil when it is not there.
	Sent *Message
	// Err says why not: what [ChatService.Send] gives for what the server refuses, or [ErrOutboxExpired].
	Err error
}

// Outbox takes messages while the server is down, the network broken or the program about to crash, and sends them when it can: each
// once, in the order in which they were put into their conversation. The conversations do not wait for each other.
//
// A message gets its reference id when it is put. After a lost answer, and after a crash, it is looked for in the conversation before
// it is sent: as far back as the first attempt can have been. (One that arrived and was cleared away or has expired before it was found
// is sent again.) What cannot pass by itself is reported; see [OutboxOptions].Result.
//
// It is for many goroutines. Put takes messages whether Run goes on or not.
type Outbox struct {
	client  *Client
	options OutboxOptions
	journal *journal // nil in memory

	reporting sync.Mutex // held while Result is told something

	mu      sync.Mutex
	rooms   map[string]*outboxRoom
	waiting map[outboxKey]*outboxEntry
	recent  recentKeys
	todo    []*outboxRoom // with something to send, and nobody who does
	running bool
	closed  bool
	failed  error         // of the journal
	changed chan struct{} // closed, and another one made, when something of the above has changed
}

// outboxKey knows a message.
type outboxKey struct{ token, referenceID string }

// outboxRoom is a conversation that messages were put into.
type outboxRoom struct {
	token   string
	queue   []*outboxEntry
	busy    bool  // it is in todo, or worked on
	held    error // why nothing more is sent in it
	based   bool  // after is known
	settled bool  // nothing that an earlier process sent is on its way
	after   int64 // a message that was there before whatever waits was tried
}

// outboxEntry is a message that waits.
type outboxEntry struct {
	OutboxMessage

	written  int64     // when it is on the disk
	delivery *delivery // nil before the first attempt
	doubt    bool      // an attempt of an earlier process, or of an earlier Run, may have arrived
	sending  bool
}

func (e *outboxEntry) key() outboxKey { return outboxKey{e.Token, e.Options.ReferenceID} }

// OpenOutbox gives an outbox of the client's, with what waits in its file. It sends nothing before [Outbox.Run] or [Outbox.Flush], and
// must be closed. A file that is in use gives [ErrOutboxInUse], one that is damaged [ErrOutboxDamaged], one that belongs to another
// server or account [ErrInvalid]. A last line that was cut off by a crash is no damage: its Put has not returned.
func (c *Client) OpenOutbox(options *OutboxOptions) (*Outbox, error) {
	const op = "open outbox"
	o := &Outbox{
		client: c, rooms: map[string]*outboxRoom{}, waiting: map[outboxKey]*outboxEntry{}, changed: make(chan struct{}),
	}
	if options != nil {
		o.options = *options
	}
	if o.options.Limit == 0 {
		o.options.Limit = 1000
	}
	if o.options.Parallel == 0 {
		o.options.Parallel = 4
	}
	switch {
	case o.options.Limit < 0:
		return nil, ocs.Invalid(op, "limit", "%d is less than 1", o.options.Limit)
	case o.options.Parallel < 0:
		return nil, ocs.Invalid(op, "parallel", "%d is less than 1", o.options.Parallel)
	case o.options.MaxAge < 0:
		return nil, ocs.Invalid(op, "max age", "%v is less than 0", o.options.MaxAge)
	case o.options.File == "":
		return o, nil
	}
	if err := o.load(); err != nil {
		return nil, fmt.Errorf("talk: open outbox %s: %w", o.options.File, err)
	}
	return o, nil
}

// Put takes a message, and gives its reference id. It waits while the outbox is full, until the context ends: then the error is the
// context's and [ErrOutboxFull]. With a file, the message is on the disk when Put returns.
//
// What cannot be right gives [ErrInvalid]: an empty message, a token that is none. What only the server knows, such as a conversation
// that is gone, is told as a result. Options with a ReferenceID that waits already, or that is among the last 1000 that were sent,
// change nothing: so a program that does not know whether it has put a message before it crashed can put it again. With another
// text that is an error.
//
// A disk that fails ends the outbox: whether the message is in the file shows when that is opened again.
func (o *Outbox) Put(ctx context.Context, token, message string, options *SendOptions) (referenceID string, err error) {
	entry, err := o.entry(token, message, options)
	if err != nil {
		return "", err
	}
	id := entry.Options.ReferenceID
	written, err := o.take(ctx, entry)
	if err != nil {
		return "", err
	}
	if o.journal != nil {
		if err := o.journal.sync(written); err != nil {
			return "", o.fail(err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if room := o.rooms[token]; room != nil {
		o.wake(room)
	}
	return id, nil
}

// entry checks what can be without the server.
func (o *Outbox) entry(token, message string, options *SendOptions) (*outboxEntry, error) {
	const op = "put message"
	entry := &outboxEntry{OutboxMessage: OutboxMessage{Token: token, Text: message, Put: o.client.now()}}
	if options != nil {
		entry.Options = *options
	}
	if _, err := roomPath(op, "", token); err != nil {
		return nil, err
	}
	switch {
	case strings.TrimSpace(message) == "":
		return nil, ocs.Invalid(op, "message", "empty")
	case !utf8.ValidString(message):
		return nil, ocs.Invalid(op, "message", "not valid UTF-8")
	case len(message) > maxOutboxText:
		return nil, ocs.Invalid(op, "message", "%d bytes, more than %d: %w", len(message), maxOutboxText, ErrTooLarge)
	case entry.Options.ReplyTo < 0:
		return nil, ocs.Invalid(op, "reply to", "%d is not a message's id", entry.Options.ReplyTo)
	}
	if err := checkReferenceID(op, entry.Options.ReferenceID); err != nil {
		return nil, err
	}
	if entry.Options.ReferenceID == "" {
		entry.Options.ReferenceID = newReferenceID()
	}
	return entry, nil
}

// take puts an entry into the queue of its conversation, unless it is known, and gives the number under which it was written down. It
// waits for room.
func (o *Outbox) take(ctx context.Context, entry *outboxEntry) (written int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		known := o.waiting[entry.key()]
		switch {
		case o.closed:
			return 0, ErrOutboxClosed
		case o.failed != nil:
			return 0, o.failed
		case known != nil && (known.Text != entry.Text || known.Options != entry.Options):
			return 0, ocs.Invalid("put message", "reference id", "another message with the same waits already")
		case known != nil:
			return known.written, nil
		case o.recent.has(entry.key()):
			return 0, nil
		case len(o.waiting) < o.options.Limit:
			if o.journal != nil {
				if entry.written, err = o.journal.append(putRecord(entry)); err != nil {
					return 0, fmt.Errorf("talk: put message: %w", err)
				}
			}
			o.enqueue(entry)
			return entry.written, nil
		case o.options.RefuseWhenFull:
			return 0, fmt.Errorf("%w: %d messages wait", ErrOutboxFull, len(o.waiting))
		}
		changed := o.changed
		o.mu.Unlock()
		select {
		case <-changed:
			o.mu.Lock()
		case <-ctx.Done():
			o.mu.Lock()
			return 0, fmt.Errorf("%w: %w", ErrOutboxFull, context.Cause(ctx))
		}
	}
}

func (o *Outbox) enqueue(entry *outboxEntry) {
	room := o.room(entry.Token)
	room.queue = append(room.queue, entry)
	o.waiting[entry.key()] = entry
}

func (o *Outbox) room(token string) *outboxRoom {
	room := o.rooms[token]
	if room == nil {
		room = &outboxRoom{token: token}
		o.rooms[token] = room
	}
	return room
}

// wake has somebody look at a conversation. The mutex is held.
func (o *Outbox) wake(room *outboxRoom) {
	if !room.busy && len(room.queue) > 0 && room.held == nil {
		room.busy = true
		o.todo = append(o.todo, room)
	}
	o.tell()
}

// tell wakes whoever waits for a change. The mutex is held.
func (o *Outbox) tell() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// fail ends an outbox that can no longer write down what it does.
func (o *Outbox) fail(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed == nil {
		o.failed = fmt.Errorf("talk: outbox %s: %w", o.options.File, err)
		o.tell()
	}
	return o.failed
}

// Waiting gives the messages that are not sent, in order within each conversation.
func (o *Outbox) Waiting() []OutboxMessage {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]OutboxMessage, 0, len(o.waiting))
	for _, room := range o.rooms {
		for _, entry := range room.queue {
			all = append(all, entry.OutboxMessage)
		}
	}
	slices.SortStableFunc(all, func(a, b OutboxMessage) int { return a.Put.Compare(b.Put) })
	return all
}

// Discard forgets a message that waits and is not being sent; ok is false when there is none. What was held behind it is sent by the
// next Run.
func (o *Outbox) Discard(token, referenceID string) (ok bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	entry := o.waiting[outboxKey{token, referenceID}]
	if entry == nil || entry.sending {
		return false, nil
	}
	return true, o.forget(entry, 0)
}

// forget takes an entry out, which was sent as a message or, with 0, was not. The mutex is held.
func (o *Outbox) forget(entry *outboxEntry, id int64) error {
	room := o.rooms[entry.Token]
	room.queue = slices.DeleteFunc(room.queue, func(e *outboxEntry) bool { return e == entry })
	delete(o.waiting, entry.key())
	if id > 0 {
		room.after = max(room.after, id)
		o.recent.add(entry.key(), id)
	}
	o.tell()
	if o.journal == nil {
		return nil
	}
	// It need not be on the disk: what is not known to have been sent is looked for.
	if _, err := o.journal.append(endRecord(entry, id)); err != nil {
		return err
	}
	if o.journal.wasteful() {
		return o.journal.rewrite(o.records())
	}
	return nil
}

// Close ends the outbox, and Run. What waits stays in the file for the next time; without a file an error tells that it is lost, so call
// [Outbox.Flush] before.
func (o *Outbox) Close() error {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return nil
	}
	o.closed = true
	o.tell()
	for o.running {
		changed := o.changed
		o.mu.Unlock()
		<-changed
		o.mu.Lock()
	}
	left := len(o.waiting)
	o.mu.Unlock()
	switch {
	case o.journal != nil:
		return o.journal.close()
	case left > 0:
		return fmt.Errorf("talk: close outbox: %d messages were not sent, and are lost", left)
	}
	return nil
}
