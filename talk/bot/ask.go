package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/talk"
)

// DefaultAskTimeout is how long a question waits for its answer, unless something else is said.
const DefaultAskTimeout = 10 * time.Minute

// AskOptions says how a question is asked, and who may answer it.
type AskOptions struct {
	// Server is the [Server].URL to ask on; empty for the only one. [Context.Ask] asks where the event happened.
	Server string
	// Timeout is how long to wait; 0 means [DefaultAskTimeout].
	Timeout time.Duration
	// From says who may answer; nil means everybody. It is called from several goroutines, and must be quick.
	From func(Actor) bool
	// ReplyTo is the id of the message that the question answers.
	ReplyTo int64
	// Silent spares everybody a notification.
	Silent bool
}

// Answer is what somebody answered.
type Answer struct {
	// Choice is the index of the choice, or -1 where there were none to choose from.
	Choice int
	// Text is the choice, or what was answered where there were none.
	Text string
	// Actor is who answered; zero where the server does not tell who reacted (before Talk 24) and the bot has no account to find out.
	Actor Actor
	// Event is what brought the answer.
	Event *Event
}

// keycaps are the emoji to react with, by choice.
var keycaps = []string{"1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟"}

// Ask asks in a conversation, and waits for an answer: a reply to the question with the number or the words of a choice, a message that is a
// number and nothing else, or a reaction with the emoji of a number. With several open questions in a conversation the message goes to the newest.
// Without choices, any reply to the question is the answer. Answers do not reach the handlers.
//
// Choices are up to ten. When nobody answers in time the error is [ErrNoAnswer], when the bot shuts down [ErrClosed], and else that of the
// context. A handler that asks lets the other events of its conversation be handled while it waits, if it passes its context on.
//
// With [Server].Account the bot offers the choices as reactions to its question, and knows who reacted on servers that do not tell it.
// Without, nobody's reaction counts there when From limits who may answer.
func (b *Bot) Ask(ctx context.Context, conversation, question string, choices []string, options *AskOptions) (*Answer, error) {
	o := AskOptions{}
	if options != nil {
		o = *options
	}
	c, err := b.Client(o.Server)
	if err != nil {
		return nil, err
	}
	return b.ask(ctx, c, conversation, question, choices, o)
}

func (b *Bot) ask(ctx context.Context, c *Client, token, text string, choices []string, o AskOptions) (*Answer, error) {
	const op = "ask"
	switch {
	case len(choices) > len(keycaps):
		return nil, ocs.Invalid(op, "choices", "%d, more than %d", len(choices), len(keycaps))
	case slices.ContainsFunc(choices, func(choice string) bool { return strings.TrimSpace(choice) == "" }):
		return nil, ocs.Invalid(op, "choices", "one is blank")
	case strings.TrimSpace(text) == "":
		return nil, ocs.Invalid(op, "question", "blank")
	case o.Timeout < 0:
		return nil, ocs.Invalid(op, "timeout", "must not be negative")
	}
	q := &question{client: c, token: token, text: questionText(text, choices), choices: choices, from: o.From, candidates: make(chan *Event, maxCandidates)}
	if n := utf8.RuneCountInString(q.text); n > MaxMessage {
		return nil, ocs.Invalid(op, "question", "%d characters, more than %d: %w", n, MaxMessage, talk.ErrTooLarge)
	}
	if err := b.questions.open(q); err != nil { // before it is sent: an answer may be faster than the server's
		return nil, err
	}
	defer b.questions.end(q)
	ids, err := c.Send(ctx, token, q.text, &SendOptions{ReplyTo: o.ReplyTo, Silent: o.Silent})
	if err != nil {
		return nil, err
	}
	if c.account != nil {
		if err := b.offer(ctx, q, ids[0]); err != nil {
			b.log.WarnContext(ctx, "bot: choices not offered as reactions", "conversation", token, "error", err)
		}
	}
	var answer *Answer
	wait := func() { answer, err = b.await(ctx, q, orDefault(o.Timeout, DefaultAskTimeout)) }
	if t, ok := ctx.Value(turnKey{}).(*turn); ok {
		t.pause(wait)
	} else {
		wait()
	}
	return answer, err
}

// questionText gives a question with its choices.
func questionText(text string, choices []string) string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(text))
	for i, choice := range choices {
		if i == 0 {
			b.WriteByte('\n')
		}
		b.WriteString("\n" + keycaps[i] + " " + strings.TrimSpace(choice))
	}
	return b.String()
}

// offer learns which message the question is, and reacts to it with each choice.
func (b *Bot) offer(ctx context.Context, q *question, referenceID string) error {
	m, err := q.client.Find(ctx, q.token, referenceID)
	if err != nil {
		return err
	}
	b.questions.identify(q, m.ID)
	for i := range q.choices {
		if err := q.client.React(ctx, q.token, m.ID, keycaps[i]); err != nil {
			return err
		}
	}
	return nil
}

// await waits until one of the candidates is an answer.
func (b *Bot) await(ctx context.Context, q *question, timeout time.Duration) (*Answer, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		select {
		case e := <-q.candidates:
			choice, text, _ := q.read(e)
			answer := &Answer{choice, text, e.Actor, e}
			if answer.Actor.IsZero() {
				answer.Actor = b.reactor(ctx, q, e)
			}
			if q.allows(answer.Actor) {
				return answer, nil
			}
		case <-timer.C:
			return nil, fmt.Errorf("%w within %v", ErrNoAnswer, timeout)
		case <-b.questions.closed:
			return nil, ErrClosed
		case <-ctx.Done():
			return nil, fmt.Errorf("bot: ask: %w", context.Cause(ctx))
		}
	}
}

