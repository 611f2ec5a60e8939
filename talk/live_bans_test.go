package talk_test

import (
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestLiveBans(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureBan)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := must(alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{Name: "Square"}))(t).Token
	must(alice.Participants.Add(ctx, room, talk.ActorUser, w.id("bob")))(t)

	if none := must(alice.Bans.List(ctx, room))(t); len(none) != 0 {
		t.Errorf("nobody is banned yet: %+v", none)
	}
	refused(t, "who does not moderate", errOf(bob.Bans.Ban(ctx, room, talk.ActorUser, w.id("alice"), nil)), talk.ErrForbidden, "")
	ban := must(alice.Bans.Ban(ctx, room, talk.ActorUser, w.id("bob"), &talk.BanOptions{InternalNote: "spam"}))(t)
	if ban.ID == 0 || ban.ModeratorType != talk.ActorUser || ban.ModeratorID != w.id("alice") || ban.ModeratorDisplayName != "Alice" ||
		ban.BannedType != talk.ActorUser || ban.BannedID != w.id("bob") || ban.BannedDisplayName != "Bob" || ban.BannedTime.IsZero() || ban.InternalNote != "spam" {
		t.Errorf("banned: %+v", ban)
	}
	refused(t, "the banned one", errOf(bob.Conversations.Join(ctx, room, nil)), talk.ErrForbidden, "ban")
	refused(t, "adding the banned one", errOf(alice.Participants.Add(ctx, room, talk.ActorUser, w.id("bob"))), talk.ErrInvalid, "ban")
	address := must(alice.Bans.Ban(ctx, room, talk.ActorIP, "192.0.2.0/24", nil))(t)
	if all := must(alice.Bans.List(ctx, room))(t); len(all) != 2 || all[0].ID != ban.ID || all[1].BannedType != talk.ActorIP || all[1].BannedID != "192.0.2.0/24" {
		t.Errorf("list: %+v", all)
	}

	refused(t, "oneself", errOf(alice.Bans.Ban(ctx, room, talk.ActorUser, w.id("alice"), nil)), talk.ErrInvalid, "self")
	refused(t, "no address", errOf(alice.Bans.Ban(ctx, room, talk.ActorIP, "999.1.1.1", nil)), talk.ErrInvalid, "bannedActor")
	refused(t, "a list for a stranger", errOf(eve.Bans.List(ctx, w.room(alice, "Closed").Token)), talk.ErrNotFound, "")
	note := must(alice.Conversations.NoteToSelf(ctx))(t).Token
	refused(t, "where nobody is", errOf(alice.Bans.Ban(ctx, note, talk.ActorUser, w.id("bob"), nil)), talk.ErrInvalid, "room")

	for _, id := range []int64{ban.ID, address.ID, ban.ID} { // the last is not there any more
		if err := alice.Bans.Unban(ctx, room, id); err != nil {
			t.Error(err)
		}
	}
	must(bob.Conversations.Join(ctx, room, nil))(t)
}

// TestBansRefuse: what cannot be right is refused by name, and nothing is sent.
func TestBansRefuse(t *testing.T) {
	t.Parallel()
	c := unsent(t)
	ctx := t.Context()
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"a group":         {errOf(c.Bans.Ban(ctx, "abcd1234", talk.ActorGroup, "crew", nil)), "actor type"},
		"nobody":          {errOf(c.Bans.Ban(ctx, "abcd1234", talk.ActorUser, " ", nil)), "actor id"},
		"too long a note": {errOf(c.Bans.Ban(ctx, "abcd1234", talk.ActorUser, "bob", &talk.BanOptions{InternalNote: strings.Repeat("ü", 4001)})), "internal note"},
		"no token":        {errOf(c.Bans.List(ctx, "")), "token"},
		"another path":    {errOf(c.Bans.List(ctx, "../x")), "token"},
		"no ban":          {c.Bans.Unban(ctx, "abcd1234", 0), "ban id"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}
