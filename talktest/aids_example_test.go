package talktest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// start starts a server with one user, who has a conversation.
func start(ctx context.Context) (srv *talktest.Server, alice *talk.Client, token string) {
	srv, err := talktest.Start()
	if err != nil {
		log.Fatal(err)
	}
	alice, err = srv.NewClient(ctx, "alice")
	if err != nil {
		log.Fatal(err)
	}
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
	if err != nil {
		log.Fatal(err)
	}
	return srv, alice, room.Token
}

// count counts somebody's conversations.
func count(ctx context.Context, c *talk.Client) (n int) {
	for _, err := range c.Conversations.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		n++
	}
	return n
}

// Tests that share a server begin with an empty one. Their clients stay good.
func ExampleServer_Reset() {
	ctx := context.Background()
	srv, alice, _ := start(ctx)
	defer srv.Close()

	fmt.Println(count(ctx, alice))
	if err := srv.Reset(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(count(ctx, alice))
	// Output:
	// 1
	// 0
}

// What is costly to make is made once.
func ExampleServer_Snapshot() {
	ctx := context.Background()
	srv, alice, token := start(ctx)
	defer srv.Close()

	ready, err := srv.Snapshot(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		if _, err := alice.Chat.Send(ctx, token, "from a test", nil); err != nil {
			log.Fatal(err)
		}
		room, err := alice.Conversations.Get(ctx, token)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(room.LastMessage.Text())
		if err := srv.Restore(ctx, ready); err != nil {
			log.Fatal(err)
		}
		if room, err = alice.Conversations.Get(ctx, token); err != nil {
			log.Fatal(err)
		}
		fmt.Println(room.LastMessage.Text())
	}
	// Output:
	// from a test
	// You created the conversation
	// from a test
	// You created the conversation
}

// What happens in two hours is tested now.
func ExampleServer_AdvanceClock() {
	ctx := context.Background()
	srv, alice, token := start(ctx)
	defer srv.Close()

	if _, err := alice.Conversations.SetMessageExpiration(ctx, token, time.Hour); err != nil {
		log.Fatal(err)
	}
	sent, err := alice.Chat.Send(ctx, token, "soon gone", nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := srv.AdvanceClock(ctx, 2*time.Hour); err != nil {
		log.Fatal(err)
	}
	_, err = alice.Chat.Edit(ctx, token, sent.ID, "still there?")
	fmt.Println(errors.Is(err, talk.ErrNotFound))
	// Output: true
}

// What is to be shown is the same each time.
func ExampleServer_SetClock() {
	ctx := context.Background()
	srv, alice, token := start(ctx)
	defer srv.Close()

	if err := srv.SetClock(ctx, time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)); err != nil {
		log.Fatal(err)
	}
	sent, err := alice.Chat.Send(ctx, token, "hello", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sent.Timestamp.UTC().Format(time.DateOnly))
	// Output: 2030-01-02
}

// The answer to a message is lost, once. The client finds out that the message arrived, and does not send it twice.
func ExampleServer_InjectFault() {
	ctx := context.Background()
	srv, alice, token := start(ctx)
	defer srv.Close()

	id, err := srv.InjectFault(talktest.Fault{Method: http.MethodPost, Path: "*/chat/*", Count: 1, Cut: talktest.CutHeaders})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Chat.Send(ctx, token, "v1.4 is live", nil); err != nil {
		log.Fatal(err)
	}
	times := 0
	for m, err := range alice.Chat.History(ctx, token, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if m.Text() == "v1.4 is live" {
			times++
		}
	}
	fmt.Println("sent", times, "time, with", srv.Faults()[0].Hits, "fault")
	srv.RemoveFault(id)
	// Output: sent 1 time, with 1 fault
}

// A program is to ask for a thing once, and not each time.
func ExampleServer_Requests() {
	ctx := context.Background()
	srv, alice, _ := start(ctx)
	defer srv.Close()

	count(ctx, alice)
	for _, r := range srv.Requests(1) {
		fmt.Println(r.User, r.Method, r.Path, r.Status)
	}
	// Output: alice GET /ocs/v2.php/apps/spreed/api/v4/room 200
}

// A bot in any language is told all before the test goes on.
func ExampleServer_AwaitBots() {
	ctx := context.Background()
	srv, alice, token := start(ctx)
	defer srv.Close()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	}))
	defer hook.Close()

	id, err := srv.AddBot(ctx, talktest.Bot{URL: hook.URL})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Bots.Enable(ctx, token, id); err != nil {
		log.Fatal(err)
	}
	if err := srv.AwaitBots(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(srv.BotErrors(ctx, id))
	// Output: 1 UnexpectedStatusCode: 418 <nil>
}

// Groups are there for what a program invites.
func ExampleServer_AddGroup() {
	ctx := context.Background()
	srv, alice, token := start(ctx)
	defer srv.Close()

	if err := srv.AddGroup(ctx, "crew", "bob", "carol"); err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Participants.Add(ctx, token, talk.ActorGroup, "crew"); err != nil {
		log.Fatal(err)
	}
	everybody, err := alice.Participants.List(ctx, token, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range everybody {
		fmt.Println(p.ActorType, p.ActorID)
	}
	// Output:
	// users alice
	// groups crew
	// users bob
	// users carol
}
