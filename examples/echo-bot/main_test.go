package main

import (
	"testing"

	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

func TestEchoBot(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	b, err := newBot(bot.Server{URL: srv.URL, Secret: talktest.BotSecret})
	if err != nil {
		t.Fatal(err)
	}
	room := srv.BotRoom(t, srv.ServeBot(t, b, talktest.Bot{Name: "Echo"}))
	if got := room.Answer(t).Text(); got != "Hello! What I can do:\n- `/echo {text...}`: Says it again.\n- `/help`: Lists what I can do." {
		t.Errorf("it greets %q", got)
	}
	for say, want := range map[string]string{"/echo one two": "one two", "a good Morning to all": "Good Morning, alice!"} {
		room.Say(t, "alice", "nothing") // is not answered
		if got := room.Ask(t, "alice", say).Text(); got != want {
			t.Errorf("%q: it answers %q, want %q", say, got, want)
		}
	}
}

func TestBadSecret(t *testing.T) {
	t.Parallel()
	if _, err := newBot(bot.Server{URL: "https://cloud.example.com"}); err == nil {
		t.Error("no error")
	}
}
