package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

func TestPollBot(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-of-forty-bytes-or-more-0123456789"
	srv := talktest.NewServer(t)
	alice := srv.Client(t, "alice")
	b, err := newBot(bot.Server{URL: srv.URL, Secret: secret, Account: srv.Client(t, "polls")})
	if err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(b)
	t.Cleanup(hook.Close)
	id, err := srv.AddBot(t.Context(), talktest.Bot{Name: "Polls", Secret: secret, URL: hook.URL})
	if err != nil {
		t.Fatal(err)
	}
	room, err := alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Room"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Bots.Enable(t.Context(), room.Token, id); err != nil {
		t.Fatal(err)
	}
	after := room.LastMessage.ID
	// say gives what the bot or its account answers.
	say := func(text string) *talk.Message {
		t.Helper()
		if _, err := alice.Chat.Send(t.Context(), room.Token, text, nil); err != nil {
			t.Fatal(err)
		}
		for m, err := range alice.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: after}) {
			if err != nil {
				t.Fatal(err)
			}
			after = m.ID
			if m.ActorID != "alice" && !m.IsSystem() {
				return m
			}
		}
		return nil
	}
	if got := say("/poll Lunch? | Pizza | Soup").Text(); !strings.Contains(got, "does not take part") {
		t.Error(got)
	}
	if _, err := alice.Participants.Add(t.Context(), room.Token, talk.ActorUser, "polls"); err != nil {
		t.Fatal(err)
	}
	pollID, ok := say("/poll Lunch? | Pizza | Soup").PollID()
	if !ok {
		t.Fatal("no poll")
	}
	poll, err := alice.Polls.Get(t.Context(), room.Token, pollID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Pizza", "Soup"}, poll.Options); diff != "" || poll.Question != "Lunch?" {
		t.Errorf("%q %s", poll.Question, diff)
	}
	if got := say("/poll Lunch? | Pizza").Text(); !strings.Contains(got, "at least two options") {
		t.Error(got)
	}
	if got := say("/poll Lunch? | Pizza | ").Text(); !strings.Contains(got, "empty") {
		t.Error(got)
	}
}
