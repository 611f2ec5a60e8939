package talk_test

import (
	"os"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

// newerWorld is a real server that has what the embedded one, a Talk 21, lacks. Without one the stories that were recorded from
// real servers are played instead, by the tests of the same names without Live.
func newerWorld(t *testing.T, features ...talk.Feature) *world {
	t.Helper()
	if os.Getenv(liveURL) == "" {
		t.Skipf("the embedded server lacks %q: %s names one that may have it", features, liveURL)
	}
	w := newWorld(t)
	w.need(features...)
	return w
}

func TestLiveThreads(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeatureThreads), t.Context()
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Threads", "bob").Token

	beside := must(alice.Chat.Send(ctx, room, "beside it", nil))(t)
	first := must(alice.Chat.Send(ctx, room, "Let us plan", &talk.SendOptions{ThreadTitle: "Plans"}))(t)
	must(bob.Chat.Send(ctx, room, "quoting nothing", &talk.SendOptions{ThreadID: first.ID}))(t)
	must(bob.Chat.Send(ctx, room, "quoting", &talk.SendOptions{ReplyTo: first.ID}))(t)
	if info := must(alice.Threads.Get(ctx, room, first.ID))(t); info.Thread.NumReplies != 2 || info.Last.Message != "quoting" || info.First.ID != first.ID {
		t.Errorf("the thread is %+v", info.Thread)
	}
	var said []string
	for m, err := range bob.Chat.History(ctx, room, &talk.HistoryOptions{ThreadID: first.ID, PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		if !m.IsSystem() {
			said = append(said, m.Message)
		}
	}
	if len(said) != 3 || said[0] != "quoting" || said[2] != "Let us plan" {
		t.Errorf("said in the thread: %q", said)
	}
	refused(t, "rename another's", errOf(bob.Threads.Rename(ctx, room, first.ID, "mine")), talk.ErrForbidden, "permission")
	must(alice.Threads.Rename(ctx, room, first.ID, "Better plans"))(t)
	must(bob.Threads.SetNotificationLevel(ctx, room, first.ID, talk.NotifyNever))(t)
	for info, err := range bob.Threads.Subscribed(ctx, nil) {
		if err != nil || info.Thread.Title != "Better plans" || info.Attendee.NotificationLevel != talk.NotifyNever {
			t.Errorf("bob is subscribed to %+v, %v", info, err)
		}
	}
	refused(t, "no thread", errOf(alice.Threads.Get(ctx, room, beside.ID)), talk.ErrNotFound, "thread")
}

func TestLivePins(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeaturePinnedMessages), t.Context()
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Pins", "bob").Token

	a, b := must(alice.Chat.Send(ctx, room, "a", nil))(t).ID, must(bob.Chat.Send(ctx, room, "b", nil))(t).ID
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	must(alice.Chat.Pin(ctx, room, b, nil))(t)
	if m := must(alice.Chat.Pin(ctx, room, a, &talk.PinOptions{Until: until}))(t); !m.Parent.MetaData.PinnedUntil.Equal(until) {
		t.Errorf("pinned: %+v", m.Parent.MetaData)
	}
	refused(t, "by no moderator", errOf(bob.Chat.Unpin(ctx, room, a)), talk.ErrForbidden, "")
	if pinned := must(bob.Chat.Pinned(ctx, room))(t); len(pinned) != 2 {
		t.Errorf("%d pinned", len(pinned))
	}
	if err := bob.Chat.HidePin(ctx, room, a); err != nil {
		t.Error(err)
	}
	if c := must(bob.Conversations.Get(ctx, room))(t); c.LastPinnedID != a || c.HiddenPinnedID != a {
		t.Errorf("bob sees %d, hides %d", c.LastPinnedID, c.HiddenPinnedID)
	}
	must(alice.Chat.Unpin(ctx, room, a))(t)
	if pinned := must(bob.Chat.Pinned(ctx, room))(t); len(pinned) != 1 || pinned[0].ID != b {
		t.Errorf("left: %+v", pinned)
	}
}

func TestLiveScheduled(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeatureScheduledMessages), t.Context()
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Later", "bob").Token

	at := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	m := must(alice.Scheduled.Create(ctx, room, "later", at, &talk.ScheduleOptions{Silent: true}))(t)
	if !m.SendAt.Equal(at) || !m.Silent {
		t.Errorf("scheduled: %+v", m)
	}
	if others := must(bob.Scheduled.List(ctx, room))(t); len(others) != 0 {
		t.Errorf("bob sees %v", others)
	}
	if m = must(alice.Scheduled.Edit(ctx, room, m.ID, "even later", at.Add(time.Hour), nil))(t); m.Message != "even later" || m.Silent {
		t.Errorf("edited: %+v", m)
	}
	if c := must(alice.Conversations.Get(ctx, room))(t); c.HasScheduledMessages != 1 {
		t.Errorf("%d wait", c.HasScheduledMessages)
	}
	refused(t, "in the past", errOf(alice.Scheduled.Create(ctx, room, "x", at.Add(-48*time.Hour), nil)), talk.ErrInvalid, "send-at")
	if err := alice.Scheduled.Delete(ctx, room, m.ID); err != nil {
		t.Error(err)
	}
	refused(t, "again", alice.Scheduled.Delete(ctx, room, m.ID), talk.ErrNotFound, "message")
}

func TestLiveTags(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeatureConversationTags), t.Context()
	alice := w.client("alice")
	room := w.room(alice, "Tagged").Token

	work, play := must(alice.Tags.Create(ctx, "Work"))(t), must(alice.Tags.Create(ctx, "Play"))(t)
	refused(t, "once more", errOf(alice.Tags.Create(ctx, "Work")), talk.ErrInvalid, "name")
	if tag := must(alice.Tags.SetCollapsed(ctx, work.ID, true))(t); !tag.Collapsed {
		t.Errorf("collapsed: %+v", tag)
	}
	if c := must(alice.Conversations.SetTags(ctx, room, work.ID, play.ID))(t); len(c.TagIDs) != 2 {
		t.Errorf("tagged: %v", c.TagIDs)
	}
	if err := alice.Tags.Delete(ctx, play.ID); err != nil {
		t.Error(err)
	}
	if tags := must(alice.Tags.List(ctx))(t); len(tags) != 3 || tags[1].ID != work.ID {
		t.Errorf("left: %+v", tags)
	}
}
