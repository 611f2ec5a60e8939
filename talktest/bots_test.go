package talktest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

func TestABotInAFewLines(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "/nextcloud"} {
		srv := talktest.NewServer(t, talktest.WithBasePath(path))
		b, err := bot.New(bot.WithServer(bot.Server{URL: srv.URL, Secret: talktest.BotSecret}))
		if err != nil {
			t.Fatal(err)
		}
		b.OnJoin(func(ctx context.Context, c *bot.Context) error { return c.Send(ctx, "Hello!", nil) })
		b.Command("/deploy {service}", func(ctx context.Context, c *bot.Context) error {
			return c.Reply(ctx, "Deploying "+c.Arg("service")+" for "+c.Actor.Name)
		})

		room := srv.BotRoom(t, srv.ServeBot(t, b, talktest.Bot{Name: "Deployer"}), "alice")
		if got := room.Answer(t); got.Text() != "Hello!" || got.ActorDisplayName != "Deployer (Bot)" {
			t.Errorf("it greets %q as %s", got.Text(), got.ActorDisplayName)
		}
		for _, user := range []string{"alice", "bob"} { // bob comes in to say it
			if got := room.Ask(t, user, "/deploy api"); got.Text() != "Deploying api for "+user || got.Parent == nil {
				t.Errorf("it answers %q to %s", got.Text(), user)
			}
		}
	}
}

// TestBotsAreToldTheBasePath has deliveries that time causes, too, name the server as the bot knows it.
func TestBotsAreToldTheBasePath(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t, talktest.WithBasePath("/deep/nextcloud/"))
	if !strings.HasSuffix(srv.URL, "/deep/nextcloud") {
		t.Errorf("the address is %s", srv.URL)
	}
	backends := make(chan string, 10)
	room := srv.BotRoom(t, srv.ServeBot(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		backends <- r.Header.Get("X-Nextcloud-Talk-Backend")
	}), talktest.Bot{}))
	room.Say(t, "alice", "hello")
	if err := srv.AwaitBots(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(backends)
	told := 0
	for backend := range backends {
		if told++; backend != srv.URL+"/" {
			t.Errorf("the bot is told %s", backend)
		}
	}
	if told != 2 { // that it was let in, and the message
		t.Errorf("%d deliveries", told)
	}
}

// failing is a test that may fail.
type failing struct {
	testing.TB
	failed string
}

func (f *failing) Helper() {}

func (f *failing) Fatal(args ...any) {
	f.failed = fmt.Sprint(args...)
	runtime.Goexit()
}

func (f *failing) Fatalf(format string, args ...any) { f.Fatal(fmt.Sprintf(format, args...)) }

// failure gives what a test fails with.
func failure(t *testing.T, run func(testing.TB)) string {
	t.Helper()
	f := &failing{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(f)
	}()
	<-done
	return f.failed
}

func TestWhyABotIsSilent(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	refuses := srv.ServeBot(t, http.NotFoundHandler(), talktest.Bot{Features: talk.BotWebhook})
	room := srv.BotRoom(t, refuses)
	for want, run := range map[string]func(tb testing.TB){
		"UnexpectedStatusCode: 404": func(tb testing.TB) { tb.Helper(); room.Ask(tb, "alice", "hello?") },
		"bot 99":                    func(tb testing.TB) { tb.Helper(); srv.BotRoom(tb, 99) },
		"40 to 128": func(tb testing.TB) {
			tb.Helper()
			srv.ServeBot(tb, http.NotFoundHandler(), talktest.Bot{Secret: "short"})
		},
	} {
		if got := failure(t, run); !strings.Contains(got, want) {
			t.Errorf("fails with %q, not with %q", got, want)
		}
	}
	if _, _, err := srv.BotErrors(t.Context(), 99); !errors.Is(err, talktest.ErrNoSuchBot) {
		t.Errorf("errors of no bot: %v", err)
	}
}

// TestShutDownTwice: a test may have shut its bot down already.
func TestShutDownTwice(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	b, err := bot.New(bot.WithServer(bot.Server{URL: srv.URL, Secret: talktest.BotSecret}))
	if err != nil {
		t.Fatal(err)
	}
	srv.ServeBot(t, b, talktest.Bot{})
	if err := b.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}
