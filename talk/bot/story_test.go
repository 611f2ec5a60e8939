package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

// world is a server with a bot in a conversation of alice and bob.
type world struct {
	bot        *bot.Bot
	server     bot.Server
	alice, bob *talk.Client
	room       *talktest.BotRoom
	id         int64
	events     chan string
}

func newWorld(t *testing.T, account bool) *world {
	t.Helper()
	srv := talktest.NewServer(t, talktest.WithBasePath("/nextcloud"))
	w := &world{alice: srv.Client(t, "alice"), bob: srv.Client(t, "bob"), events: make(chan string, 1000)}
	w.server = bot.Server{URL: srv.URL, Secret: secret}
	if account {
		w.server.Account = w.alice
	}
	var err error
	if w.bot, err = bot.New(bot.WithServer(w.server), bot.WithErrorHandler(func(_ context.Context, _ *bot.Event, err error) { t.Error(err) })); err != nil {
		t.Fatal(err)
	}
	w.bot.Default(func(_ context.Context, c *bot.Context) error {
		w.events <- fmt.Sprintf("%s by %q: %s%s", c.Type, c.Actor.ID, c.Text(), c.Emoji)
		return nil
	})
	w.id = srv.ServeBot(t, w.bot, talktest.Bot{Name: "Helper", Secret: secret})
	w.room = srv.BotRoom(t, w.id, "alice", "bob")
	if got := w.next(t); !strings.HasPrefix(got, `joined by "bot-`) {
		t.Fatal(got)
	}
	return w
}

// next gives the next event that the default handler was told of.
func (w *world) next(t *testing.T) string {
	t.Helper()
	select {
	case e := <-w.events:
		return e
	case <-t.Context().Done():
		t.Fatal("no event")
		return ""
	}
}

func (w *world) say(t *testing.T, who *talk.Client, text string, options *talk.SendOptions) *talk.Message {
	t.Helper()
	m, err := who.Chat.Send(t.Context(), w.room.Token, text, options)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// answers waits until the conversation has so many messages of the bot, and gives them, oldest first.
func (w *world) answers(t *testing.T, count int) (all []*talk.Message) {
	t.Helper()
	after := int64(0)
	for len(all) < count {
		page, err := w.bob.Chat.Page(t.Context(), w.room.Token, &talk.PageOptions{Forward: true, LastKnown: after, Timeout: 10e9})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			if m.ActorType == talk.ActorBot && !m.IsSystem() {
				all = append(all, m)
			}
		}
		after = max(after, page.LastGiven)
	}
	return all
}

