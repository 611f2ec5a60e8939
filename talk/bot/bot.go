package bot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// What a bot bears unless something else is said.
const (
	DefaultQueue       = 1000            // events that wait for their handlers or are being handled
	DefaultWorkers     = 64              // conversations that are handled at the same time
	DefaultBodyTimeout = 5 * time.Second // for the body of a delivery to arrive
)

// Bot receives deliveries and hands their events to handlers. It is an [http.Handler], for whatever address the bot was installed
// with, and safe for use by many goroutines. Its [Router] says what handles what.
type Bot struct {
	*Router

	verifier    Verifier
	clients     map[string]*Client // by backend
	only        *Client            // the client if there is one only
	queue       *queue
	questions   questions
	log         *slog.Logger
	onError     func(context.Context, *Event, error)
	bodyTimeout time.Duration
	ctx         context.Context // of the handlers
	cancel      context.CancelFunc
}

// Option changes how a [Bot] is made.
type Option func(*settings)

type settings struct {
	servers     []Server
	queue       int
	workers     int
	maxBody     int64
	memory      int
	maxAge      time.Duration
	bodyTimeout time.Duration
	log         *slog.Logger
	onError     func(context.Context, *Event, error)
}

// WithServer adds a server that the bot is installed on. At least one is needed.
func WithServer(server Server) Option {
	return func(s *settings) { s.servers = append(s.servers, server) }
}

// WithQueue limits how many events wait for their handlers or are being handled, and how many conversations are handled at the same
// time. A delivery beyond the first is answered with 503. 0 means [DefaultQueue] and [DefaultWorkers].
func WithQueue(events, workers int) Option {
	return func(s *settings) { s.queue, s.workers = events, workers }
}

// WithMaxBody limits deliveries, in bytes; 0 means [DefaultMaxBody].
func WithMaxBody(bytes int64) Option {
	return func(s *settings) { s.maxBody = bytes }
}

// WithBodyTimeout limits how long the body of a delivery may take; 0 means [DefaultBodyTimeout].
func WithBodyTimeout(d time.Duration) Option {
	return func(s *settings) { s.bodyTimeout = d }
}

// WithReplayMemory says how many deliveries of each server are remembered, so that none is taken twice, and how old an event may be where
// the server tells its time. 0 means [DefaultMemory], and no limit of age.
func WithReplayMemory(deliveries int, maxAge time.Duration) Option {
	return func(s *settings) { s.memory, s.maxAge = deliveries, maxAge }
}

// WithLogger gets a warning for each delivery that is refused, and an error for each handler that fails.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) { s.log = logger }
}

// WithErrorHandler is told of each handler that fails or panics, and of each delivery that is refused; of those the event is nil.
func WithErrorHandler(f func(ctx context.Context, event *Event, err error)) Option {
	return func(s *settings) { s.onError = f }
}

// New returns a bot. It starts nothing; what cannot be right gives [talk.ErrInvalid].
func New(options ...Option) (*Bot, error) {
	const op = "new bot"
	s := settings{queue: DefaultQueue, workers: DefaultWorkers}
	for _, option := range options {
		option(&s)
	}
	for _, n := range []struct {
		field string
		value int64
	}{
		{"queue", int64(s.queue)},
		{"workers", int64(s.workers)},
		{"max body", s.maxBody},
		{"body timeout", int64(s.bodyTimeout)},
		{"replay memory", int64(s.memory)},
		{"max age", int64(s.maxAge)},
	} {
		if n.value < 0 {
			return nil, ocs.Invalid(op, n.field, "must not be negative")
		}
	}
	if len(s.servers) == 0 {
		return nil, ocs.Invalid(op, "server", "none given")
	}
	b := &Bot{clients: map[string]*Client{}, log: s.log, onError: s.onError, bodyTimeout: s.bodyTimeout}
	for _, server := range s.servers {
		c, err := NewClient(server)
		if err != nil {
			return nil, err
		}
		if b.clients[c.backend] != nil {
			return nil, ocs.Invalid(op, "server", "%s is given twice", c.backend)
		}
		b.clients[c.backend], b.only = c, c
	}
	if len(b.clients) > 1 {
		b.only = nil
	}
	secrets, err := StaticSecrets(s.servers...)
	if err != nil {
		return nil, err
	}
	b.Router = &Router{routes: &routes{}}
	b.verifier.Secrets, b.verifier.MaxBody, b.verifier.Memory, b.verifier.MaxAge = secrets, s.maxBody, s.memory, s.maxAge
	b.queue = newQueue(orDefault(s.queue, DefaultQueue), orDefault(s.workers, DefaultWorkers))
	b.bodyTimeout = orDefault(s.bodyTimeout, DefaultBodyTimeout)
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	b.questions.closed = make(chan struct{})
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b, nil
}

