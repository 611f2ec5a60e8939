package core_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/core"
)

func TestOneToOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	made, created, err := w.OneToOne(ctx, as("anna"), "ben")
	w.must(err)
	if !created || made.DisplayName != "Ben" || made.Name != "ben" || made.CanDelete {
		t.Errorf("new conversation: created %v, %q %q", created, made.Name, made.DisplayName)
	}
	token := made.Token

	_, err = w.Room(ctx, as("ben"), token)
	wantRefusal(t, err, core.NotFound, "") // until the first message
	again, created, err := w.OneToOne(ctx, as("anna"), "Ben")
	w.must(err)
	if created || again.Token != token {
		t.Errorf("again: created %v, token %s, want %s", created, again.Token, token)
	}
	w.send("anna", token, "hello")
	seen := w.see("ben", token)
	if seen.DisplayName != "Anna" || seen.Unread != 1 || seen.Self.ParticipantType != core.Owner || seen.NotificationLevel != 1 {
		t.Errorf("ben sees %q, %d unread, type %d, level %d", seen.DisplayName, seen.Unread, seen.Self.ParticipantType, seen.NotificationLevel)
	}

	w.must(w.Leave(ctx, as("ben"), token))
	if rooms, err := w.Rooms(ctx, as("ben"), 0, true); err != nil || len(rooms) != 0 {
		t.Errorf("after leaving: %d rooms, %v", len(rooms), err)
	}
	w.send("anna", token, "still there?")
	if v := w.see("ben", token); v.Unread != 1 {
		t.Errorf("brought back with %d unread, want 1", v.Unread)
	}
	if got := w.history("ben", token); slices.Contains(got, "{actor} left the conversation") {
		t.Errorf("coming and going is told: %q", got)
	}

	for _, tt := range []struct {
		name   string
		do     func() error
		kind   core.Kind
		reason string
	}{
		{"with oneself", func() error { _, _, err := w.OneToOne(ctx, as("anna"), "anna"); return err }, core.Forbidden, "invite"},
		{"with nobody", func() error { _, _, err := w.OneToOne(ctx, as("anna"), "nobody"); return err }, core.NotFound, "invite"},
		{"add a third", func() error { _, err := w.AddParticipant(ctx, as("anna"), token, "cleo", "users"); return err }, core.Invalid, "room-type"},
		{"rename", func() error { _, err := w.Rename(ctx, as("anna"), token, "x"); return err }, core.Invalid, "type"},
		{"make public", func() error { _, err := w.SetPublic(ctx, as("anna"), token, true, ""); return err }, core.Invalid, "type"},
		{"delete", func() error { return w.DeleteRoom(ctx, as("anna"), token) }, core.Invalid, ""},
		{"clear", func() error { _, err := w.ClearHistory(ctx, as("anna"), token); return err }, core.Forbidden, ""},
	} {
		if err := tt.do(); !isRefusal(err, tt.kind, tt.reason) {
			t.Errorf("%s: got %v, want refusal %v %q", tt.name, err, tt.kind, tt.reason)
		}
	}
}

func TestADeletedUserLeavesWhatTheyWrote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	pair, _, err := w.OneToOne(ctx, as("anna"), "ben")
	w.must(err)
	w.send("anna", pair.Token, "hello")
	token := w.room(core.NewRoom{Name: "Group"}, "ben")
	w.send("ben", token, "I was here")
	w.must(w.DeleteUser(ctx, "ben"))

	former := w.see("anna", pair.Token)
	if former.Type != core.FormerOneToOne || former.DisplayName != "Ben" || former.ReadOnly != 1 {
		t.Errorf("the pair is now type %d, %q, read-only %d", former.Type, former.DisplayName, former.ReadOnly)
	}
	_, err = w.SendMessage(ctx, as("anna"), pair.Token, core.Send{Message: "x"})
	wantRefusal(t, err, core.Forbidden, "")
	last := w.see("anna", token).LastMessage
	if last.Text != "I was here" || last.ActorType != "deleted_users" || last.ActorName != "" {
		t.Errorf("last message: %+v", last)
	}
	w.must(w.EnsureUser(ctx, core.NewUser{ID: "ben"}))
	if rooms, err := w.Rooms(ctx, as("ben"), 0, true); err != nil || len(rooms) != 0 {
		t.Errorf("a new user of that name is in %d conversations, %v", len(rooms), err)
	}
}

func TestNoteToSelfIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.NoteToSelf(t.Context(), as("anna"))
	w.must(err)
	second, err := w.NoteToSelf(t.Context(), as("anna"))
	w.must(err)
	if first.Token != second.Token || first.Type != core.NoteToSelf || first.CanLeave || first.CanStartCall || !first.CanDelete {
		t.Errorf("first %+v, second %s", first, second.Token)
	}
}

func TestGroupsBringTheirMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Group"}, "cleo")
	for range 2 { // the second time changes nothing
		_, err := w.AddParticipant(ctx, as("anna"), token, "crew", "groups")
		w.must(err)
	}
	want := []string{"You created the conversation", "You added {user}", "You added group {group}", "You added {user}"}
	if diff := cmp.Diff(want, w.history("anna", token)); diff != "" {
		t.Error(diff)
	}
	w.must(w.RemoveParticipant(ctx, as("anna"), token, w.attendee(token, "crew")))
	list, err := w.Participants(ctx, as("anna"), token)
	w.must(err)
	var left []string
	for _, p := range list {
		left = append(left, p.ActorID)
	}
	if diff := cmp.Diff([]string{"anna", "cleo"}, left); diff != "" {
		t.Errorf("after the group has gone: %s", diff)
	}
}

func TestModerators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Mods"}, "ben", "cleo")
	anna, ben, cleo := w.attendee(token, "anna"), w.attendee(token, "ben"), w.attendee(token, "cleo")
	_, err := w.SetPermissions(ctx, as("anna"), token, ben, "set", core.PermJoinCall)
	w.must(err)

	wantRefusal(t, w.Leave(ctx, as("anna"), token), core.Invalid, "last-moderator")
	wantRefusal(t, w.RemoveParticipant(ctx, as("anna"), token, anna), core.Invalid, "last-moderator")
	wantRefusal(t, w.Promote(ctx, as("ben"), token, cleo), core.Forbidden, "")
	wantRefusal(t, w.Demote(ctx, as("anna"), token, anna), core.Forbidden, "")
	w.must(w.Promote(ctx, as("anna"), token, ben))
	if v := w.see("ben", token); v.Permissions != core.PermModerator || v.Self.Permissions != 0 {
		t.Errorf("promoted: permissions %d, own %d", v.Permissions, v.Self.Permissions)
	}
	wantRefusal(t, w.Promote(ctx, as("anna"), token, ben), core.Invalid, "")
	wantRefusal(t, w.RemoveParticipant(ctx, as("ben"), token, anna), core.Forbidden, "owner")
	wantRefusal(t, w.Demote(ctx, as("ben"), token, anna), core.Invalid, "")
	w.must(w.Leave(ctx, as("anna"), token)) // ben is left to moderate
	w.must(w.RemoveParticipant(ctx, as("ben"), token, cleo))
	w.must(w.Leave(ctx, as("ben"), token))
	_, err = w.Room(ctx, as("ben"), token)
	wantRefusal(t, err, core.NotFound, "") // nobody is left: it is gone
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Permissions"}, "ben")
	ben := w.attendee(token, "ben")
	for _, tt := range []struct {
		name   string
		method string
		bits   int
		want   int
	}{
		{"default", "", 0, core.PermDefault},
		{"set", "set", core.PermChat, core.PermChat | core.PermCustom},
		{"add to what is", "add", core.PermJoinCall, core.PermChat | core.PermJoinCall | core.PermCustom},
		{"take away", "remove", core.PermJoinCall, core.PermChat | core.PermCustom},
		{"back to the default", "set", 0, core.PermDefault},
		{"take from the default", "remove", core.PermChat, core.PermDefault&^core.PermChat | core.PermCustom},
	} {
		if tt.method != "" {
			_, err := w.SetPermissions(ctx, as("anna"), token, ben, tt.method, tt.bits)
			w.must(err)
		}
		if got := w.see("ben", token).Permissions; got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	_, err := w.SetDefaultPermissions(ctx, as("anna"), token, core.PermVideo)
	w.must(err)
	if got := w.see("ben", token).Permissions; got != core.PermVideo|core.PermCustom {
		t.Errorf("the conversation's permissions leave ben with %d", got)
	}
	if got := w.see("anna", token).Permissions; got != core.PermModerator {
		t.Errorf("a moderator has %d", got)
	}
	_, err = w.SetPermissions(ctx, as("anna"), token, ben, "set", 256)
	wantRefusal(t, err, core.Invalid, "value")
}

