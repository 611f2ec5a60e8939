package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

// A bot on an embedded server; on a real one, an administrator installs it with "occ talk:bot:install".
func Example() {
	ctx := context.Background()
	srv, err := talktest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	b, err := bot.New(bot.WithServer(bot.Server{URL: srv.URL, Secret: secret}))
	if err != nil {
		log.Fatal(err)
	}
	b.Command("/deploy {service} [env]", func(ctx context.Context, c *bot.Context) error {
		return c.Reply(ctx, "Deploying "+c.Arg("service")+" for "+c.Actor.Name)
	})
	hook := httptest.NewServer(b) // or b.ListenAndServe(ctx, "127.0.0.1:8080")
	defer hook.Close()

	id, err := srv.AddBot(ctx, talktest.Bot{Name: "Deployer", Secret: secret, URL: hook.URL})
	if err != nil {
		log.Fatal(err)
	}
	alice, err := srv.NewClient(ctx, "alice")
	if err != nil {
		log.Fatal(err)
	}
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Bots.Enable(ctx, room.Token, id); err != nil {
		log.Fatal(err)
	}
	sent, err := alice.Chat.Send(ctx, room.Token, "/deploy api", nil)
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range alice.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: sent.ID}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", m.ActorDisplayName, m.Text())
		break
	}
	// Output: Deployer (Bot): Deploying api for alice
}

// Handlers are tested with deliveries as a server makes them, without a server.
func ExampleNewDelivery() {
	server := bot.Server{URL: "https://cloud.example.com", Secret: secret}
	b, err := bot.New(bot.WithServer(server))
	if err != nil {
		log.Fatal(err)
	}
	b.Hears(regexp.MustCompile(`(?i)good (\w+)`), func(_ context.Context, c *bot.Context) error {
		fmt.Printf("%s wishes a good %s\n", c.Actor.Name, c.Match(1))
		return nil
	})

	d, err := bot.NewDelivery(server, bot.NewMessageEvent("abcd1234", "anna", "Good morning!"))
	if err != nil {
		log.Fatal(err)
	}
	r, err := d.Request(context.Background(), "http://127.0.0.1/")
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	fmt.Println(w.Code)
	if err := b.Shutdown(context.Background()); err != nil { // waits for the handlers
		log.Fatal(err)
	}
	// Unordered output:
	// 200
	// anna wishes a good morning
}

// Who wants nothing but the verification puts it into a handler of their own.
func ExampleVerify() {
	secrets := func(_ context.Context, backend *url.URL) (bot.Secret, error) {
		if backend.Host != "cloud.example.com" {
			return "", bot.ErrUnknownBackend
		}
		return secret, nil
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, err := bot.Verify(r, secrets)
		if err != nil {
			http.Error(w, "refused", bot.StatusCode(err))
			return
		}
		fmt.Println(event.Type, event.Text())
	})

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", http.NoBody))
	fmt.Println(w.Code)
	// Output: 400
}

func ExampleBot_Ask() {
	b, err := bot.New(bot.WithServer(bot.Server{URL: "https://cloud.example.com", Secret: secret}))
	if err != nil {
		log.Fatal(err)
	}
	b.Command("/release {version}", func(ctx context.Context, c *bot.Context) error {
		answer, err := c.Ask(ctx, "Release "+c.Arg("version")+"?", []string{"Yes", "No"}, &bot.AskOptions{
			ReplyTo: c.Note.ID,
			From:    func(a bot.Actor) bool { return a.Is(c.Actor) },
		})
		switch {
		case errors.Is(err, bot.ErrNoAnswer):
			return c.Reply(ctx, "Never mind.")
		case err != nil:
			return err
		case answer.Text == "Yes":
			return c.Reply(ctx, "Released.")
		}
		return c.React(ctx, "👍")
	}).Describe("Releases a version, if you really want it.")
	fmt.Println(b.Help())
	// Output: - `/release {version}`: Releases a version, if you really want it.
}

func ExampleSplit() {
	for _, part := range bot.Split("Two paragraphs.\n\nThe second of them.", 25) {
		fmt.Printf("%q\n", part)
	}
	// Output:
	// "Two paragraphs."
	// "The second of them."
}
