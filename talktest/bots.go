package talktest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// BotSecret is the secret of a [Bot] that is given none.
const BotSecret = "a-secret-of-talktest-for-bots-in-tests-only"

// ErrNoSuchBot is for a bot that is not installed.
var ErrNoSuchBot = server.ErrNoSuchBot

// Bot is a bot that an administrator has installed on the server.
type Bot struct {
	Name string // "Bot", if empty
	// Secret signs what the bot is sent and what it answers: 40 to 128 bytes. Empty means [BotSecret].
	Secret string
	// URL is where it listens. [Server.ServeBot] finds one.
	URL         string
	Description string
	// Features are what it does; 0 is to be told of messages and to answer.
	Features talk.BotFeatures
}

// AddBot installs a bot, or changes the one with its URL, and gives its id. Moderators let it into conversations.
func (s *Server) AddBot(ctx context.Context, bot Bot) (int64, error) {
	if bot.Name == "" {
		bot.Name = "Bot"
	}
	if bot.Secret == "" {
		bot.Secret = BotSecret
	}
	id, err := s.talk.EnsureBot(ctx, server.Bot{
		Name: bot.Name, Secret: bot.Secret, URL: bot.URL, Description: bot.Description, Features: int(bot.Features),
	})
	if err != nil {
		return 0, fmt.Errorf("talktest: add bot %s: %w", bot.Name, err)
	}
	return id, nil
}

// AwaitBots returns when the bots have been told all that has happened so far, or could not be told: what failed is counted then. What
// they do about it may still be going on.
func (s *Server) AwaitBots(ctx context.Context) error {
	if err := s.talk.AwaitBots(ctx); err != nil {
		return fmt.Errorf("talktest: %w", err)
	}
	return nil
}

// BotErrors gives how many deliveries to a bot have failed, and why the last one did.
func (s *Server) BotErrors(ctx context.Context, id int64) (count int64, last string, err error) {
	b, err := s.bot(ctx, id)
	return b.Errors, b.LastError, err
}

func (s *Server) bot(ctx context.Context, id int64) (server.InstalledBot, error) {
	bots, err := s.talk.Bots(ctx)
	if err != nil {
		return server.InstalledBot{}, fmt.Errorf("talktest: %w", err)
	}
	i := slices.IndexFunc(bots, func(b server.InstalledBot) bool { return b.ID == id })
	if i < 0 {
		return server.InstalledBot{}, fmt.Errorf("talktest: bot %d: %w", id, ErrNoSuchBot)
	}
	return bots[i], nil
}

// ServeBot lets a bot listen on a port of its own, installs it, and gives its id. The bot is any handler of deliveries; one of the
// package talk/bot is made with [Server.URL] and the secret, [BotSecret] if none is given here. It hears of reactions, too, unless
// features are given. It ends with the test, before the server does; a bot with a method Shutdown is shut down then.
//
//	b, err := bot.New(bot.WithServer(bot.Server{URL: srv.URL, Secret: talktest.BotSecret}))
//	…
//	room := srv.BotRoom(t, srv.ServeBot(t, b, talktest.Bot{}))
//	answer := room.Ask(t, "alice", "/deploy api")
func (s *Server) ServeBot(t testing.TB, handler http.Handler, bot Bot) int64 {
	t.Helper()
	hook := httptest.NewServer(handler)
	t.Cleanup(func() {
		hook.Close()
		if b, ok := handler.(interface{ Shutdown(context.Context) error }); ok {
			ctx, cancel := context.WithTimeout(context.Background(), botPatience)
			defer cancel()
			if err := b.Shutdown(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	bot.URL = hook.URL
	if bot.Features == 0 {
		bot.Features = talk.BotWebhook | talk.BotResponse | talk.BotReaction
	}
	id, err := s.AddBot(t.Context(), bot)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// botPatience is how long a bot may take to answer.
const botPatience = 10 * time.Second

// BotRoom is a conversation with a bot in it. See [Server.BotRoom].
type BotRoom struct {
	Token string
	Bot   int64 // the bot's id

	srv    *Server
	actor  string                  // as whom the bot writes
	people map[string]*talk.Client // who takes part
	owner  *talk.Client
	after  int64 // the last message that an answer was looked for in
	failed int64 // how many deliveries had failed by then
}

// BotRoom makes a group conversation of some users, who are made if there are none, and lets the bot in. The first of them is its owner;
// without any it is alice. Every bot that says something at once has its answer there.
func (s *Server) BotRoom(t testing.TB, bot int64, users ...string) *BotRoom {
	t.Helper()
	if len(users) == 0 {
		users = []string{"alice"}
	}
	installed, err := s.bot(t.Context(), bot)
	if err != nil {
		t.Fatal(err)
	}
	owner := s.Client(t, users[0])
	room, err := owner.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: installed.Name})
	if err != nil {
		t.Fatal(err)
	}
	r := &BotRoom{
		Token: room.Token, Bot: bot, srv: s, actor: installed.ActorID, owner: owner, people: map[string]*talk.Client{users[0]: owner},
		failed: installed.Errors,
	}
	if room.LastMessage != nil {
		r.after = room.LastMessage.ID
	}
	for _, user := range users[1:] {
		r.Client(t, user)
	}
	if _, err := owner.Bots.Enable(t.Context(), room.Token, bot); err != nil {
		t.Fatal(err)
	}
	return r
}

// Client gives the client of a user, who comes into the conversation if they are not there.
func (r *BotRoom) Client(t testing.TB, user string) *talk.Client {
	t.Helper()
	if c := r.people[user]; c != nil {
		return c
	}
	c := r.srv.Client(t, user)
	if _, err := r.owner.Participants.Add(t.Context(), r.Token, talk.ActorUser, user); err != nil {
		t.Fatal(err)
	}
	r.people[user] = c
	return c
}

// Say has a user write a message, and gives it. Somebody who is not in the conversation comes in first.
func (r *BotRoom) Say(t testing.TB, user, text string) *talk.Message {
	t.Helper()
	m, err := r.Client(t, user).Chat.Send(t.Context(), r.Token, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Answer waits for the bot's next message, and gives it: the first after the one that was waited for before. The test ends when a
// delivery to the bot has failed, or when nothing comes for ten seconds.
func (r *BotRoom) Answer(t testing.TB) *talk.Message {
	t.Helper()
	return r.Await(t, func(m *talk.Message) bool {
		return m.ActorType == talk.ActorBot && m.ActorID == r.actor && !m.IsSystem()
	})
}

// Await is [BotRoom.Answer] for bots that do something else than writing: it waits for the next message that fits, system messages included.
func (r *BotRoom) Await(t testing.TB, fits func(*talk.Message) bool) *talk.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), botPatience)
	defer cancel()
	if err := r.srv.AwaitBots(ctx); err != nil {
		t.Fatal(err)
	}
	if count, last, err := r.srv.BotErrors(ctx, r.Bot); err != nil || count > r.failed {
		t.Fatalf("the bot could not be told: %s", errors.Join(err, errors.New(last)))
	}
	for m, err := range r.owner.Chat.Follow(ctx, r.Token, &talk.FollowOptions{After: r.after}) {
		if err != nil {
			t.Fatalf("the bot does not answer: %v", err)
		}
		r.after = m.ID
		if fits(m) {
			return m
		}
	}
	t.Fatal("the bot does not answer")
	return nil
}

// Ask has a user write a message, and waits for the bot's next one.
func (r *BotRoom) Ask(t testing.TB, user, text string) *talk.Message {
	t.Helper()
	r.Say(t, user, text)
	return r.Answer(t)
}
