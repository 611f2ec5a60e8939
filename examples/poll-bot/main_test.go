package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

func TestPollBot(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	b, err := newBot(bot.Server{URL: srv.URL, Secret: talktest.BotSecret, Account: srv.Client(t, "polls")})
	if err != nil {
		t.Fatal(err)
	}
	room := srv.BotRoom(t, srv.ServeBot(t, b, talktest.Bot{Name: "Polls"}))
	alice := room.Client(t, "alice")
	if got := room.Ask(t, "alice", "/poll Lunch? | Pizza | Soup").Text(); !strings.Contains(got, "does not take part") {
		t.Error(got)
	}
	room.Client(t, "polls") // comes in
	room.Say(t, "alice", "/poll Lunch? | Pizza | Soup")
	pollID, _ := room.Await(t, func(m *talk.Message) bool { _, ok := m.PollID(); return ok }).PollID()
	poll, err := alice.Polls.Get(t.Context(), room.Token, pollID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Pizza", "Soup"}, poll.Options); diff != "" || poll.Question != "Lunch?" {
		t.Errorf("%q %s", poll.Question, diff)
	}
	for text, want := range map[string]string{"/poll Lunch? | Pizza": "at least two options", "/poll Lunch? | Pizza | ": "empty"} {
		if got := room.Ask(t, "alice", text).Text(); !strings.Contains(got, want) {
			t.Errorf("%q: it answers %q", text, got)
		}
	}
}
