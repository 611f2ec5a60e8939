package talk_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/confab-go/confab/talk"
)

// A program puts its messages into an outbox and goes on with its work, whether the server is there or not. Here it ends before
// they are sent; when it runs again they are.
func ExampleClient_OpenOutbox() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "outbox")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}

	options := &talk.OutboxOptions{
		File: filepath.Join(dir, "outbox"),
		Result: func(r talk.OutboxResult) {
			if r.Err != nil {
				fmt.Println("not sent:", r.Text, r.Err)
				return
			}
			fmt.Println("sent:", r.Text)
		},
	}
	outbox, err := alice.OpenOutbox(options)
	if err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"build 7 has begun", "build 7 is green"} {
		if _, err := outbox.Put(ctx, room.Token, text, nil); err != nil { // it is on the disk now
			log.Fatal(err)
		}
	}
	if err := outbox.Close(); err != nil { // or it crashes
		log.Fatal(err)
	}

	if outbox, err = alice.OpenOutbox(options); err != nil {
		log.Fatal(err)
	}
	defer outbox.Close()
	if err := outbox.Flush(ctx); err != nil { // a program that goes on has Run(ctx) in a goroutine instead
		log.Fatal(err)
	}
	for m, err := range bob.Chat.History(ctx, room.Token, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if !m.IsSystem() {
			fmt.Println("bob reads:", m.Text())
		}
	}
	// Output:
	// sent: build 7 has begun
	// sent: build 7 is green
	// bob reads: build 7 is green
	// bob reads: build 7 has begun
}
