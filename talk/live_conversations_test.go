package talk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveKindsOfConversations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureNoteToSelf, talk.FeatureConversationCreationAll, talk.FeatureConversationCreationPassword)
	alice, bob := w.client("alice"), w.client("bob")
	w.client("carol")
	crew := w.group("crew", "bob", "carol")

	group := must(alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Plans", Invite: crew, Source: talk.ActorGroup}))(t)
	if group.Type != talk.ConversationGroup || group.Name != "Plans" || group.DisplayName != "Plans" || group.ParticipantType != talk.ParticipantOwner ||
		!group.CanDeleteConversation || !group.CanLeaveConversation || group.ActorID != w.id("alice") || group.ActorType != talk.ActorUser || group.AttendeeID == 0 ||
		group.ReadOnly || group.HasPassword || group.HasCall || group.LastActivity.IsZero() || group.AvatarVersion == "" || group.SessionID != "0" {
		t.Errorf("a group: %+v", group)
	}
	if n := len(must(alice.Participants.List(ctx, group.Token, nil))(t)); n != 4 {
		t.Errorf("a group with a group has %d participants, want owner, group and its two members", n)
	}
	public := must(alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{
		Name: "Open house", Password: "Sesame-Open-12345", Description: "Come **in**", Listable: talk.ListableUsers, MessageExpiration: time.Hour,
		Permissions: talk.PermissionChat | talk.PermissionJoinCall, MentionPermissions: talk.MentionModerators,
		Participants: &talk.ParticipantList{Users: []string{w.id("carol")}},
	}))(t)
	if public.Type != talk.ConversationPublic || !public.HasPassword || public.Description != "Come **in**" || public.Listable != talk.ListableUsers || public.MessageExpiration != time.Hour ||
		!public.DefaultPermissions.Has(talk.PermissionChat|talk.PermissionJoinCall|talk.PermissionCustom) || public.MentionPermissions != talk.MentionModerators {
		t.Errorf("with all options: %+v", public)
	}
	if p := w.attendee(alice, public.Token, "carol"); p.ParticipantType != talk.ParticipantUser || p.Permissions.Has(talk.PermissionStartCall) {
		t.Errorf("carol is %v with %v", p.ParticipantType, p.Permissions)
	}

	direct := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: w.id("bob")}))(t)
	again := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: w.id("bob")}))(t)
	if again.Token != direct.Token || direct.Name != w.id("bob") || direct.DisplayName != "Bob" || direct.Type != talk.ConversationOneToOne {
		t.Errorf("one-to-one is %s and %s, named %q", direct.Token, again.Token, direct.Name)
	}
	// The other user sees it from the first message on.
	refused(t, "before the first message", errOf(bob.Conversations.Get(ctx, direct.Token)), talk.ErrNotFound, "")
	must(alice.Chat.Send(ctx, direct.Token, "hi", nil))(t)
	if seen := must(bob.Conversations.Get(ctx, direct.Token))(t); seen.DisplayName != "Alice" || seen.UnreadMessages != 1 {
		t.Errorf("bob sees %q with %d unread", seen.DisplayName, seen.UnreadMessages)
	}

	notes := must(alice.Conversations.NoteToSelf(ctx))(t)
	if notes.Type != talk.ConversationNoteToSelf || notes.CanLeaveConversation || notes.CanStartCall {
		t.Errorf("note to self: %+v", notes)
	}

	create := func(kind talk.ConversationType, o talk.CreateOptions) error {
		return errOf(alice.Conversations.Create(ctx, kind, &o))
	}
	refused(t, "talking to nobody known", create(talk.ConversationOneToOne, talk.CreateOptions{Invite: "nobody-" + w.id("x")}), talk.ErrNotFound, "invite")
	refused(t, "talking to oneself", create(talk.ConversationOneToOne, talk.CreateOptions{Invite: w.id("alice")}), talk.ErrForbidden, "invite")
	refused(t, "a group that does not exist", create(talk.ConversationGroup, talk.CreateOptions{Name: "x", Invite: "nogroup-" + w.id("x")}), talk.ErrNotFound, "invite")
	refused(t, "a changelog", create(talk.ConversationChangelog, talk.CreateOptions{Name: "x"}), talk.ErrInvalid, "type")
	refused(t, "no such type", create(99, talk.CreateOptions{Name: "x"}), talk.ErrInvalid, "type")
	refused(t, "a blank name", create(talk.ConversationGroup, talk.CreateOptions{Name: "   "}), talk.ErrInvalid, "name")
	refused(t, "an unknown object", create(talk.ConversationGroup, talk.CreateOptions{Name: "x", ObjectType: "bogus", ObjectID: "1"}), talk.ErrInvalid, "object-type")
	refused(t, "too long a description", create(talk.ConversationGroup, talk.CreateOptions{Name: "x", Description: strings.Repeat("d", 2001)}), talk.ErrInvalid, "description")
}