func TestStoryOfABot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.bot.Command("/echo {what...}", func(ctx context.Context, c *bot.Context) error {
		if err := c.React(ctx, "👀"); err != nil {
			return err
		}
		if err := c.Reply(ctx, c.Arg("what")); err != nil {
			return err
		}
		return c.Unreact(ctx, "👀")
	})
	asked := w.say(t, w.alice, "/echo hello @bob & <b>all</b>", nil)
	got := w.answers(t, 1)[0]
	if got.Text() != "hello @bob & <b>all</b>" || got.Parent == nil || got.Parent.ID != asked.ID || got.ActorDisplayName != "Helper (Bot)" {
		t.Errorf("%+v", got)
	}
	first := w.say(t, w.alice, "hi @bob", nil)
	w.say(t, w.bob, "hi yourself", &talk.SendOptions{ReplyTo: first.ID})
	if _, err := w.bob.Reactions.Add(t.Context(), w.room.Token, first.ID, "🎉"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.alice.Chat.Edit(t.Context(), w.room.Token, first.ID, "hi there"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`message by "alice": hi @bob`, `reply by "bob": hi yourself`, `reaction-added by "": hi @bob🎉`, `system by "alice": alice edited a message`,
	}
	var events []string
	for range want {
		events = append(events, w.next(t))
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	w.bot.Command("/whole", func(ctx context.Context, c *bot.Context) error {
		m, err := c.Event.Message(ctx, w.alice)
		if err == nil {
			err = c.Send(ctx, string(m.ActorType)+" "+m.ReferenceID, nil)
		}
		return err
	})
	w.say(t, w.alice, "/whole", &talk.SendOptions{ReferenceID: "ref"})
	if got := w.answers(t, 2)[1]; got.Text() != "users ref" || got.Parent != nil {
		t.Errorf("%+v", got)
	}

	c, err := w.bot.Client("")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.React(t.Context(), w.room.Token, 1<<40, "👍"); !errors.Is(err, talk.ErrNotFound) || !strings.Contains(err.Error(), "no such message") {
		t.Error(err)
	}
	if err := c.React(t.Context(), w.room.Token, first.ID, "no"); !errors.Is(err, talk.ErrInvalid) {
		t.Error(err)
	}
	if err := c.Unreact(t.Context(), w.room.Token, first.ID, "👍"); !errors.Is(err, talk.ErrNotFound) {
		t.Error(err)
	}
	if _, err := w.alice.Bots.Disable(t.Context(), w.room.Token, w.id); err != nil {
		t.Fatal(err)
	}
	if got := w.next(t); !strings.HasPrefix(got, `left by "bot-`) {
		t.Error(got)
	}
	if _, err := c.Send(t.Context(), w.room.Token, "still there?", nil); !errors.Is(err, talk.ErrUnauthorized) || !strings.Contains(err.Error(), "not enabled") {
		t.Error(err)
	}
}

func TestStoryOfAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true)
	answers := make(chan asked, 1)
	ask := func(o *bot.AskOptions) *talk.Message {
		before := len(w.answersSoFar(t))
		go func() {
			a, err := w.bot.Ask(t.Context(), w.room.Token, `Lunch, @"bob"?`, []string{"Pizza", "Soup"}, o)
			answers <- asked{a, err}
		}()
		return w.answers(t, before+1)[before]
	}

	question := ask(nil)
	if question.Text() != "Lunch, @bob?\n\n1️⃣ Pizza\n2️⃣ Soup" {
		t.Errorf("%q", question.Text())
	}
	if _, err := w.bob.Reactions.Add(t.Context(), w.room.Token, question.ID, "2️⃣"); err != nil {
		t.Fatal(err)
	}
	if a := <-answers; a.err != nil || a.Text != "Soup" || a.Actor.ID != "bob" { // though the server does not tell bots who reacted
		t.Errorf("%+v, %v", a.Answer, a.err)
	}

	question = ask(&bot.AskOptions{From: func(a bot.Actor) bool { return a.ID == "bob" }})
	w.say(t, w.alice, "1", &talk.SendOptions{ReplyTo: question.ID})
	if got := w.next(t); got != `reply by "alice": 1` {
		t.Error(got)
	}
	w.say(t, w.bob, "soup", &talk.SendOptions{ReplyTo: question.ID})
	if a := <-answers; a.err != nil || a.Choice != 1 || a.Actor.ID != "bob" {
		t.Errorf("%+v, %v", a.Answer, a.err)
	}
	offered, err := w.alice.Reactions.List(t.Context(), w.room.Token, question.ID, nil)
	if err != nil || len(offered) == 0 || slices.ContainsFunc(offered["1️⃣"], func(r talk.Reaction) bool { return r.ActorType != talk.ActorBot }) {
		t.Errorf("offered %v, %v", offered, err)
	}
	if len(w.events) > 0 { // neither the bot's own reactions nor the answers
		t.Errorf("the handlers were told: %s", <-w.events)
	}
}

func (w *world) answersSoFar(t *testing.T) (all []*talk.Message) {
	t.Helper()
	for m, err := range w.bob.Chat.History(t.Context(), w.room.Token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if m.ActorType == talk.ActorBot && !m.IsSystem() {
			all = append(all, m)
		}
	}
	return all
}
