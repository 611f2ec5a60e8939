package talk_test

import (
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestLiveBots(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureBots)
	w.installBot()
	alice, bob := w.client("alice"), w.client("bob")
	if has := must(alice.BotsAvailable(ctx))(t); !has {
		t.Error("bots are not available")
	}
	room := w.room(alice, "Machines", "bob").Token

	refused(t, "a user lists the server's", errOf(alice.Bots.ListAll(ctx)), talk.ErrForbidden, "")
	all := must(w.admin.Bots.ListAll(ctx))(t)
	if len(all) == 0 {
		t.Skip("the server has no bots; install one with occ talk:bot:install")
	}
	for _, b := range all {
		if b.ID == 0 || b.Name == "" || b.URL == "" || len(b.URLHash) != 40 || b.Features == 0 || b.ErrorCount == 0 && (!b.LastErrorDate.IsZero() || b.LastErrorMessage != "") {
			t.Errorf("a bot: %+v", b)
		}
	}
	refused(t, "a user lists", errOf(bob.Bots.List(ctx, room)), talk.ErrForbidden, "")
	bots := must(alice.Bots.List(ctx, room))(t)
	if len(bots) == 0 {
		t.Skip("the server has no bot that moderators may let in")
	}
	bot := bots[0]
	for _, b := range bots {
		if b.State == talk.BotDisabled {
			bot = b
		}
	}
	if got := must(alice.Bots.Enable(ctx, room, bot.ID))(t); got.ID != bot.ID || got.Name != bot.Name || got.Description != bot.Description || got.State != talk.BotEnabled {
		t.Errorf("enabled: %+v", got)
	}
	must(alice.Bots.Enable(ctx, room, bot.ID))(t) // once more changes nothing
	refused(t, "a user enables", errOf(bob.Bots.Enable(ctx, room, bot.ID)), talk.ErrForbidden, "")
	refused(t, "no such bot", errOf(alice.Bots.Enable(ctx, room, 1<<40)), talk.ErrInvalid, "bot")
	if got := must(alice.Bots.Disable(ctx, room, bot.ID))(t); got.State != talk.BotDisabled {
		t.Errorf("disabled: %+v", got)
	}
}
