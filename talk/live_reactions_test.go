package talk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveReactions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureReactions)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Applause", "bob").Token
	system := w.newest(alice, room)
	m := must(alice.Chat.Send(ctx, room, "done!", nil))(t)

	all := must(bob.Reactions.Add(ctx, room, m.ID, "👍"))(t)
	if r := all["👍"]; len(r) != 1 || r[0].ActorID != w.id("bob") || r[0].ActorType != talk.ActorUser || r[0].ActorDisplayName != "Bob" || r[0].Timestamp.IsZero() {
		t.Errorf("after one reaction: %+v", all)
	}
	must(bob.Reactions.Add(ctx, room, m.ID, "👍"))(t) // once more changes nothing
	must(alice.Reactions.Add(ctx, room, m.ID, "👍"))(t)
	all = must(alice.Reactions.Add(ctx, room, m.ID, "🎉"))(t)
	if len(all["👍"]) != 2 || len(all["🎉"]) != 1 {
		t.Errorf("after four: %+v", all)
	}
	only := must(bob.Reactions.List(ctx, room, m.ID, &talk.ListReactionsOptions{Emoji: "🎉"}))(t)
	if len(only) != 1 || len(only["🎉"]) != 1 {
		t.Errorf("of one emoji: %+v", only)
	}
	seen := must(bob.Chat.Context(ctx, room, m.ID, &talk.ContextOptions{Limit: 1}))(t).Messages[0]
	if diff := cmp.Diff(map[string]int{"👍": 2, "🎉": 1}, seen.Reactions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"👍"}, seen.ReactionsSelf); diff != "" {
		t.Error(diff)
	}
	all = must(alice.Reactions.Remove(ctx, room, m.ID, "👍"))(t)
	if len(all["👍"]) != 1 || len(must(bob.Reactions.List(ctx, room, m.ID, nil))(t)["👍"]) != 1 {
		t.Errorf("after removal: %+v", all)
	}
	refused(t, "removing what is not there", errOf(alice.Reactions.Remove(ctx, room, m.ID, "👍")), talk.ErrNotFound, "")
	refused(t, "two emoji", errOf(alice.Reactions.Add(ctx, room, m.ID, "👍🎉")), talk.ErrInvalid, "")
	refused(t, "a system message", errOf(alice.Reactions.Add(ctx, room, system, "👍")), talk.ErrInvalid, "")
	refused(t, "no message", errOf(alice.Reactions.Add(ctx, room, 1<<40, "👍")), talk.ErrNotFound, "")
	refused(t, "a stranger", errOf(eve.Reactions.Add(ctx, room, m.ID, "👍")), talk.ErrNotFound, "")
}
