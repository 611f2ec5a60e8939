package bot_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// pen is a bot whose answers go nowhere but into a list, for tests with their own time.
type pen struct {
	*bot.Bot
	sent chan string
}

func newPen(t *testing.T) *pen {
	t.Helper()
	p := &pen{sent: make(chan string, 10)}
	carrier := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		p.sent <- string(body)
		return &http.Response{StatusCode: http.StatusCreated, Body: bodyOf(`{"ocs":{"meta":{"statuscode":201},"data":null}}`), Request: r}, nil
	})}
	b, err := bot.New(bot.WithServer(bot.Server{URL: address, Secret: secret, HTTPClient: carrier}))
	if err != nil {
		t.Fatal(err)
	}
	p.Bot = b
	return p
}

type asked struct {
	*bot.Answer
	err error
}

// ask asks, and returns when the question waits.
func (p *pen) ask(t *testing.T, question string, choices []string, o *bot.AskOptions) <-chan asked {
	t.Helper()
	answers := make(chan asked, 1)
	go func() {
		a, err := p.Ask(t.Context(), token, question, choices, o)
		answers <- asked{a, err}
	}()
	<-p.sent
	synctest.Wait()
	return answers
}

const lunch = "Lunch, @ben?\n\n1️⃣ Pizza\n2️⃣ Soup"

// heard is the question as deliveries have it.
func heard(content string) bot.Note {
	return bot.Note{ID: 50, Author: bot.Actor{Type: talk.ActorBot, ID: "bot-1", Name: "Bot (Bot)"}, Content: content}
}

func mentioning(content string) bot.Note {
	n := heard(strings.ReplaceAll(content, "@ben", "{mention-user1}"))
	n.Parameters = map[string]talk.RichObject{"mention-user1": {Type: "user", ID: "ben", Name: "Ben Brown", MentionID: "ben"}}
	return n
}

func replyTo(n bot.Note, user, text string) *bot.Event {
	e := said(user, text)
	e.Type, e.InReplyTo = bot.EventReply, &n
	return e
}

func reactionTo(n bot.Note, user, emoji string) *bot.Event {
	e := &bot.Event{Type: bot.EventReactionAdded, Conversation: bot.Conversation{Token: token, Name: "Room"}, Note: n, Emoji: emoji}
	if user != "" { // as Talk 24 tells it
		e.Actor, e.Published = bot.Actor{Type: talk.ActorUser, ID: user, Name: user}, now()
	}
	return e
}