func TestLiveLists(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	one, two := w.room(alice, "One", "bob"), w.room(alice, "Two")
	must(alice.Chat.Send(ctx, one.Token, "hello", nil))(t)

	list := must(alice.Conversations.List(ctx, &talk.ListOptions{IncludeStatus: true}))(t)
	listed := map[string]*talk.Conversation{}
	for _, c := range list.Conversations {
		listed[c.Token] = c
	}
	if listed[one.Token] == nil || listed[two.Token] == nil || list.ModifiedBefore.IsZero() {
		t.Fatalf("listed: %v", listed)
	}
	if last := listed[one.Token].LastMessage; last == nil || last.Text() != "hello" {
		t.Errorf("the last message of one is %+v", last)
	}
	if alice.ConfigHash() == "" {
		t.Error("no hash of the settings")
	}
	streamed := 0
	for c, err := range alice.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if listed[c.Token] == nil || c.LastMessage != nil {
			t.Errorf("streamed %s, with last message %v", c.Token, c.LastMessage)
		}
		streamed++
	}
	if streamed != len(listed) {
		t.Errorf("%d streamed, %d listed", streamed, len(listed))
	}

	// Far in the server's future nothing has changed.
	later := must(alice.Conversations.List(ctx, &talk.ListOptions{ModifiedSince: list.ModifiedBefore.Add(24 * time.Hour)}))(t)
	if len(later.Conversations) != 0 {
		t.Errorf("%d conversations changed tomorrow", len(later.Conversations))
	}
	// The first round of changes has all, those that follow what is new.
	seen := map[string]int{}
	for c, err := range alice.Conversations.Changes(ctx, &talk.ChangesOptions{Interval: time.Millisecond}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[c.Token]++
		if len(seen) == len(listed) && seen[one.Token] == 1 && c.UnreadMessages == 0 {
			must(bob.Chat.Send(ctx, one.Token, "news", nil))(t)
		}
		if c.Token == one.Token && c.LastMessage.Text() == "news" {
			break
		}
	}
	if seen[one.Token] != 2 || seen[two.Token] != 1 {
		t.Errorf("given %d and %d times", seen[one.Token], seen[two.Token])
	}
}

