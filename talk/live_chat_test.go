package talk_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveTwoPeopleTalk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Deploys", "bob")

	// Bob waits before anything is said.
	now := w.newest(bob, room.Token)
	heard := make(chan *talk.Message)
	go func() {
		defer close(heard)
		for m, err := range bob.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: now}) {
			if err != nil {
				t.Error(err)
				return
			}
			heard <- m
			if m.Message == "done" {
				return
			}
		}
	}()

	text := "v1.4 is live, " + talk.MentionUser(w.id("bob"))
	first := must(alice.Chat.Send(ctx, room.Token, "  "+text+" \n", &talk.SendOptions{ReferenceID: "release-1.4"}))(t)
	got := <-heard
	if got == nil || got.ID != first.ID || got.Text() != "v1.4 is live, @Bob" || got.ReferenceID != "release-1.4" {
		t.Fatalf("bob heard %+v", got)
	}
	if got.ActorType != talk.ActorUser || got.ActorID != w.id("alice") || got.ActorDisplayName != "Alice" || got.Token != room.Token || got.Timestamp.IsZero() ||
		got.MessageType != talk.MessageComment || !got.IsReplyable || !got.Markdown || got.IsSystem() || got.SystemMessage != "" || !got.ExpirationTimestamp.IsZero() || len(got.MessageParameters) != 1 {
		t.Errorf("bob heard %+v", got)
	}
	want := []talk.ActorMention{{Type: talk.ActorUser, ID: w.id("bob"), Name: "Bob"}}
	if diff := cmp.Diff(want, got.Mentions()); diff != "" {
		t.Error(diff)
	}

	view := must(bob.Conversations.Get(ctx, room.Token))(t)
	if view.UnreadMessages != 1 || !view.UnreadMention || !view.UnreadMentionDirect || view.LastMessage.ID != first.ID {
		t.Errorf("bob has %d unread, mentioned %v", view.UnreadMessages, view.UnreadMentionDirect)
	}
	w.need(talk.FeatureChatReadLast, talk.FeatureSilentSendState)
	view = must(bob.Chat.MarkRead(ctx, room.Token, 0))(t)
	if view.UnreadMessages != 0 || view.UnreadMention || view.LastReadMessage != first.ID || view.LastCommonReadMessage != first.ID {
		t.Errorf("after reading: %d unread, read up to %d, all up to %d", view.UnreadMessages, view.LastReadMessage, view.LastCommonReadMessage)
	}

	reply := must(bob.Chat.Send(ctx, room.Token, "thanks!", &talk.SendOptions{ReplyTo: first.ID, Silent: true}))(t)
	if reply.Parent == nil || reply.Parent.ID != first.ID || !reply.Silent {
		t.Errorf("the reply is %+v", reply)
	}
	<-heard
	if view = must(bob.Chat.MarkUnread(ctx, room.Token))(t); view.UnreadMessages != 1 {
		t.Errorf("marked unread: %d unread", view.UnreadMessages)
	}
	if view = must(bob.Chat.MarkRead(ctx, room.Token, talk.NothingRead))(t); view.LastReadMessage != talk.NothingRead {
		t.Errorf("nothing read: up to %d", view.LastReadMessage)
	}
	around := must(bob.Chat.Context(ctx, room.Token, first.ID, &talk.ContextOptions{Limit: 2}))(t)
	if n := len(around.Messages); n != 3 || around.Messages[1].ID != first.ID || around.Messages[2].ID != reply.ID {
		t.Errorf("%d messages around the first", n)
	}
	must(alice.Chat.Send(ctx, room.Token, "done", nil))(t)
	for range heard { //nolint:revive // until it is closed
	}
	said := []string{"done", "thanks!", "v1.4 is live, @Bob", "You added Bob", "You created the conversation"}
	if diff := cmp.Diff(said, texts(t, alice.Chat.History(ctx, room.Token, &talk.HistoryOptions{PageSize: 2}), -1)); diff != "" {
		t.Errorf("history as alice reads it:\n%s", diff)
	}
	said[3], said[4] = "Alice added you", "Alice created the conversation"
	if diff := cmp.Diff(said, texts(t, bob.Chat.History(ctx, room.Token, nil), -1)); diff != "" {
		t.Errorf("history as bob reads it:\n%s", diff)
	}
	if diff := cmp.Diff(said[2:], texts(t, bob.Chat.History(ctx, room.Token, &talk.HistoryOptions{Before: reply.ID}), -1)); diff != "" {
		t.Errorf("history before the reply:\n%s", diff)
	}
}

