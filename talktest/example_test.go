package talktest_test

import (
	"testing"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// Greet is what a program does with Talk, and what its author wants to test.
func greet(t *testing.T, c *talk.Client, token string) {
	t.Helper()
	if _, err := c.Chat.Send(t.Context(), token, "good morning", nil); err != nil {
		t.Fatal(err)
	}
}

func TestExample(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room, err := alice.Conversations.Create(t.Context(), talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		t.Fatal(err)
	}

	greet(t, alice, room.Token)

	for msg, err := range bob.Chat.History(t.Context(), room.Token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if msg.Text() != "good morning" {
			t.Errorf("bob reads %q", msg.Text())
		}
		break
	}
}
