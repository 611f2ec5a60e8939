package talk_test

import (
	"testing"

	"github.com/confab-go/confab/talk"
)

// TestLiveStrangersAreRefused: who does not take part in a conversation sees and changes nothing of it.
func TestLiveStrangersAreRefused(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureReactions, talk.FeatureAvatar, talk.FeatureNotificationLevels, talk.FeatureBots, talk.FeatureTalkPolls)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Closed", "bob").Token
	m := must(alice.Chat.Send(ctx, room, "between us", nil))(t)
	poll := must(alice.Polls.Create(ctx, room, "Lunch?", []string{"Pizza", "Soup"}, nil))(t)
	for name, err := range map[string]error{
		"participants":     errOf(eve.Participants.List(ctx, room, nil)),
		"notifications":    errOf(eve.Conversations.SetNotificationLevel(ctx, room, talk.NotifyAlways)),
		"a favourite":      errOf(eve.Conversations.SetFavorite(ctx, room, true)),
		"reactions":        errOf(eve.Reactions.List(ctx, room, m.ID, nil)),
		"messages":         errOf(eve.Chat.Page(ctx, room, nil)),
		"sending":          errOf(eve.Chat.Send(ctx, room, "let me in", nil)),
		"the picture":      errOf(eve.Avatars.Get(ctx, room, nil)),
		"a poll":           errOf(eve.Polls.Get(ctx, room, poll.ID)),
		"voting":           errOf(eve.Polls.Vote(ctx, room, poll.ID, 0)),
		"leaving":          eve.Conversations.Leave(ctx, room),
		"the conversation": errOf(eve.Conversations.Get(ctx, room)),
	} {
		refused(t, name+" for a stranger", err, talk.ErrNotFound, "")
	}
	for name, err := range map[string]error{
		"bots":        errOf(bob.Bots.List(ctx, room)),
		"a bot out":   errOf(bob.Bots.Disable(ctx, room, 1)),
		"a name":      errOf(bob.Conversations.Rename(ctx, room, "Open")),
		"the picture": errOf(bob.Avatars.SetEmoji(ctx, room, "🚀", "")),
		"the poll":    errOf(bob.Polls.Close(ctx, room, poll.ID)),
	} {
		refused(t, name+" for who does not moderate", err, talk.ErrForbidden, "")
	}
	refused(t, "reactions to what is not there", errOf(alice.Reactions.List(ctx, room, 999999999, nil)), talk.ErrNotFound, "")
	refused(t, "a level that there is not", errOf(alice.Conversations.SetNotificationLevel(ctx, "nosuchroom", talk.NotifyNever)), talk.ErrNotFound, "")
}