func orDefault[T ~int | ~int64](value, unset T) T {
	if value == 0 {
		return unset
	}
	return value
}

// Client gives the client for a server, by its [Server].URL or Backend; empty for the only one. An unknown address, or an empty one where
// there are several servers, gives [talk.ErrInvalid].
func (b *Bot) Client(server string) (*Client, error) {
	const op = "get bot client"
	if server == "" {
		if b.only == nil {
			return nil, ocs.Invalid(op, "server", "empty, and there are %d", len(b.clients))
		}
		return b.only, nil
	}
	u, err := parseBackend(server)
	if err != nil {
		return nil, ocs.Invalid(op, "server", "%w", err)
	}
	key := backendKey(u)
	if c := b.clients[key]; c != nil {
		return c, nil
	}
	for _, c := range b.clients {
		if backendKey(c.BaseURL()) == key {
			return c, nil
		}
	}
	return nil, ocs.Invalid(op, "server", "%s is none of the bot's", key)
}

// ServeHTTP takes a delivery. It answers when the delivery is verified and in the queue; handlers run afterwards.
//
// A refused delivery is answered with the status of [StatusCode], and a few words that tell no more than the kind of mistake.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The server gives up after 5 seconds; whoever is slower holds a connection for nothing. Not every writer can do it: then http.Server.ReadTimeout must.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(b.bodyTimeout))
	if err := b.receive(r); err != nil {
		b.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (b *Bot) receive(r *http.Request) error {
	if err := b.Err(); err != nil {
		return err
	}
	event, seen, err := b.verifier.verify(r)
	if err != nil {
		return err
	}
	client := b.clients[seen.backend]
	if client.own(event) || b.questions.answer(client, event) {
		return nil
	}
	err = b.queue.add(client.backend+" "+event.Conversation.Token, func(t *turn) { b.handle(t, client, event) })
	if err != nil { // the delivery may come again, from a proxy that tries once more
		b.verifier.forget(seen)
	}
	return err
}

func (b *Bot) refuse(w http.ResponseWriter, r *http.Request, err error) {
	b.log.WarnContext(r.Context(), "bot: delivery refused", "remote", r.RemoteAddr, "error", err)
	if b.onError != nil {
		b.onError(r.Context(), nil, err)
	}
	status := StatusCode(err)
	h := w.Header()
	switch status {
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close") // what is left of the body is not waited for
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, reason(err)+"\n")
}

// handle runs the handler of an event.
func (b *Bot) handle(t *turn, client *Client, event *Event) {
	ctx := context.WithValue(b.ctx, turnKey{}, t)
	if err := b.try(ctx, &Context{Event: event, bot: b, client: client}); err != nil {
		b.log.ErrorContext(ctx, "bot: handler failed", "conversation", event.Conversation.Token, "event", event.Type, "error", err)
		if b.onError != nil {
			b.onError(ctx, event, err)
		}
	}
}

func (b *Bot) try(ctx context.Context, c *Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			b.log.ErrorContext(ctx, "bot: handler panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %v", ErrPanic, v)
		}
	}()
	return b.find(c)(ctx, c)
}

// turnKey is the key of the turn in a handler's context.
type turnKey struct{}

// Shutdown refuses further deliveries, ends open questions with [ErrClosed], and waits for the events that it has taken to be handled. When
// the context ends first, it cancels the handlers' contexts and returns an error that says how many were left.
func (b *Bot) Shutdown(ctx context.Context) error {
	b.questions.close()
	err := b.queue.close(ctx)
	left := b.queue.left()
	b.cancel()
	if err != nil {
		return fmt.Errorf("bot: shut down with %d events unhandled: %w", left, err)
	}
	return nil
}