func TestAsk(t *testing.T) {
	t.Parallel()
	other := heard("Another question?")
	other.ID = 51
	bens := func(a bot.Actor) bool { return a.ID == "ben" }
	choices := []string{"Pizza", "Soup"}
	for name, test := range map[string]struct {
		from    func(bot.Actor) bool
		choices []string
		// ignored are events that answer nothing, and reach the handlers.
		ignored []*bot.Event
		answer  *bot.Event
		want    bot.Answer
	}{
		"by reply with a number":              {choices: choices, answer: replyTo(mentioning(lunch), "ben", "2"), want: bot.Answer{Choice: 1, Text: "Soup", Actor: bot.Actor{ID: "ben"}}},
		"by reply with words":                 {choices: choices, answer: replyTo(mentioning(lunch), "ben", "pizza "), want: bot.Answer{Choice: 0, Text: "Pizza", Actor: bot.Actor{ID: "ben"}}},
		"by number":                           {choices: choices, answer: said("ben", "2."), want: bot.Answer{Choice: 1, Text: "Soup", Actor: bot.Actor{ID: "ben"}}},
		"by an emoji as message":              {choices: choices, answer: said("ben", "1️⃣"), want: bot.Answer{Choice: 0, Text: "Pizza", Actor: bot.Actor{ID: "ben"}}},
		"by reaction":                         {choices: choices, answer: reactionTo(mentioning(lunch), "ben", "1️⃣"), want: bot.Answer{Choice: 0, Text: "Pizza", Actor: bot.Actor{ID: "ben"}}},
		"by reaction that is drawn otherwise": {choices: choices, answer: reactionTo(mentioning(lunch), "ben", "2⃣"), want: bot.Answer{Choice: 1, Text: "Soup", Actor: bot.Actor{ID: "ben"}}},
		"by reaction on an old server":        {choices: choices, answer: reactionTo(mentioning(lunch), "", "1️⃣"), want: bot.Answer{Choice: 0, Text: "Pizza"}},
		"freely, by reply":                    {ignored: []*bot.Event{said("ben", "1"), said("ben", "soup")}, answer: replyTo(mentioning("Lunch, @ben?"), "ben", "curry!"), want: bot.Answer{Choice: -1, Text: "curry!", Actor: bot.Actor{ID: "ben"}}},
		"after what answers nothing": {
			choices: choices,
			ignored: []*bot.Event{
				said("ben", "3"), said("ben", "0"), said("ben", "soup"), said("ben", "2 pizzas"), replyTo(mentioning(lunch), "ben", "maybe"), replyTo(other, "ben", "1"),
				reactionTo(mentioning(lunch), "ben", "👍"), reactionTo(mentioning(lunch), "ben", "3️⃣"), reactionTo(other, "ben", "1️⃣"), in("elsewhere", "1"),
			},
			answer: said("ben", "1"), want: bot.Answer{Choice: 0, Text: "Pizza", Actor: bot.Actor{ID: "ben"}},
		},
		"by who may": {
			choices: choices, from: bens,
			ignored: []*bot.Event{said("anna", "1"), replyTo(mentioning(lunch), "anna", "1"), reactionTo(mentioning(lunch), "anna", "1️⃣"), reactionTo(mentioning(lunch), "", "1️⃣")},
			answer:  said("ben", "2"), want: bot.Answer{Choice: 1, Text: "Soup", Actor: bot.Actor{ID: "ben"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPen(t)
				var routed []string
				p.Default(func(_ context.Context, c *bot.Context) error {
					routed = append(routed, string(c.Type)+c.Conversation.Token+c.Actor.ID+c.Text()+c.Emoji)
					return nil
				})
				answers := p.ask(t, "Lunch, @ben?", test.choices, &bot.AskOptions{From: test.from})
				var want []string
				for _, e := range test.ignored {
					want = append(want, string(e.Type)+e.Conversation.Token+e.Actor.ID+e.Text()+e.Emoji)
					deliver(t, p, e)
					synctest.Wait()
				}
				deliver(t, p, test.answer)
				got := <-answers
				if got.err != nil {
					t.Fatal(got.err)
				}
				if got.Choice != test.want.Choice || got.Text != test.want.Text || got.Actor.ID != test.want.Actor.ID || got.Event == nil {
					t.Errorf("%+v", got.Answer)
				}
				deliver(t, p, said("ben", "1")) // nobody asks any more
				want = append(want, "messageabcd1234ben1")
				if err := p.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(want, routed); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestTheNewestQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPen(t)
		first := p.ask(t, "Tea?", []string{"yes", "no"}, nil)
		second := p.ask(t, "Cake?", []string{"yes", "no"}, nil)
		deliver(t, p, said("ben", "2"))
		if a := <-second; a.err != nil || a.Text != "no" {
			t.Errorf("%+v", a)
		}
		deliver(t, p, said("ben", "1"))
		if a := <-first; a.err != nil || a.Text != "yes" {
			t.Errorf("%+v", a)
		}
	})
}

func TestQuestionsThatEndUnanswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPen(t)
		start := time.Now()
		if a := <-p.ask(t, "One?", nil, &bot.AskOptions{Timeout: time.Hour}); !errors.Is(a.err, bot.ErrNoAnswer) || time.Since(start) != time.Hour {
			t.Errorf("%v after %v", a.err, time.Since(start))
		}
		start = time.Now()
		if a := <-p.ask(t, "Two?", nil, nil); !errors.Is(a.err, bot.ErrNoAnswer) || time.Since(start) != bot.DefaultAskTimeout {
			t.Errorf("%v after %v", a.err, time.Since(start))
		}
		ctx, cancel := context.WithCancel(t.Context())
		answers := make(chan error, 1)
		go func() { answers <- errOf(p.Ask(ctx, token, "Three?", nil, nil)) }()
		<-p.sent
		cancel()
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		last := p.ask(t, "Four?", nil, nil)
		if err := p.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if a := <-last; !errors.Is(a.err, bot.ErrClosed) {
			t.Error(a.err)
		}
		if _, err := p.Ask(t.Context(), token, "Five?", nil, nil); !errors.Is(err, bot.ErrClosed) {
			t.Error(err)
		}
	})
}