func TestLivePages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Pages", "bob")
	var ids []int64
	for _, text := range []string{"0", "1", "2", "3", "4"} {
		ids = append(ids, must(alice.Chat.Send(ctx, room.Token, text, nil))(t).ID)
	}
	for name, tt := range map[string]struct {
		options talk.PageOptions
		want    string
		given   int64
	}{
		"newest first":        {talk.PageOptions{Limit: 3}, "432", ids[2]},
		"before one":          {talk.PageOptions{Limit: 2, LastKnown: ids[2]}, "10", ids[0]},
		"with that one":       {talk.PageOptions{Limit: 2, LastKnown: ids[2], IncludeLastKnown: true}, "21", ids[1]},
		"after one":           {talk.PageOptions{Forward: true, Limit: 2, LastKnown: ids[1]}, "23", ids[3]},
		"after the last":      {talk.PageOptions{Forward: true, LastKnown: ids[4]}, "", 0},
		"after it, patient":   {talk.PageOptions{Forward: true, LastKnown: ids[4], Timeout: time.Second}, "", 0},
		"before the first":    {talk.PageOptions{LastKnown: 1}, "", 0},
		"after it, inclusive": {talk.PageOptions{Forward: true, LastKnown: ids[4], IncludeLastKnown: true}, "4", ids[4]},
	} {
		page := must(alice.Chat.Page(ctx, room.Token, &tt.options))(t)
		var got strings.Builder
		for _, m := range page.Messages {
			got.WriteString(m.Message)
		}
		if got.String() != tt.want || page.LastGiven != tt.given {
			t.Errorf("%s: %q up to %d, want %q up to %d", name, got.String(), page.LastGiven, tt.want, tt.given)
		}
	}

	// Bob has read nothing: reading pages marks nothing, unless it is asked for.
	must(bob.Chat.Page(ctx, room.Token, nil))(t)
	if view := must(bob.Conversations.Get(ctx, room.Token))(t); view.UnreadMessages != 5 {
		t.Errorf("%d unread after a page", view.UnreadMessages)
	}
	must(bob.Chat.Page(ctx, room.Token, &talk.PageOptions{Forward: true, LastKnown: ids[3], SetReadMarker: true, MarkNotificationsAsRead: true}))(t)
	if view := must(bob.Conversations.Get(ctx, room.Token))(t); view.UnreadMessages != 1 {
		t.Errorf("%d unread after reading up to the last but one", view.UnreadMessages)
	}
	// Alice is told that the common marker is not what she knows.
	page := must(alice.Chat.Page(ctx, room.Token, &talk.PageOptions{Forward: true, LastKnown: ids[4], LastCommonRead: 1}))(t)
	if page.LastCommonRead != ids[3] || len(page.Messages) != 0 {
		t.Errorf("common marker is %d, want %d", page.LastCommonRead, ids[3])
	}
}

