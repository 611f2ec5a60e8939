package talk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// breakouts gives the breakout rooms among conversations.
func breakouts(rooms []*talk.Conversation) (found []*talk.Conversation) {
	for _, r := range rooms {
		if r.ObjectType == "room" {
			found = append(found, r)
		}
	}
	return found
}

func TestLiveBreakoutRooms(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureBreakoutRooms)
	alice, bob := w.client("alice"), w.client("bob")
	w.client("carol")
	room := w.room(alice, "Workshop", "bob", "carol").Token
	bobID, carolID := w.attendee(alice, room, "bob").AttendeeID, w.attendee(alice, room, "carol").AttendeeID

	refused(t, "starting what is not configured", errOf(alice.BreakoutRooms.Start(ctx, room)), talk.ErrInvalid, "mode")
	refused(t, "who does not moderate", errOf(bob.BreakoutRooms.Configure(ctx, room, talk.BreakoutFree, 2, nil)), talk.ErrForbidden, "")
	made := breakouts(must(alice.BreakoutRooms.Configure(ctx, room, talk.BreakoutManual, 2, &talk.BreakoutRoomsOptions{Attendees: map[int64]int{bobID: 1, carolID: 0}}))(t))
	if len(made) != 2 || made[0].ObjectID != room || made[0].LobbyState != talk.LobbyNonModerators {
		t.Fatalf("made: %+v", made)
	}
	if c := must(alice.Conversations.Get(ctx, room))(t); c.BreakoutRoomMode != talk.BreakoutManual || c.BreakoutRoomStatus != talk.BreakoutStopped {
		t.Errorf("configured: %v, %v", c.BreakoutRoomMode, c.BreakoutRoomStatus)
	}
	refused(t, "once more", errOf(alice.BreakoutRooms.Configure(ctx, room, talk.BreakoutFree, 2, nil)), talk.ErrInvalid, "room")
	refused(t, "bob's room before the start", errOf(bob.BreakoutRooms.List(ctx, room)), talk.ErrInvalid, "status")

	must(alice.BreakoutRooms.Start(ctx, room))(t)
	if c := must(alice.Conversations.Get(ctx, room))(t); c.BreakoutRoomStatus != talk.BreakoutStarted {
		t.Errorf("started: %v", c.BreakoutRoomStatus)
	}
	own := must(bob.BreakoutRooms.List(ctx, room))(t)
	if len(own) != 1 || own[0].Token != made[1].Token || own[0].LobbyState != talk.LobbyNone {
		t.Fatalf("bob is in %+v", own)
	}
	where := map[string][]string{}
	for _, p := range must(alice.BreakoutRooms.Participants(ctx, room, nil))(t) {
		if p.ActorID != w.id("alice") {
			where[p.RoomToken] = append(where[p.RoomToken], p.DisplayName)
		}
	}
	if diff := cmp.Diff(map[string][]string{room: {"Bob", "Carol"}, made[0].Token: {"Carol"}, made[1].Token: {"Bob"}}, where); diff != "" {
		t.Errorf("who is where: %s", diff)
	}

	asking := must(bob.BreakoutRooms.RequestAssistance(ctx, own[0].Token))(t)
	if asking.BreakoutRoomStatus != talk.BreakoutAssistanceRequested {
		t.Errorf("asking: %v", asking.BreakoutRoomStatus)
	}
	if calm := must(bob.BreakoutRooms.ResetAssistance(ctx, own[0].Token))(t); calm.BreakoutRoomStatus != talk.BreakoutStopped {
		t.Errorf("no longer asking: %v", calm.BreakoutRoomStatus)
	}
	refused(t, "asking in the whole", errOf(bob.BreakoutRooms.RequestAssistance(ctx, room)), talk.ErrInvalid, "room")

	must(alice.BreakoutRooms.Broadcast(ctx, room, "five minutes left"))(t)
	if said := texts(t, bob.Chat.History(ctx, own[0].Token, nil), 1); len(said) != 1 || said[0] != "five minutes left" {
		t.Errorf("bob heard %q", said)
	}
	refused(t, "a broadcast by who does not moderate", errOf(bob.BreakoutRooms.Broadcast(ctx, room, "no")), talk.ErrForbidden, "")
	refused(t, "choosing where that is not allowed", errOf(bob.BreakoutRooms.Switch(ctx, room, made[0].Token)), talk.ErrInvalid, "mode")

	must(alice.BreakoutRooms.Assign(ctx, room, map[int64]int{bobID: 0}))(t)
	if own := must(bob.BreakoutRooms.List(ctx, room))(t); len(own) != 1 || own[0].Token != made[0].Token {
		t.Errorf("bob was moved to %+v", own)
	}
	refused(t, "moving a moderator", errOf(alice.BreakoutRooms.Assign(ctx, room, map[int64]int{w.attendee(alice, room, "alice").AttendeeID: 0})), talk.ErrInvalid, "moderator")

	must(alice.BreakoutRooms.Stop(ctx, room))(t)
	refused(t, "bob's room after the end", errOf(bob.BreakoutRooms.List(ctx, room)), talk.ErrInvalid, "status")
	if c := must(alice.BreakoutRooms.Remove(ctx, room))(t); c.BreakoutRoomMode != talk.BreakoutNotConfigured {
		t.Errorf("removed: %v", c.BreakoutRoomMode)
	}
	refused(t, "what was removed", errOf(alice.BreakoutRooms.List(ctx, room)), talk.ErrInvalid, "mode")
	refused(t, "for a public one", errOf(alice.BreakoutRooms.Configure(ctx, must(alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{Name: "Open"}))(t).Token, talk.BreakoutFree, 2, nil)), talk.ErrInvalid, "room")
}

