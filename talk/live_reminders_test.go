package talk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveReminders(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureRemindMeLater, talk.FeatureUpcomingReminders)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Deadlines", "bob").Token
	first := must(alice.Chat.Send(ctx, room, "do not forget, "+talk.MentionUser(w.id("bob")), nil))(t)
	second := must(alice.Chat.Send(ctx, room, "nor this", nil))(t)
	at := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)

	refused(t, "before it is set", errOf(bob.Reminders.Get(ctx, room, first.ID)), talk.ErrNotFound, "reminder")
	set := must(bob.Reminders.Set(ctx, room, first.ID, at))(t)
	if set.UserID != w.id("bob") || set.Token != room || set.MessageID != first.ID || !set.At.Equal(at) {
		t.Errorf("set: %+v", set)
	}
	must(bob.Reminders.Set(ctx, room, second.ID, at.Add(time.Minute)))(t)
	must(bob.Reminders.Set(ctx, room, first.ID, at.Add(time.Hour)))(t) // instead of the one before
	if got := must(bob.Reminders.Get(ctx, room, first.ID))(t); !got.At.Equal(at.Add(time.Hour)) {
		t.Errorf("moved: %+v", got)
	}
	var ids []int64
	for _, r := range must(bob.Reminders.Upcoming(ctx))(t) {
		ids = append(ids, r.MessageID)
		if r.MessageID == first.ID && (r.Token != room || r.ActorID != w.id("alice") || r.ActorDisplayName != "Alice" || r.Text() != "do not forget, @Bob" || !r.At.Equal(at.Add(time.Hour))) {
			t.Errorf("upcoming: %+v", r)
		}
	}
	if diff := cmp.Diff([]int64{second.ID, first.ID}, ids); diff != "" {
		t.Errorf("upcoming, the earliest first:\n%s", diff)
	}
	if others := must(alice.Reminders.Upcoming(ctx))(t); len(others) != 0 {
		t.Errorf("somebody else's: %+v", others)
	}

	refused(t, "no message", errOf(bob.Reminders.Set(ctx, room, 1<<40, at)), talk.ErrNotFound, "message")
	refused(t, "a stranger", errOf(eve.Reminders.Set(ctx, room, first.ID, at)), talk.ErrNotFound, "")
	for range 2 { // the second time there is none
		if err := bob.Reminders.Delete(ctx, room, first.ID); err != nil {
			t.Error(err)
		}
	}
	refused(t, "after it was deleted", errOf(bob.Reminders.Get(ctx, room, first.ID)), talk.ErrNotFound, "reminder")

	c := unsent(t)
	refusedHere(t, "no time", errOf(c.Reminders.Set(ctx, room, 7, time.Time{})), "time")
	refusedHere(t, "no id", c.Reminders.Delete(ctx, room, 0), "message id")
	refusedHere(t, "no token", errOf(c.Reminders.Get(ctx, "a/b", 7)), "token")
}