func TestLiveSettings(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob, carol := w.client("alice"), w.client("bob"), w.client("carol")
	room := w.room(alice, "Settings", "bob").Token
	type set = func(c *talk.Client) (*talk.Conversation, error)
	for _, tt := range []struct {
		name    string
		feature talk.Feature
		set     set
		is      func(*talk.Conversation) bool
		says    talk.SystemMessage // empty for what is one's own affair
	}{
		{
			"rename", "", func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.Rename(ctx, room, "Renamed") },
			func(c *talk.Conversation) bool { return c.Name == "Renamed" }, talk.SystemConversationRenamed,
		},
		{
			"describe", talk.FeatureRoomDescription, func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetDescription(ctx, room, "About **this**")
			},
			func(c *talk.Conversation) bool { return c.Description == "About **this**" }, talk.SystemDescriptionSet,
		},
		{
			"remove the description", talk.FeatureRoomDescription, func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.SetDescription(ctx, room, "") },
			func(c *talk.Conversation) bool { return c.Description == "" }, talk.SystemDescriptionRemoved,
		},
		{
			"open", "", func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.MakePublic(ctx, room, nil) },
			func(c *talk.Conversation) bool { return c.Type == talk.ConversationPublic }, talk.SystemGuestsAllowed,
		},
		{
			"protect", "", func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetPassword(ctx, room, "Sesame-Open-12345")
			},
			func(c *talk.Conversation) bool { return c.HasPassword }, talk.SystemPasswordSet,
		},
		{
			"unprotect", "", func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.SetPassword(ctx, room, "") },
			func(c *talk.Conversation) bool { return !c.HasPassword }, talk.SystemPasswordRemoved,
		},
		{
			"close", "", func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.MakePrivate(ctx, room) },
			func(c *talk.Conversation) bool { return c.Type == talk.ConversationGroup }, talk.SystemGuestsDisallowed,
		},
		{
			"lock", talk.FeatureReadOnlyRooms, func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.SetReadOnly(ctx, room, true) },
			func(c *talk.Conversation) bool { return c.ReadOnly }, talk.SystemReadOnly,
		},
		{
			"unlock", talk.FeatureReadOnlyRooms, func(c *talk.Client) (*talk.Conversation, error) { return c.Conversations.SetReadOnly(ctx, room, false) },
			func(c *talk.Conversation) bool { return !c.ReadOnly }, talk.SystemReadOnlyOff,
		},
		{
			"list", talk.FeatureListableRooms, func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetListable(ctx, room, talk.ListableEveryone)
			},
			func(c *talk.Conversation) bool { return c.Listable == talk.ListableEveryone }, talk.SystemListableAll,
		},
		{
			"unlist", talk.FeatureListableRooms, func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetListable(ctx, room, talk.ListableParticipants)
			},
			func(c *talk.Conversation) bool { return c.Listable == talk.ListableParticipants }, talk.SystemListableNone,
		},
		{
			"mentions", talk.FeatureMentionPermissions, func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetMentionPermissions(ctx, room, talk.MentionModerators)
			},
			func(c *talk.Conversation) bool { return c.MentionPermissions == talk.MentionModerators }, "",
		},
		{
			"permissions", talk.FeatureConversationPermissions, func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetDefaultPermissions(ctx, room, talk.PermissionChat)
			},
			func(c *talk.Conversation) bool {
				return c.DefaultPermissions == talk.PermissionChat|talk.PermissionCustom
			}, "",
		},
		{
			"expiration", "", func(c *talk.Client) (*talk.Conversation, error) {
				return c.Conversations.SetMessageExpiration(ctx, room, time.Hour)
			},
			func(c *talk.Conversation) bool { return c.MessageExpiration == time.Hour }, talk.SystemMessageExpirationEnabled,
		},
	} {
		if tt.feature != "" && !must(alice.Capabilities(ctx))(t).Has(tt.feature) {
			t.Logf("%s: the server lacks %q", tt.name, tt.feature)
			continue
		}
		refused(t, tt.name+" as a user", errOf(tt.set(bob)), talk.ErrForbidden, "")
		refused(t, tt.name+" as a stranger", errOf(tt.set(carol)), talk.ErrNotFound, "")
		got := must(tt.set(alice))(t)
		if !tt.is(got) || !tt.is(must(alice.Conversations.Get(ctx, room))(t)) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if tt.says != "" && (got.LastMessage == nil || got.LastMessage.SystemMessage != tt.says) {
			t.Errorf("%s: the last message is %+v", tt.name, got.LastMessage)
		}
	}
	refused(t, "an empty name", errOf(alice.Do(ctx, "PUT", "/ocs/v2.php/apps/spreed/api/v4/room/"+room, nil, map[string]string{"roomName": ""}, nil)), talk.ErrInvalid, "value")
	refused(t, "a password on a private one", errOf(alice.Conversations.SetPassword(ctx, room, "Sesame-Open-12345")), talk.ErrInvalid, "type")
	refused(t, "a scope that does not exist", errOf(alice.Conversations.SetListable(ctx, room, 5)), talk.ErrInvalid, "value")

	// What is one's own affair everybody may set.
	c := bob.Conversations
	for name, tt := range map[string]struct {
		set func() (*talk.Conversation, error)
		is  func(*talk.Conversation) bool
	}{
		"favourite":     {func() (*talk.Conversation, error) { return c.SetFavorite(ctx, room, true) }, func(c *talk.Conversation) bool { return c.IsFavorite }},
		"notifications": {func() (*talk.Conversation, error) { return c.SetNotificationLevel(ctx, room, talk.NotifyNever) }, func(c *talk.Conversation) bool { return c.NotificationLevel == talk.NotifyNever }},
		"calls":         {func() (*talk.Conversation, error) { return c.SetCallNotifications(ctx, room, talk.NotifyCallsOff) }, func(c *talk.Conversation) bool { return c.NotificationCalls == talk.NotifyCallsOff }},
		"archive":       {func() (*talk.Conversation, error) { return c.SetArchived(ctx, room, true) }, func(c *talk.Conversation) bool { return c.IsArchived }},
		"important":     {func() (*talk.Conversation, error) { return c.SetImportant(ctx, room, true) }, func(c *talk.Conversation) bool { return c.IsImportant }},
		"sensitive":     {func() (*talk.Conversation, error) { return c.SetSensitive(ctx, room, true) }, func(c *talk.Conversation) bool { return c.IsSensitive }},
	} {
		got, err := tt.set()
		if errors.Is(err, talk.ErrUnsupported) {
			t.Logf("%s: %v", name, err)
			continue
		}
		if err != nil || !tt.is(got) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if view := must(c.SetFavorite(ctx, room, false))(t); view.IsFavorite {
		t.Error("still a favourite")
	}
	refused(t, "a stranger's favourite", errOf(carol.Conversations.SetFavorite(ctx, room, true)), talk.ErrNotFound, "")
}

