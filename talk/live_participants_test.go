package talk_test

import (
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestLiveParticipants(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	w.client("carol")
	w.client("dave")
	crew := w.group("crew", "carol", "dave")
	room := w.room(alice, "People", "bob").Token
	must(alice.Participants.Add(ctx, room, talk.ActorGroup, crew))(t)

	byID := map[string]*talk.Participant{}
	for _, p := range must(alice.Participants.List(ctx, room, &talk.ListParticipantsOptions{IncludeStatus: true}))(t) {
		byID[p.ActorID] = p
	}
	if len(byID) != 5 || byID[crew].ActorType != talk.ActorGroup {
		t.Fatalf("participants are %v", byID)
	}
	owner, user := byID[w.id("alice")], byID[w.id("bob")]
	if owner.ParticipantType != talk.ParticipantOwner || owner.DisplayName != "Alice" || owner.ActorType != talk.ActorUser || owner.RoomToken != room {
		t.Errorf("alice is %+v", owner)
	}
	if user.ParticipantType != talk.ParticipantUser || user.Status.Type == "" || !user.Permissions.Has(talk.PermissionChat) || user.AttendeePermissions != talk.PermissionsDefault || !user.LastPing.IsZero() {
		t.Errorf("bob is %+v", user)
	}

	refused(t, "a user adds", errOf(bob.Participants.Add(ctx, room, talk.ActorUser, w.id("dave"))), talk.ErrForbidden, "")
	refused(t, "adding nobody known", errOf(alice.Participants.Add(ctx, room, talk.ActorUser, "nobody-"+w.id("x"))), talk.ErrNotFound, "new-participant")
	refused(t, "adding from nowhere", errOf(alice.Participants.Add(ctx, room, "bogus", "x")), talk.ErrInvalid, "source")
	must(alice.Participants.Add(ctx, room, talk.ActorUser, w.id("bob")))(t) // who takes part stays as they are

	if err := alice.Participants.Promote(ctx, room, user.AttendeeID); err != nil {
		t.Error(err)
	}
	if p := w.attendee(alice, room, "bob"); p.ParticipantType != talk.ParticipantModerator || !p.ParticipantType.IsModerator() {
		t.Errorf("bob was promoted to %v", p.ParticipantType)
	}
	refused(t, "promoting twice", alice.Participants.Promote(ctx, room, user.AttendeeID), talk.ErrInvalid, "")
	refused(t, "demoting an owner", bob.Participants.Demote(ctx, room, owner.AttendeeID), talk.ErrInvalid, "")
	refused(t, "demoting oneself", bob.Participants.Demote(ctx, room, user.AttendeeID), talk.ErrForbidden, "")
	if err := alice.Participants.Demote(ctx, room, user.AttendeeID); err != nil {
		t.Error(err)
	}
	w.need(talk.FeaturePublishingPermissions)
	must(alice.Participants.SetPermissions(ctx, room, user.AttendeeID, talk.PermissionsSet, talk.PermissionJoinCall))(t)
	if p := w.attendee(alice, room, "bob"); p.Permissions != talk.PermissionJoinCall|talk.PermissionCustom || p.AttendeePermissions != p.Permissions {
		t.Errorf("bob may %v", p.Permissions)
	}
	refused(t, "writing without permission", errOf(bob.Chat.Send(ctx, room, "hi", nil)), talk.ErrForbidden, "")
	must(alice.Participants.SetPermissions(ctx, room, user.AttendeeID, talk.PermissionsAdd, talk.PermissionChat))(t)
	must(bob.Chat.Send(ctx, room, "hi", nil))(t)
	refused(t, "an owner's permissions", errOf(alice.Participants.SetPermissions(ctx, room, owner.AttendeeID, talk.PermissionsSet, talk.PermissionChat)), talk.ErrForbidden, "moderator")

	refused(t, "a user removes", bob.Participants.Remove(ctx, room, byID[w.id("dave")].AttendeeID), talk.ErrForbidden, "")
	if err := alice.Participants.Remove(ctx, room, user.AttendeeID); err != nil {
		t.Error(err)
	}
	refused(t, "who was removed sends", errOf(bob.Chat.Send(ctx, room, "still here?", nil)), talk.ErrNotFound, "")
	refused(t, "removing nobody", alice.Participants.Remove(ctx, room, 1<<40), talk.ErrNotFound, "participant")
	refused(t, "the last moderator", alice.Participants.Remove(ctx, room, owner.AttendeeID), talk.ErrInvalid, "last-moderator")
}
