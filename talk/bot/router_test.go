package bot_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// stage is a bot with a server to answer to.
type stage struct {
	*bot.Bot
	server nextcloud
	config bot.Server
}

func newStage(t testing.TB, options ...bot.Option) *stage {
	t.Helper()
	s := &stage{}
	s.server.t = t
	srv := httptest.NewServer(&s.server)
	t.Cleanup(srv.Close)
	s.config = bot.Server{URL: srv.URL, Secret: secret}
	b, err := bot.New(append([]bot.Option{bot.WithServer(s.config)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	s.Bot = b
	return s
}

// tell delivers events, and waits until they are handled.
func (s *stage) tell(t testing.TB, events ...*bot.Event) {
	t.Helper()
	for _, e := range events {
		if got := serve(s, deliveryOf(t, s.config, e)).Code; got != http.StatusOK {
			t.Errorf("%s: answered %d", e.Text(), got)
		}
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	ben := map[string]talk.RichObject{"mention-user1": {Type: "user", ID: "ben", Name: "Ben Brown", MentionID: "ben"}}
	for _, test := range []struct{ said, want string }{
		{"/deploy api", "deploy api to ()"},
		{"/deploy api prod", "deploy api to (prod)"},
		{"  /DEPLOY\tapi\nprod ", "deploy api to (prod)"},
		{`/deploy "two words" prod`, "deploy two words to (prod)"},
		{`/deploy "" prod`, "deploy  to (prod)"},
		{`/deploy "open prod`, `deploy "open to (prod)`},
		{"/deploy", "Usage: `/deploy {service} [env]`"},
		{"/deploy a b c", "Usage: `/deploy {service} [env]`"},
		{"/deployed api", "default: /deployed api"},
		{"please /deploy api", "default: please /deploy api"},
		{`"/deploy" api`, `default: "/deploy" api`},
		{"/job start 7", "start 7"},
		{"/job Stop 7", "stop 7"},
		{"/job start", "Usage: `/job start {id}`"},
		{"/job pause 7", "default: /job pause 7"},
		{"/assign {mention-user1} fix  the\n*door*", "users/ben Ben Brown: @Ben Brown: fix  the\n*door*"},
		{"/assign {mention-user2} x", "nobody: {mention-user2}: x"},
		{"/assign ben", "nobody: ben: "},
		{"good Morning, bot", "heard Morning morning"},
		{"anything", "default: anything"},
	} {
		t.Run(test.said, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			reply := func(f func(c *bot.Context) string) bot.Handler {
				return func(ctx context.Context, c *bot.Context) error { return c.Reply(ctx, f(c)) }
			}
			s.Command("/deploy {service} [env]", reply(func(c *bot.Context) string {
				return "deploy " + c.Arg("service") + " to (" + c.Arg("env") + ")"
			}))
			s.Command("/job start {id}", reply(func(c *bot.Context) string { return "start " + c.Arg("id") }))
			s.Command("/job stop {id}", reply(func(c *bot.Context) string { return "stop " + c.Arg("id") }))
			s.Command("/assign {who} [what...]", reply(func(c *bot.Context) string {
				who := "nobody"
				if m, ok := c.ArgMention("who"); ok {
					who = string(m.Type) + "/" + m.ID + " " + m.Name
				}
				return who + ": " + c.Arg("who") + ": " + c.Arg("what") + c.Arg("none")
			}))
			s.Hears(regexp.MustCompile(`(?i)good (?<time>morning)`), reply(func(c *bot.Context) string {
				return "heard " + c.Match(1) + " " + strings.ToLower(c.MatchNamed("time")) + c.Match(2) + c.Match(-1) + c.MatchNamed("x")
			}))
			s.Default(reply(func(c *bot.Context) string { return "default: " + c.Text() }))
			e := said("anna", test.said)
			e.Note.Parameters = ben
			s.tell(t, e)
			want := strings.TrimSpace(test.want)
			if diff := cmp.Diff([]string{want}, s.server.texts()); diff != "" {
				t.Error(diff)
			}
			if got := s.server.messages[0]["replyTo"]; got != float64(e.Note.ID) {
				t.Errorf("replies to %v, want %d", got, e.Note.ID)
			}
		})
	}
}

func TestEventsFindTheirHandlers(t *testing.T) {
	t.Parallel()
	place, anna := bot.Conversation{Token: token, Name: "Room"}, bot.Actor{Type: talk.ActorUser, ID: "anna", Name: "Anna"}
	self := bot.Actor{Type: talk.ActorBot, ID: "bot-1", Name: "Bot"}
	about := bot.Note{ID: 7, Author: anna, Content: "hi"}
	for want, e := range map[string]*bot.Event{
		"message":  said("anna", "hi"),
		"reply":    {Type: bot.EventReply, Conversation: place, Actor: anna, Note: about, InReplyTo: &about},
		"reaction": {Type: bot.EventReactionAdded, Conversation: place, Note: about, Emoji: "👍"},
		"removed":  {Type: bot.EventReactionRemoved, Conversation: place, Note: about, Emoji: "👍"},
		"join":     {Type: bot.EventJoined, Conversation: place, Actor: self},
		"leave":    {Type: bot.EventLeft, Conversation: place, Actor: self},
		"system":   {Type: bot.EventSystem, Conversation: place, Actor: anna, Note: bot.Note{ID: 8, Name: "user_added", Content: "x"}},
	} {
		var got []string
		register := func(b *bot.Bot) {
			handler := func(name string) bot.Handler {
				return func(_ context.Context, c *bot.Context) error {
					if c.Type == bot.EventReply || c.Type == bot.EventReactionRemoved {
						name = map[bot.EventType]string{bot.EventReply: "reply", bot.EventReactionRemoved: "removed"}[c.Type]
					}
					got = append(got, name)
					return nil
				}
			}
			b.OnMessage(handler("message"))
			b.OnMessage(handler("a second one"))
			b.OnReaction(handler("reaction"))
			b.OnJoin(handler("join"))
			b.OnLeave(handler("leave"))
			b.OnSystem(handler("system"))
			b.Default(handler("default"))
		}
		s := newStage(t)
		register(s.Bot)
		s.tell(t, e)
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s: %s", want, diff)
		}
		s = newStage(t) // nothing is registered
		s.tell(t, e)
	}
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var got []string
	wrap := func(name string) bot.Middleware {
		return func(next bot.Handler) bot.Handler {
			return func(ctx context.Context, c *bot.Context) error {
				got = append(got, name)
				return next(ctx, c)
			}
		}
	}
	end := func(name string) bot.Handler {
		return func(context.Context, *bot.Context) error {
			got = append(got, name)
			return nil
		}
	}
	moderators := s.Group(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, c *bot.Context) error {
			if !c.Actor.ParticipantType.IsModerator() {
				return c.React(ctx, "🚫")
			}
			return next(ctx, c)
		}
	})
	moderators.Group(wrap("inner")).Command("/stop", end("stop"))
	s.Command("/status", end("status"))
	s.Use(wrap("first"), wrap("second"))
	boss := said("anna", "/stop")
	boss.Actor.ParticipantType = talk.ParticipantOwner
	s.tell(t, said("ben", "/status"), said("ben", "/stop"), boss)
	want := []string{"first", "second", "status", "first", "second", "first", "second", "inner", "stop"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(s.server.requests); n != 1 || !strings.Contains(s.server.requests[0], "/reaction/") {
		t.Errorf("answers: %v", s.server.requests)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	nothing := func(context.Context, *bot.Context) error { return nil }
	s.Command("/deploy  {service} [env]", nothing).Describe("Deploys a service.")
	s.Group().Command("/status", nothing)
	s.Command("/secret", nothing).Hide()
	s.HelpCommand("/help")
	want := "- `/deploy {service} [env]`: Deploys a service.\n- `/status`\n- `/help`: Lists what I can do."
	if diff := cmp.Diff(want, s.Help()); diff != "" {
		t.Error(diff)
	}
	s.tell(t, said("anna", "/help"))
	if diff := cmp.Diff([]string{want}, s.server.texts()); diff != "" {
		t.Error(diff)
	}
}

func TestWrongPatterns(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, *bot.Context) error { return nil }
	for name, register := range map[string]func(*bot.Bot){
		"empty":                   func(b *bot.Bot) { b.Command(" ", nothing) },
		"begins with parameter":   func(b *bot.Bot) { b.Command("{x}", nothing) },
		"open brace":              func(b *bot.Bot) { b.Command("/x {y", nothing) },
		"bad name":                func(b *bot.Bot) { b.Command("/x {1}", nothing) },
		"same name":               func(b *bot.Bot) { b.Command("/x {y} [y]", nothing) },
		"required after optional": func(b *bot.Bot) { b.Command("/x [y] {z}", nothing) },
		"word after optional":     func(b *bot.Bot) { b.Command("/x [y] z", nothing) },
		"after the rest":          func(b *bot.Bot) { b.Command("/x {y...} [z]", nothing) },
		"no handler":              func(b *bot.Bot) { b.Command("/x", nil) },
		"no expression":           func(b *bot.Bot) { b.Hears(nil, nothing) },
		"nothing on message":      func(b *bot.Bot) { b.OnMessage(nil) },
		"no middleware":           func(b *bot.Bot) { b.Use(nil) },
	} {
		b := newBot(t)
		if b.Err() != nil {
			t.Fatal(b.Err())
		}
		register(b)
		b.Command("/good", nothing)
		if b.Err() == nil {
			t.Errorf("%s: no error", name)
		}
		if got := deliver(t, b, said("anna", "hi")); got != http.StatusInternalServerError {
			t.Errorf("%s: answered %d", name, got)
		}
		if err := b.ListenAndServe(t.Context(), "127.0.0.1:0"); !errors.Is(err, b.Err()) && err.Error() != b.Err().Error() {
			t.Errorf("%s: served: %v", name, err)
		}
	}
	b := newBot(t)
	b.Command("/x {y", nothing)
	if !errors.Is(b.Err(), bot.ErrPattern) {
		t.Error(b.Err())
	}
}

// What bots do is not told to handlers, the bot's own reactions included, though old servers do not say whose they are.
func TestABotDoesNotHearItself(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var got []string
	s.Default(func(_ context.Context, c *bot.Context) error {
		got = append(got, c.Emoji+string(c.SystemMessage))
		return nil
	})
	c, err := s.Client("")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.React(t.Context(), token, 7, "👍"); err != nil {
		t.Fatal(err)
	}
	if err := c.Unreact(t.Context(), token, 7, "👍"); err != nil {
		t.Fatal(err)
	}
	anna, other := bot.Actor{Type: talk.ActorUser, ID: "anna"}, bot.Actor{Type: talk.ActorBot, ID: "bot-2"}
	place, about := bot.Conversation{Token: token, Name: "Room"}, bot.Note{ID: 7, Author: anna, Content: "hi"}
	like := &bot.Event{Type: bot.EventReactionAdded, Conversation: place, Note: about, Emoji: "👍"}
	undo := &bot.Event{Type: bot.EventReactionRemoved, Conversation: place, Note: about, Emoji: "👍"}
	hers := &bot.Event{Type: bot.EventReactionAdded, Conversation: place, Note: about, Emoji: "🎉"}
	newer := &bot.Event{Type: bot.EventReactionAdded, Conversation: place, Actor: other, Note: about, Emoji: "🚀", Published: now()}
	revoked := &bot.Event{Type: bot.EventSystem, Conversation: place, Actor: other, Note: bot.Note{ID: 8, Name: "reaction_revoked"}}
	s.tell(t, like, undo, hers, newer, revoked, like, undo)
	if diff := cmp.Diff([]string{"🎉", "👍", "👍"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestClientOfServer(t *testing.T) {
	t.Parallel()
	one, two := bot.Server{URL: address, Secret: secret}, bot.Server{URL: "https://two.example.com", Backend: "http://localhost", Secret: secret2}
	b, err := bot.New(bot.WithServer(one), bot.WithServer(two))
	if err != nil {
		t.Fatal(err)
	}
	for server, want := range map[string]string{address + "/": address, two.URL: two.URL, two.Backend: two.URL} {
		if c, err := b.Client(server); err != nil || c.BaseURL().String() != want {
			t.Errorf("%s: %v, %v", server, c, err)
		}
	}
	for _, server := range []string{"", "https://three.example.com", "two"} {
		if _, err := b.Client(server); !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", server, err)
		}
	}
}