func TestLiveLobby(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureWebinaryLobby)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Webinar", "bob").Token
	until := time.Now().Add(48 * time.Hour).Truncate(time.Second)
	refused(t, "as a user", errOf(bob.Conversations.SetLobby(ctx, room, talk.LobbyNonModerators, until)), talk.ErrForbidden, "")
	set := must(alice.Conversations.SetLobby(ctx, room, talk.LobbyNonModerators, until))(t)
	if set.LobbyState != talk.LobbyNonModerators || !set.LobbyTimer.Equal(until) {
		t.Errorf("lobby %v until %v", set.LobbyState, set.LobbyTimer)
	}
	refused(t, "reading from the lobby", errOf(bob.Chat.Page(ctx, room, nil)), talk.ErrLobby, "")
	refused(t, "writing from the lobby", errOf(bob.Chat.Send(ctx, room, "hello?", nil)), talk.ErrLobby, "")
	must(alice.Chat.Send(ctx, room, "soon", nil))(t)
	must(alice.Conversations.SetLobby(ctx, room, talk.LobbyNone, time.Time{}))(t)
	must(bob.Chat.Send(ctx, room, "here", nil))(t)
}

func TestLiveComingAndGoing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureConversationCreationPassword, talk.FeatureListableRooms)
	alice, bob := w.client("alice"), w.client("bob")
	public := must(alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{Name: "Open house", Password: "Sesame-Open-12345"}))(t)
	refused(t, "a wrong password", errOf(bob.Conversations.Join(ctx, public.Token, &talk.JoinOptions{Password: "wrong"})), talk.ErrForbidden, "password")
	joined := must(bob.Conversations.Join(ctx, public.Token, &talk.JoinOptions{Password: "Sesame-Open-12345"}))(t)
	if joined.ParticipantType != talk.ParticipantSelfJoined || joined.SessionID == "0" || joined.LastPing.IsZero() {
		t.Errorf("bob joined as %v, session %q", joined.ParticipantType, joined.SessionID)
	}
	if p := w.attendee(alice, public.Token, "bob"); len(p.SessionIDs) != 1 || p.LastPing.IsZero() || p.RoomToken != public.Token || p.InCall != talk.InCallDisconnected {
		t.Errorf("bob is there with %v", p)
	}
	if err := bob.Conversations.LeaveSession(ctx, public.Token); err != nil {
		t.Error(err)
	}
	refused(t, "nowhere", errOf(bob.Conversations.Join(ctx, "nosuchroom", nil)), talk.ErrNotFound, "")

	open := must(alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Listed " + w.id("x")}))(t)
	must(alice.Conversations.SetListable(ctx, open.Token, talk.ListableUsers))(t)
	found := must(bob.Conversations.Listed(ctx, "Listed "+w.id("x")))(t)
	if len(found) != 1 || found[0].Token != open.Token {
		t.Errorf("found %+v", found)
	}
	if joined := must(bob.Conversations.Join(ctx, open.Token, nil))(t); joined.ParticipantType != talk.ParticipantUser {
		t.Errorf("bob joined the listed one as %v", joined.ParticipantType)
	}

	room := w.room(alice, "Leaving", "bob")
	refused(t, "the last moderator leaves", alice.Conversations.Leave(ctx, room.Token), talk.ErrInvalid, "last-moderator")
	if err := bob.Conversations.Leave(ctx, room.Token); err != nil {
		t.Error(err)
	}
	refused(t, "leaving twice", bob.Conversations.Leave(ctx, room.Token), talk.ErrNotFound, "")
	if diff := cmp.Diff([]string{"Bob left the conversation", "You added Bob", "You created the conversation"}, texts(t, alice.Chat.History(ctx, room.Token, nil), -1)); diff != "" {
		t.Error(diff)
	}
	direct := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: w.id("bob")}))(t)
	refused(t, "deleting a one-to-one", alice.Conversations.Delete(ctx, direct.Token), talk.ErrInvalid, "")
	refused(t, "deleting as a user", bob.Conversations.Delete(ctx, open.Token), talk.ErrForbidden, "")
	if err := alice.Conversations.Delete(ctx, room.Token); err != nil {
		t.Error(err)
	}
	refused(t, "after deletion", errOf(alice.Conversations.Get(ctx, room.Token)), talk.ErrNotFound, "")
}