// reactor finds out who reacted, where the server does not tell: the last one who may answer; zero for nobody.
func (b *Bot) reactor(ctx context.Context, q *question, e *Event) Actor {
	if q.client.account == nil {
		return Actor{}
	}
	reactions, err := q.client.account.Reactions.List(ctx, q.token, e.Note.ID, &talk.ListReactionsOptions{Emoji: e.Emoji})
	if err != nil {
		b.log.WarnContext(ctx, "bot: who reacted is unknown", "conversation", q.token, "message", e.Note.ID, "error", err)
		return Actor{}
	}
	var last Actor
	var at time.Time
	for _, r := range reactions[e.Emoji] {
		a := Actor{Type: r.ActorType, ID: r.ActorID, Name: r.ActorDisplayName}
		if a.Type != talk.ActorBot && q.allows(a) && !r.Timestamp.Before(at) {
			last, at = a, r.Timestamp
		}
	}
	return last
}

// maxCandidates is how many answers of one question wait to be looked at.
const maxCandidates = 16

// question is one that waits for its answer.
type question struct {
	client     *Client
	token      string
	text       string
	choices    []string
	from       func(Actor) bool
	candidates chan *Event

	id int64 // the message, 0 until it is known; guarded by questions.mu
}

// allows reports whether somebody may answer.
func (q *question) allows(a Actor) bool {
	return q.from == nil || !a.IsZero() && q.from(a)
}

var number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})[.)]?$`) })

// read gives what an event answers. Of a message that is no reply only a number counts, since nothing says what it is meant for.
func (q *question) read(e *Event) (choice int, text string, ok bool) {
	said := strings.TrimSpace(e.Text())
	if e.Type == EventReactionAdded {
		said = e.Emoji
	} else if len(q.choices) == 0 {
		return -1, said, e.Type == EventReply
	}
	for i, c := range q.choices {
		if bare(said) == bare(keycaps[i]) || e.Type == EventReply && strings.EqualFold(said, strings.TrimSpace(c)) {
			return i, strings.TrimSpace(c), true
		}
	}
	if m := number().FindStringSubmatch(said); m != nil && e.Type != EventReactionAdded {
		if n, err := strconv.Atoi(m[1]); err == nil && n >= 1 && n <= len(q.choices) {
			return n - 1, strings.TrimSpace(q.choices[n-1]), true
		}
	}
	return 0, "", false
}

// bare leaves out of an emoji what only says how to draw it.
func bare(emoji string) string { return strings.ReplaceAll(emoji, "\ufe0f", "") }

// is reports whether a message is the question: by its id, if that is known, or by its text.
func (q *question) is(n *Note) bool {
	if q.id != 0 {
		return n.ID == q.id
	}
	if !n.Author.IsZero() && n.Author.Type != talk.ActorBot {
		return false
	}
	return plain(original(n)) == plain(q.text)
}

// original gives a message as it was sent, with its mentions.
func original(n *Note) string {
	text := n.Content
	for name, object := range n.Parameters {
		if strings.HasPrefix(name, "mention-") {
			id := object.MentionID
			if id == "" {
				id = object.ID
			}
			text = strings.ReplaceAll(text, "{"+name+"}", "@"+id)
		}
	}
	return text
}

var quotedID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`@"([^"\n]+)"`) })

func plain(text string) string { return strings.TrimSpace(quotedID().ReplaceAllString(text, "@$1")) }

// questions are the open ones of a bot, oldest first.
type questions struct {
	mu     sync.Mutex
	all    []*question
	ended  bool
	closed chan struct{}
}

var errAskedTwice = errors.New("the same question is open there")

func (qs *questions) open(q *question) error {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if qs.ended {
		return ErrClosed
	}
	for _, other := range qs.all { // nothing would tell their answers apart
		if other.client == q.client && other.token == q.token && plain(other.text) == plain(q.text) {
			return ocs.Invalid("ask", "question", "%w", errAskedTwice)
		}
	}
	qs.all = append(qs.all, q)
	return nil
}

func (qs *questions) end(q *question) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	qs.all = slices.DeleteFunc(qs.all, func(other *question) bool { return other == q })
}

func (qs *questions) identify(q *question, id int64) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	q.id = id
}

func (qs *questions) close() {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if !qs.ended {
		qs.ended = true
		close(qs.closed)
	}
}

// answer hands an event to the question that it answers, and reports whether there is one.
func (qs *questions) answer(client *Client, e *Event) bool {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	for _, q := range slices.Backward(qs.all) {
		if q.client != client || q.token != e.Conversation.Token {
			continue
		}
		switch e.Type {
		case EventReply:
			if !q.is(e.InReplyTo) {
				continue
			}
			q.learn(e.InReplyTo)
		case EventReactionAdded:
			if !q.is(&e.Note) {
				continue
			}
			q.learn(&e.Note)
		case EventMessage:
			if len(q.choices) == 0 {
				continue
			}
		default:
			return false
		}
		if _, _, ok := q.read(e); !ok || !q.mayAnswer(e.Actor) {
			continue
		}
		select {
		case q.candidates <- e:
			return true
		default:
			return false
		}
	}
	return false
}

func (q *question) learn(n *Note) { q.id = n.ID }

// mayAnswer is allows for somebody whom the server may not have told; who that is can be found out with an account only.
func (q *question) mayAnswer(a Actor) bool {
	return a.IsZero() && q.client.account != nil || q.allows(a)
}
