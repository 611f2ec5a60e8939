package talk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// told is an event in one line.
func told(e talk.Event) string {
	s := e.Type.String()
	if e.Message != nil {
		s += ": " + e.Message.Text()
	}
	if e.System != nil {
		s += fmt.Sprintf(" (%s by %s)", e.System.SystemMessage, e.System.ActorID)
	}
	return s
}

func TestEventsTellWhatBecameOfMessages(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room := group(t, alice, "Events", "bob")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	start := must(bob.Chat.Page(ctx, room.Token, &talk.PageOptions{Limit: 1}))(t).LastGiven
	first := must(alice.Chat.Send(ctx, room.Token, "first", nil))(t)
	second := must(alice.Chat.Send(ctx, room.Token, "second", nil))(t)
	must(alice.Chat.Edit(ctx, room.Token, first.ID, "first, better"))(t)
	must(bob.Reactions.Add(ctx, room.Token, first.ID, "👍"))(t)
	must(bob.Reactions.Remove(ctx, room.Token, first.ID, "👍"))(t)
	must(alice.Chat.Delete(ctx, room.Token, second.ID))(t)
	must(alice.Conversations.Rename(ctx, room.Token, "Renamed"))(t)
	want := []string{
		"message: first, better", "message: Message deleted by author", "message edited: first, better (message_edited by alice)",
		"reactions changed: first, better (reaction_deleted by bob)", "reactions changed: first, better (reaction_revoked by bob)",
		"message deleted: Message deleted by author (message_deleted by alice)", `message: alice renamed the conversation from "Events" to "Renamed"`,
	}
	var got []string
	for e, err := range bob.Chat.Events(ctx, room.Token, &talk.FollowOptions{After: start}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Token != room.Token {
			t.Errorf("of %q", e.Token)
		}
		if got = append(got, told(e)); len(got) == len(want) {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	last := must(bob.Chat.Page(ctx, room.Token, &talk.PageOptions{Limit: 1}))(t).LastGiven
	must(alice.Chat.ClearHistory(ctx, room.Token))(t)
	for e, err := range bob.Chat.Events(ctx, room.Token, &talk.FollowOptions{After: last}) {
		if err != nil || e.Type != talk.EventCleared || e.System == nil {
			t.Errorf("cleared: %+v, %v", e, err)
		}
		break
	}
}

func TestEventsTellWhenMessagesExpire(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room := group(t, alice, "Events", "bob")
	ctx := t.Context()
	must(alice.Conversations.SetMessageExpiration(ctx, room.Token, time.Hour))(t)
	start := must(bob.Chat.Page(ctx, room.Token, &talk.PageOptions{Limit: 1}))(t).LastGiven
	must(alice.Chat.Send(ctx, room.Token, "for an hour", nil))(t)
	var got []string
	for e, err := range bob.Chat.Events(ctx, room.Token, &talk.FollowOptions{After: start, Wait: time.Second}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, told(e)); len(got) == 2 {
			break
		}
		if err := srv.AdvanceClock(ctx, time.Hour+time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"message: for an hour", "message expired: for an hour"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEventTypesHaveNames(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(talk.EventMessage, talk.EventConversationRemoved, talk.EventType(0), talk.EventType(99)); got != "message conversation removed EventType(0) EventType(99)" {
		t.Error(got)
	}
}