func TestLiveRefusals(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, eve := w.client("alice"), w.client("eve")
	room := w.room(alice, "Private")
	wrong := must(talk.NewClient(w.url, talk.WithAppPassword(w.id("alice"), "Pw-9-wrong")))(t)
	nobody := must(talk.NewClient(w.url))(t)
	send := func(c *talk.Client, token, text string, o *talk.SendOptions) error {
		return errOf(c.Chat.Send(ctx, token, text, o))
	}
	refused(t, "a wrong password", errOf(wrong.Conversations.List(ctx, nil)), talk.ErrUnauthorized, "")
	refused(t, "no password", errOf(nobody.Conversations.List(ctx, nil)), talk.ErrUnauthorized, "")
	refused(t, "an unknown token", send(alice, "nosuchroom", "hi", nil), talk.ErrNotFound, "")
	refused(t, "a token of another shape", send(alice, "ABC", "hi", nil), talk.ErrNotFound, "")
	refused(t, "not a participant", send(eve, room.Token, "hi", nil), talk.ErrNotFound, "")
	refused(t, "a reply to nothing", send(alice, room.Token, "hi", &talk.SendOptions{ReplyTo: 1 << 40}), talk.ErrInvalid, "reply-to")
	refused(t, "a reply to a system message", send(alice, room.Token, "hi", &talk.SendOptions{ReplyTo: w.newest(alice, room.Token)}), talk.ErrInvalid, "reply-to")
	// What the SDK refuses by itself the server refuses as well.
	raw := func(message string) error {
		return errOf(alice.Do(ctx, http.MethodPost, "/ocs/v2.php/apps/spreed/api/v1/chat/"+room.Token, nil, map[string]string{"message": message}, nil))
	}
	refused(t, "an empty message", raw("  "), talk.ErrInvalid, "message")
	refused(t, "too long a message", raw(strings.Repeat("ü", 32001)), talk.ErrTooLarge, "message")
	if m := must(alice.Chat.Send(ctx, room.Token, strings.Repeat("ü", 32000), nil))(t); len(m.Message) != 64000 {
		t.Errorf("the longest message came back with %d bytes", len(m.Message))
	}
}

func TestLiveFollowEndsWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Short", "bob")
	ends := func(follow iter.Seq2[*talk.Message, error], first func()) (last error) {
		heard := false
		for m, err := range follow {
			if last = err; m != nil && !heard {
				heard = true
				first()
			}
		}
		return last
	}
	refused(t, "an unknown conversation", ends(bob.Chat.Follow(t.Context(), "nosuchroom", nil), nil), talk.ErrNotFound, "")
	ctx, cancel := context.WithCancel(t.Context())
	if err := ends(bob.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: 1}), cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ends: %v", err)
	}
	err := ends(bob.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: 1, Wait: time.Second}), func() {
		if err := alice.Participants.Remove(t.Context(), room.Token, w.attendee(alice, room.Token, "bob").AttendeeID); err != nil {
			t.Error(err)
		}
	})
	refused(t, "who is removed", err, talk.ErrNotFound, "")
}

func TestLiveMentions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	crew := w.group("crew", "bob")
	room := w.room(alice, "Mentions", "bob")
	must(alice.Participants.Add(ctx, room.Token, talk.ActorGroup, crew))(t)
	for _, tt := range []struct {
		text, want string
		mention    talk.ActorMention
	}{
		{"hi " + talk.MentionUser(w.id("bob")) + ", ok?", "hi @Bob, ok?", talk.ActorMention{Type: talk.ActorUser, ID: w.id("bob"), Name: "Bob"}},
		{talk.MentionAll + " look", "@Mentions look", talk.ActorMention{ID: room.Token, Name: "Mentions", Everybody: true}},
		{talk.MentionGroup(crew) + " meet", "@" + crew + " meet", talk.ActorMention{Type: talk.ActorGroup, ID: crew, Name: crew}},
		{"@nobody-" + w.id("x") + " there", "@nobody-" + w.id("x") + " there", talk.ActorMention{}},
		{"mail a@example.com", "mail a@example.com", talk.ActorMention{}},
	} {
		m := must(alice.Chat.Send(ctx, room.Token, tt.text, nil))(t)
		mentions := m.Mentions()
		if m.Text() != tt.want || (len(mentions) == 0) != (tt.mention == talk.ActorMention{}) || len(mentions) == 1 && mentions[0] != tt.mention {
			t.Errorf("%q reads %q and mentions %+v", tt.text, m.Text(), mentions)
		}
	}
	if view := must(bob.Conversations.Get(ctx, room.Token))(t); !view.UnreadMention || !view.UnreadMentionDirect || view.UnreadMessages != 5 {
		t.Errorf("bob: %d unread, mention %v, direct %v", view.UnreadMessages, view.UnreadMention, view.UnreadMentionDirect)
	}
}