func TestOpenDoors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	public := w.room(core.NewRoom{Type: core.Public, Name: "Public", Password: "sesame"})
	listed := w.room(core.NewRoom{Name: "Listed", Listable: 1})
	closed := w.room(core.NewRoom{Name: "Closed"})

	_, err := w.Join(ctx, as("cleo"), public, "wrong", true)
	wantRefusal(t, err, core.Forbidden, "password")
	_, err = w.Join(ctx, as("cleo"), closed, "", true)
	wantRefusal(t, err, core.NotFound, "")
	_, err = w.Join(ctx, guest("g"), listed, "", true)
	wantRefusal(t, err, core.NotFound, "") // listed for users only

	v, err := w.Join(ctx, as("cleo"), public, "sesame", true)
	w.must(err)
	if v.Self.ParticipantType != core.SelfJoined || len(v.Session.SessionID) != 255 {
		t.Errorf("joined as %d with a session of %d characters", v.Self.ParticipantType, len(v.Session.SessionID))
	}
	second, err := w.Join(ctx, as("cleo"), public, "", true) // inside, no password is asked for
	w.must(err)
	if second.Session.SessionID == v.Session.SessionID {
		t.Error("joining again kept the session")
	}
	w.must(w.LeaveSession(ctx, as("cleo"), public))
	_, err = w.SendMessage(ctx, as("cleo"), public, core.Send{Message: "x"})
	wantRefusal(t, err, core.NotFound, "") // gone with the session

	v, err = w.Join(ctx, as("cleo"), listed, "", true)
	w.must(err)
	if v.Self.ParticipantType != core.User || v.LastMessage.Text != "You joined the conversation" {
		t.Errorf("joined as %d, %q", v.Self.ParticipantType, v.LastMessage.Text)
	}
	w.must(w.LeaveSession(ctx, as("cleo"), listed))
	w.send("cleo", listed, "a member for good")
}

func TestGuestsComeByTheirCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Type: core.Public, Name: "Public"})
	preview, err := w.Room(ctx, guest("g"), token)
	w.must(err)
	if !preview.Preview || preview.DisplayName != "" {
		t.Errorf("a stranger sees %q", preview.DisplayName)
	}
	v, err := w.Join(ctx, guest("g"), token, "", true)
	w.must(err)
	if v.Self.ActorType != core.ActorGuests || len(v.Self.ActorID) != 40 || v.CanLeave {
		t.Errorf("guest: %+v", v.Self)
	}
	if _, err := w.SendMessage(ctx, guest("g"), token, core.Send{Message: "hello"}); err != nil {
		t.Error(err)
	}
	_, err = w.SendMessage(ctx, guest("other"), token, core.Send{Message: "hello"})
	wantRefusal(t, err, core.NotFound, "")
	_, err = w.Participants(ctx, guest("g"), token)
	wantRefusal(t, err, core.Forbidden, "")
	_, err = w.SetPublic(ctx, as("anna"), token, false, "")
	w.must(err)
	_, err = w.SendMessage(ctx, guest("g"), token, core.Send{Message: "still here?"})
	wantRefusal(t, err, core.NotFound, "")
}

func TestSystemMessagesSpeakToTheirReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Old"}, "ben", "cleo")
	_, err := w.Rename(ctx, as("anna"), token, "New")
	w.must(err)
	w.must(w.Promote(ctx, as("anna"), token, w.attendee(token, "ben")))
	w.must(w.Leave(ctx, as("cleo"), token))
	for user, want := range map[string][]string{
		"anna": {
			"You created the conversation", "You added {user}", "You added {user}",
			`You renamed the conversation from "Old" to "New"`, "You promoted {user} to moderator", "{actor} left the conversation",
		},
		"ben": {
			"{actor} created the conversation", "{actor} added you", "{actor} added {user}",
			`{actor} renamed the conversation from "Old" to "New"`, "{actor} promoted you to moderator", "{actor} left the conversation",
		},
	} {
		if diff := cmp.Diff(want, w.history(user, token)); diff != "" {
			t.Errorf("%s reads: %s", user, diff)
		}
	}
	_, err = w.Rename(ctx, as("anna"), token, "100% {actor} %s") // a name is a name
	w.must(err)
	if got := w.see("anna", token).LastMessage.Text; got != `You renamed the conversation from "New" to "100% {actor} %s"` {
		t.Errorf("renamed: %q", got)
	}
}
