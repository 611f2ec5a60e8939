package main

import (
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

func TestEchoBot(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-of-forty-bytes-or-more-0123456789"
	srv := talktest.NewServer(t)
	b, err := newBot(bot.Server{URL: srv.URL, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(b)
	t.Cleanup(hook.Close)
	id, err := srv.AddBot(t.Context(), talktest.Bot{Name: "Echo", Secret: secret, URL: hook.URL})
	if err != nil {
		t.Fatal(err)
	}
	alice := srv.Client(t, "alice")
	room, err := alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Room"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Bots.Enable(t.Context(), room.Token, id); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"/echo one two", "a good Morning to all", "nothing"} {
		if _, err := alice.Chat.Send(t.Context(), room.Token, text, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"Hello! What I can do:\n- `/echo {text...}`: Says it again.\n- `/help`: Lists what I can do.", "one two", "Good Morning, alice!",
	}
	var got []string
	for m, err := range alice.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: room.LastMessage.ID}) {
		if err != nil {
			t.Fatal(err)
		}
		if m.ActorType == talk.ActorBot {
			got = append(got, m.Text())
		}
		if len(got) == len(want) {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBadSecret(t *testing.T) {
	t.Parallel()
	if _, err := newBot(bot.Server{URL: "https://cloud.example.com"}); err == nil {
		t.Error("no error")
	}
}
