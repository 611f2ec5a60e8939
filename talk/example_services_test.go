package talk_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/confab-go/confab/talk"
)

func ExampleBansService() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{Name: "Square"})
	if err != nil {
		log.Fatal(err)
	}

	ban, err := alice.Bans.Ban(ctx, room.Token, talk.ActorUser, "bob", &talk.BanOptions{InternalNote: "spam"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s is banned: %s\n", ban.BannedID, ban.InternalNote)
	if err := alice.Bans.Unban(ctx, room.Token, ban.ID); err != nil {
		log.Fatal(err)
	}
	bans, err := alice.Bans.List(ctx, room.Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(bans), "bans")
	// Output:
	// bob is banned: spam
	// 0 bans
}

func ExampleRemindersService() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	note, err := alice.Conversations.NoteToSelf(ctx)
	if err != nil {
		log.Fatal(err)
	}
	m, err := alice.Chat.Send(ctx, note.Token, "renew the certificate", nil)
	if err != nil {
		log.Fatal(err)
	}

	if _, err := alice.Reminders.Set(ctx, note.Token, m.ID, time.Date(2040, time.January, 1, 9, 0, 0, 0, time.UTC)); err != nil {
		log.Fatal(err)
	}
	reminders, err := alice.Reminders.Upcoming(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range reminders {
		fmt.Println(r.At.Format(time.DateTime), r.Text())
	}
	// Output:
	// 2040-01-01 09:00:00 renew the certificate
}

func ExampleSearchService() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	note, err := alice.Conversations.NoteToSelf(ctx)
	if err != nil {
		log.Fatal(err)
	}
	m, err := alice.Chat.Send(ctx, note.Token, "a needle in a haystack", nil)
	if err != nil {
		log.Fatal(err)
	}

	for found, err := range alice.Search.Messages(ctx, "needle", &talk.SearchOptions{Token: note.Token}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(found.Subline, found.Attributes.MessageID == m.ID)
	}
	// Output:
	// a needle in a haystack true
}

func ExampleStatusService() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()

	if _, err := alice.Status.Set(ctx, talk.StatusDoNotDisturb); err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Status.SetMessage(ctx, "Fixing things", &talk.StatusMessageOptions{Icon: "🔧"}); err != nil {
		log.Fatal(err)
	}
	s, err := bob.Status.Get(ctx, "alice")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Type, s.Icon, s.Message)
	// Output:
	// dnd 🔧 Fixing things
}