// TestLiveBreakoutRoomsToChoose: in the mode free, participants go where they like.
func TestLiveBreakoutRoomsToChoose(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureBreakoutRooms)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Fair", "bob").Token
	made := breakouts(must(alice.BreakoutRooms.Configure(ctx, room, talk.BreakoutFree, 3, nil))(t))
	refused(t, "before the start", errOf(bob.BreakoutRooms.Switch(ctx, room, made[0].Token)), talk.ErrInvalid, "status")
	must(alice.BreakoutRooms.Start(ctx, room))(t)
	if all := must(bob.BreakoutRooms.List(ctx, room))(t); len(all) != 3 {
		t.Errorf("bob sees %d of 3 rooms", len(all))
	}
	for _, to := range []*talk.Conversation{made[2], made[0]} {
		if in := must(bob.BreakoutRooms.Switch(ctx, room, to.Token))(t); in.Token != to.Token {
			t.Errorf("bob is in %s, not %s", in.Token, to.Token)
		}
		people := must(alice.Participants.List(ctx, to.Token, nil))(t)
		if !slices.ContainsFunc(people, func(p *talk.Participant) bool { return p.ActorID == w.id("bob") }) {
			t.Errorf("bob is not in %s", to.Name)
		}
	}
	refused(t, "into the whole", errOf(bob.BreakoutRooms.Switch(ctx, room, room)), talk.ErrInvalid, "target")
	refused(t, "as a moderator", errOf(alice.BreakoutRooms.Switch(ctx, room, made[1].Token)), talk.ErrInvalid, "moderator")
	must(alice.BreakoutRooms.Remove(ctx, room))(t)
}

// TestBreakoutRoomsRefuse: what cannot be right is refused by name, and nothing is sent.
func TestBreakoutRoomsRefuse(t *testing.T) {
	t.Parallel()
	c := unsent(t)
	ctx := t.Context()
	manual := func(attendees map[int64]int) error {
		return errOf(c.BreakoutRooms.Configure(ctx, "abcd1234", talk.BreakoutManual, 2, &talk.BreakoutRoomsOptions{Attendees: attendees}))
	}
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no mode":              {errOf(c.BreakoutRooms.Configure(ctx, "abcd1234", talk.BreakoutNotConfigured, 2, nil)), "mode"},
		"a mode of the future": {errOf(c.BreakoutRooms.Configure(ctx, "abcd1234", 9, 2, nil)), "mode"},
		"none":                 {errOf(c.BreakoutRooms.Configure(ctx, "abcd1234", talk.BreakoutFree, 0, nil)), "amount"},
		"too many":             {errOf(c.BreakoutRooms.Configure(ctx, "abcd1234", talk.BreakoutFree, 21, nil)), "amount"},
		"no attendee":          {manual(map[int64]int{0: 1}), "attendees"},
		"a third of two":       {manual(map[int64]int{7: 2}), "attendees"},
		"before the first":     {manual(map[int64]int{7: -1}), "attendees"},
		"where they choose": {errOf(c.BreakoutRooms.Configure(ctx, "abcd1234", talk.BreakoutFree, 2,
			&talk.BreakoutRoomsOptions{Attendees: map[int64]int{7: 0}})), "attendees"},
		"moved to the 21st": {errOf(c.BreakoutRooms.Assign(ctx, "abcd1234", map[int64]int{7: 20})), "attendees"},
		"no target":         {errOf(c.BreakoutRooms.Switch(ctx, "abcd1234", "")), "target"},
		"no message":        {errOf(c.BreakoutRooms.Broadcast(ctx, "abcd1234", " ")), "message"},
		"too long":          {errOf(c.BreakoutRooms.Broadcast(ctx, "abcd1234", strings.Repeat("x", 32001))), "message"},
		"no conversation":   {errOf(c.BreakoutRooms.List(ctx, "")), "token"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}