// A handler that waits for an answer holds up neither the answer nor its conversation, and has the turn again when it goes on.
func TestAskInAHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPen(t)
		var order []string
		p.Command("/order", func(ctx context.Context, c *bot.Context) error {
			order = append(order, "asking")
			a, err := c.Ask(ctx, "What?", []string{"Pizza", "Soup"}, nil)
			if err != nil {
				return err
			}
			order = append(order, a.Text)
			return c.Reply(ctx, "Fine.")
		})
		slow := make(chan struct{})
		p.OnMessage(func(_ context.Context, c *bot.Context) error {
			order = append(order, c.Text())
			if c.Text() == "slow" {
				<-slow
				order = append(order, "slow done")
			}
			return nil
		})
		deliver(t, p, said("anna", "/order"))
		if question := <-p.sent; !strings.Contains(question, `"replyTo":`) {
			t.Errorf("asked with %s", question)
		}
		for _, text := range []string{"meanwhile", "slow", "later", "2"} {
			synctest.Wait()
			deliver(t, p, said("anna", text))
		}
		synctest.Wait()
		close(slow)
		<-p.sent
		if err := p.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		want := []string{"asking", "meanwhile", "slow", "slow done", "Soup", "later"}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Error(diff)
		}
	})
}

// A handler may ask several things at once, and leave a question behind when it is done; the order of its conversation stays.
func TestSeveralQuestionsOfAHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPen(t)
		var order []string
		answered := make(chan string, 3)
		p.Command("/order", func(ctx context.Context, c *bot.Context) error {
			var both sync.WaitGroup
			for _, question := range []string{"Eat?", "Drink?"} {
				both.Go(func() {
					a, err := c.Ask(ctx, question, nil, nil)
					if err != nil {
						t.Error(err)
						return
					}
					answered <- a.Text
				})
			}
			both.Wait()
			order = append(order, "both")
			go func() {
				a, err := c.Ask(ctx, "Tip?", nil, nil)
				if err != nil {
					t.Error(err)
					return
				}
				answered <- a.Text
			}()
			return nil
		})
		p.OnMessage(func(_ context.Context, c *bot.Context) error {
			order = append(order, c.Text())
			return nil
		})
		deliver(t, p, said("anna", "/order"))
		<-p.sent
		<-p.sent
		tell := func(e *bot.Event) {
			synctest.Wait()
			deliver(t, p, e)
		}
		tell(said("anna", "one"))
		tell(replyTo(heard("Eat?"), "anna", "pizza"))
		tell(said("anna", "two"))
		tell(replyTo(heard("Drink?"), "anna", "water"))
		<-p.sent
		tell(said("anna", "three"))
		tell(replyTo(heard("Tip?"), "anna", "none"))
		for _, want := range []string{"pizza", "water", "none"} {
			if got := <-answered; got != want {
				t.Errorf("answered %q, want %q", got, want)
			}
		}
		tell(said("anna", "four"))
		if err := p.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"one", "two", "both", "three", "four"}, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestQuestionsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	for name, err := range map[string]error{
		"blank question":   errOf(b.Ask(t.Context(), token, " ", nil, nil)),
		"blank choice":     errOf(b.Ask(t.Context(), token, "x", []string{"a", ""}, nil)),
		"eleven choices":   errOf(b.Ask(t.Context(), token, "x", strings.Split("abcdefghijk", ""), nil)),
		"negative timeout": errOf(b.Ask(t.Context(), token, "x", nil, &bot.AskOptions{Timeout: -1})),
		"unknown server":   errOf(b.Ask(t.Context(), token, "x", nil, &bot.AskOptions{Server: "https://x.example.com"})),
		"too long":         errOf(b.Ask(t.Context(), token, strings.Repeat("x", 32001), nil, nil)),
		"no conversation":  errOf(b.Ask(t.Context(), "", "x", nil, nil)),
	} {
		if !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPen(t)
		first := p.ask(t, "Tea?", nil, nil)
		if _, err := p.Ask(t.Context(), token, "Tea?", nil, nil); !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("the same once more: %v", err)
		}
		deliver(t, p, replyTo(heard("Tea?"), "ben", "please"))
		if a := <-first; a.err != nil {
			t.Error(a.err)
		}
	})
}
