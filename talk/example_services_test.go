package talk_test

import (
	"context"
	"fmt"
	"log"

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
