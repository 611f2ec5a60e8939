package talk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

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

func ExampleClient_Watch() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Chat.Send(ctx, room.Token, "are you there?", nil); err != nil {
		log.Fatal(err)
	}
	options := &talk.WatchOptions{
		Existing: true,
		Interval: 50 * time.Millisecond, // of a busy program; the default is kinder
		Cursors:  &talk.MemoryCursors{}, // or talk.OpenFileCursors("cursors.json"), to go on there next time
	}
	for event, err := range bob.Watch(ctx, options) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %v\n", event.Conversation.DisplayName, event.Type)
		if event.Type == talk.EventMessage {
			fmt.Println(event.Message.Text())
			break
		}
		if _, err := alice.Chat.Send(ctx, room.Token, "bob?", nil); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// alice: conversation added
	// alice: message
	// bob?
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

func ExampleParticipantsService_List() {
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
	for _, p := range people {
		if p.ParticipantType == talk.ParticipantUser {
			err = alice.Participants.Promote(ctx, room.Token, p.AttendeeID)
		}
		fmt.Println(p.DisplayName, p.Permissions.Has(talk.PermissionChat), err)
	}
	// Output:
	// alice true <nil>
	// bob true <nil>
}

func ExampleReactionsService_Add() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	msg, err := alice.Chat.Send(ctx, room.Token, "done!", nil)
	if err != nil {
		log.Fatal(err)
	}
	reactions, err := bob.Reactions.Add(ctx, room.Token, msg.ID, "🎉")
	if err != nil {
		log.Fatal(err)
	}
	for emoji, people := range reactions {
		fmt.Println(emoji, len(people), people[0].ActorDisplayName)
	}
	// Output: 🎉 1 bob
}

func ExamplePollsService_Create() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Lunch"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
		log.Fatal(err)
	}
	poll, err := alice.Polls.Create(ctx, room.Token, "Lunch?", []string{"Pizza", "Soup"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := bob.Polls.Vote(ctx, room.Token, poll.ID, 1); err != nil {
		log.Fatal(err)
	}
	poll, err = alice.Polls.Close(ctx, room.Token, poll.ID)
	if err != nil {
		log.Fatal(err)
	}
	for i, option := range poll.Options {
		fmt.Println(option, poll.VotesFor(i))
	}
	// Output:
	// Pizza 0
	// Soup 1
}

func ExampleAvatarsService_SetEmoji() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Launch"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Avatars.SetEmoji(ctx, room.Token, "🚀", "4466AA"); err != nil {
		log.Fatal(err)
	}
	picture, err := alice.Avatars.Get(ctx, room.Token, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(picture.MimeType)
	// Output: image/svg+xml
}

func ExampleBotsService_Enable() {
	ctx := context.Background()
	srv, err := talktest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	alice, err := srv.NewClient(ctx, "alice")
	if err != nil {
		log.Fatal(err)
	}
	bot := talktest.Bot{Name: "Echo", Secret: strings.Repeat("secret-", 8), URL: "http://127.0.0.1:9/echo"}
	if _, err := srv.AddBot(ctx, bot); err != nil { // on a real server: occ talk:bot:install
		log.Fatal(err)
	}
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Machines"})
	if err != nil {
		log.Fatal(err)
	}
	bots, err := alice.Bots.List(ctx, room.Token)
	if err != nil {
		log.Fatal(err)
	}
	enabled, err := alice.Bots.Enable(ctx, room.Token, bots[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(enabled.Name, enabled.State)
	// Output: Echo enabled
}

func ExampleChatService_SendFile() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	sent, err := alice.Chat.SendFile(ctx, room.Token, "plan.txt", strings.NewReader("1. Soup"), &talk.SendFileOptions{
		FileOptions: talk.FileOptions{Caption: "the plan"},
	})
	if err != nil {
		log.Fatal(err)
	}
	page, err := bob.Chat.Context(ctx, room.Token, sent.ID, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, msg := range page.Messages {
		node, ok := msg.File()
		if !ok {
			continue
		}
		content, err := bob.Files.Download(ctx, node.Path, nil)
		if err != nil {
			log.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			log.Fatal(err)
		}
		content.Close()
		fmt.Printf("%s (%s, %d bytes): %s\n", msg.Text(), node.Name, node.Size, text)
	}
	// Output: the plan (plan.txt, 7 bytes): 1. Soup
}

func ExampleConversationsService_Changes() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Chat.Send(ctx, room.Token, "news!", nil); err != nil {
		log.Fatal(err)
	}
	for room, err := range bob.Conversations.Changes(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(room.DisplayName, room.UnreadMessages, room.LastMessage.Text())
		break
	}
	// Output: alice 1 news!
}
