package talk_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// example gives clients of two users of an embedded server, where a program has the address of a real one.
func example() (alice, bob *talk.Client, end func()) {
	srv, err := talktest.Start()
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for user, c := range map[string]**talk.Client{"alice": &alice, "bob": &bob} {
		if *c, err = srv.NewClient(ctx, user); err != nil {
			log.Fatal(err)
		}
	}
	return alice, bob, func() { _ = srv.Close() }
}

func ExampleNewClient() {
	c, err := talk.NewClient("https://cloud.example.com/nextcloud", talk.WithAppPassword("alice", "app-password-of-alice"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.BaseURL())

	_, err = talk.NewClient("htps://cloud.example.com")
	fmt.Println(errors.Is(err, talk.ErrInvalid))
	// Output:
	// https://cloud.example.com/nextcloud
	// true
}

func ExampleConversationsService_Create() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()

	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
		log.Fatal(err)
	}
	people, err := alice.Participants.List(ctx, room.Token, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(room.DisplayName, room.Type)
	for _, p := range people {
		fmt.Println(p.DisplayName, p.ParticipantType)
	}
	// Output:
	// Deploys group
	// alice owner
	// bob user
}

func ExampleConversationsService_All() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	for _, name := range []string{"Deploys", "Lunch"} {
		if _, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: name}); err != nil {
			log.Fatal(err)
		}
	}
	count := 0
	for room, err := range alice.Conversations.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if room.Type == talk.ConversationGroup {
			count++
		}
	}
	fmt.Println(count, "group conversations")
	// Output: 2 group conversations
}

func ExampleChatService_Send() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}

	msg, err := alice.Chat.Send(ctx, room.Token, "v1.4 is live, @bob", nil)
	if err != nil {
		log.Fatal(err)
	}
	reply, err := bob.Chat.Send(ctx, room.Token, "thanks!", &talk.SendOptions{ReplyTo: msg.ID, Silent: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s\n", reply.Parent.ActorDisplayName, reply.Parent.Text())
	fmt.Printf("%s: %s\n", reply.ActorDisplayName, reply.Text())

	_, err = bob.Chat.Send(ctx, room.Token, "", nil)
	fmt.Println(errors.Is(err, talk.ErrInvalid))
	// Output:
	// alice: v1.4 is live, @bob
	// bob: thanks!
	// true
}

func ExampleChatService_History() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	notes, err := alice.Conversations.NoteToSelf(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"one", "two", "three"} {
		if _, err := alice.Chat.Send(ctx, notes.Token, text, nil); err != nil {
			log.Fatal(err)
		}
	}
	for msg, err := range alice.Chat.History(ctx, notes.Token, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if msg.IsSystem() {
			continue
		}
		fmt.Println(msg.Text())
	}
	// Output:
	// three
	// two
	// one
}

func ExampleChatService_Follow() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	first, err := alice.Chat.Send(ctx, room.Token, "are you there?", nil)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for _, text := range []string{"yes", "bye"} {
			if _, err := bob.Chat.Send(ctx, room.Token, text, nil); err != nil {
				log.Print(err)
			}
		}
	}()
	for msg, err := range alice.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: first.ID}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", msg.ActorDisplayName, msg.Text())
		if msg.Text() == "bye" {
			break
		}
	}
	// Output:
	// bob: yes
	// bob: bye
}

func ExampleClient_Do() {
	alice, _, end := example()
	defer end()
	var user struct {
		ID string `json:"id"`
	}
	if _, err := alice.Do(context.Background(), "GET", "/ocs/v2.php/cloud/user", nil, nil, &user); err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.ID)
	// Output: alice
}