func TestLiveEditAndDelete(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureEditMessages, talk.FeatureDeleteMessages)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Second thoughts", "bob")
	mine := must(bob.Chat.Send(ctx, room.Token, "first text", nil))(t)
	answer := must(alice.Chat.Send(ctx, room.Token, "typo", &talk.SendOptions{ReplyTo: mine.ID}))(t)

	told := must(bob.Chat.Edit(ctx, room.Token, mine.ID, "the text"))(t)
	if told.SystemMessage != talk.SystemMessageEdited || told.Parent == nil || told.Parent.Message != "the text" || told.Parent.ID != mine.ID {
		t.Errorf("told of the edit: %+v", told)
	}
	edited := must(alice.Chat.Context(ctx, room.Token, mine.ID, &talk.ContextOptions{Limit: 1}))(t).Messages[0]
	if edited.Message != "the text" || edited.LastEditActorID != w.id("bob") || edited.LastEditActorName != "Bob" || edited.LastEditActorType != talk.ActorUser || edited.LastEditTimestamp.IsZero() {
		t.Errorf("edited: %+v", edited)
	}
	refused(t, "editing another's message", errOf(bob.Chat.Edit(ctx, room.Token, answer.ID, "x")), talk.ErrForbidden, "")
	refused(t, "editing what tells of an event", errOf(alice.Chat.Edit(ctx, room.Token, told.ID, "x")), nil, "")
	refused(t, "editing nothing", errOf(bob.Chat.Edit(ctx, room.Token, 1<<40, "x")), talk.ErrNotFound, "")
	must(alice.Chat.Edit(ctx, room.Token, mine.ID, "by a moderator"))(t)

	told = must(alice.Chat.Delete(ctx, room.Token, mine.ID))(t)
	if told.SystemMessage != talk.SystemMessageDeleted || told.Parent == nil || !told.Parent.Deleted || told.Parent.MessageType != talk.MessageDeleted {
		t.Errorf("told of the deletion: %+v", told)
	}
	refused(t, "deleting another's message", errOf(bob.Chat.Delete(ctx, room.Token, answer.ID)), talk.ErrForbidden, "")
	refused(t, "deleting twice", errOf(alice.Chat.Delete(ctx, room.Token, mine.ID)), nil, "")
	refused(t, "deleting nothing", errOf(alice.Chat.Delete(ctx, room.Token, 1<<40)), talk.ErrNotFound, "")
	for m, err := range bob.Chat.History(ctx, room.Token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if m.ID == mine.ID && (!m.Deleted || strings.Contains(m.Message, "moderator")) {
			t.Errorf("deleted: %+v", m)
		}
		if m.ID == answer.ID && (m.Parent == nil || !m.Parent.Deleted) {
			t.Errorf("the answer's parent: %+v", m.Parent)
		}
	}

	refused(t, "clearing as a user", errOf(bob.Chat.ClearHistory(ctx, room.Token)), talk.ErrForbidden, "")
	told = must(alice.Chat.ClearHistory(ctx, room.Token))(t)
	if told.SystemMessage != talk.SystemHistoryCleared {
		t.Errorf("told of the clearing: %+v", told)
	}
	if diff := cmp.Diff([]string{"Alice cleared the history of the conversation"}, texts(t, bob.Chat.History(ctx, room.Token, nil), -1)); diff != "" {
		t.Error(diff)
	}
}
