package talk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// newServer starts a server below a path, as many real ones are, so that no request may forget it.
func newServer(t *testing.T) *talktest.Server {
	t.Helper()
	return talktest.NewServer(t, talktest.WithBasePath("/nextcloud"))
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// group makes a group conversation of alice's with others in it.
func group(t *testing.T, alice *talk.Client, name string, others ...string) *talk.Conversation {
	t.Helper()
	room := must(alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: name}))(t)
	for _, other := range others {
		must(alice.Participants.Add(t.Context(), room.Token, talk.ActorUser, other))(t)
	}
	return room
}

// texts gives what people would read, up to n messages.
func texts(t *testing.T, messages iter.Seq2[*talk.Message, error], n int) (all []string) {
	t.Helper()
	for m, err := range messages {
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, m.Text()); len(all) == n {
			break
		}
	}
	return all
}

func TestTwoClientsTalk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room := group(t, alice, "Deploys", "bob")
	if room.Type != talk.ConversationGroup || room.ParticipantType != talk.ParticipantOwner || !room.CanDeleteConversation {
		t.Errorf("created %v as %v", room.Type, room.ParticipantType)
	}

	// Bob waits, from now on, before anything is said.
	now := must(bob.Chat.Page(ctx, room.Token, nil))(t).Messages[0].ID
	heard := make(chan *talk.Message)
	go func() {
		defer close(heard)
		for m, err := range bob.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: now}) {
			if err != nil {
				t.Error(err)
				return
			}
			heard <- m
			if m.Message == "done" {
				return
			}
		}
	}()

	first := must(alice.Chat.Send(ctx, room.Token, "  v1.4 is live, @bob \n", &talk.SendOptions{ReferenceID: "release-1.4"}))(t)
	got := <-heard
	if got.ID != first.ID || got.Text() != "v1.4 is live, @bob" || got.ReferenceID != "release-1.4" || got.ActorID != "alice" || got.ActorType != talk.ActorUser {
		t.Errorf("bob heard %+v", got)
	}
	if mention := got.MessageParameters["mention-user1"]; mention.Type != "user" || mention.ID != "bob" {
		t.Errorf("the mention is %+v", mention)
	}

	view := must(bob.Conversations.Get(ctx, room.Token))(t)
	if view.UnreadMessages != 1 || !view.UnreadMention || !view.UnreadMentionDirect {
		t.Errorf("bob has %d unread, mentioned %v", view.UnreadMessages, view.UnreadMentionDirect)
	}
	view = must(bob.Chat.MarkRead(ctx, room.Token, 0))(t)
	if view.UnreadMessages != 0 || view.UnreadMention || view.LastReadMessage != first.ID || view.LastCommonReadMessage != first.ID {
		t.Errorf("after reading: %d unread, read up to %d, all up to %d", view.UnreadMessages, view.LastReadMessage, view.LastCommonReadMessage)
	}

	reply := must(bob.Chat.Send(ctx, room.Token, "thanks!", &talk.SendOptions{ReplyTo: first.ID, Silent: true}))(t)
	if reply.Parent == nil || reply.Parent.ID != first.ID || !reply.Silent {
		t.Errorf("the reply is %+v", reply)
	}
	if got := <-heard; got.ID != reply.ID {
		t.Errorf("bob heard %v", got)
	}
	if view = must(bob.Chat.MarkUnread(ctx, room.Token))(t); view.UnreadMessages != 1 {
		t.Errorf("marked unread: %d unread", view.UnreadMessages)
	}
	around := must(bob.Chat.Context(ctx, room.Token, first.ID, &talk.ContextOptions{Limit: 2}))(t)
	if n := len(around.Messages); n != 3 || around.Messages[1].ID != first.ID || around.Messages[2].ID != reply.ID {
		t.Errorf("%d messages around the first", n)
	}
	must(alice.Chat.Send(ctx, room.Token, "done", nil))(t)
	for range heard {
	}
	want := []string{"done", "thanks!", "v1.4 is live, @bob", "You added bob", "You created the conversation"}
	if diff := cmp.Diff(want, texts(t, alice.Chat.History(ctx, room.Token, &talk.HistoryOptions{PageSize: 2}), -1)); diff != "" {
		t.Errorf("history as alice reads it:\n%s", diff)
	}
	want[3], want[4] = "alice added you", "alice created the conversation"
	if diff := cmp.Diff(want, texts(t, bob.Chat.History(ctx, room.Token, nil), -1)); diff != "" {
		t.Errorf("history as bob reads it:\n%s", diff)
	}
}

func TestConversationsLive(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")

	private := group(t, alice, "Plans", "bob")
	public := must(alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{Name: "Open house", Password: "Sesame-12345", Description: "Come in"}))(t)
	direct := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"}))(t)
	again := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"}))(t)
	if again.Token != direct.Token || direct.Name != "bob" {
		t.Errorf("one-to-one is %s and %s, named %q", direct.Token, again.Token, direct.Name)
	}
	notes := must(alice.Conversations.NoteToSelf(ctx))(t)
	if notes.Type != talk.ConversationNoteToSelf || notes.CanLeaveConversation {
		t.Errorf("note to self is %v", notes.Type)
	}

	// The other user of a one-to-one conversation sees it from the first message on.
	if _, err := bob.Conversations.Get(ctx, direct.Token); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("before the first message: %v", err)
	}
	must(alice.Chat.Send(ctx, direct.Token, "hi", nil))(t)
	if seen := must(bob.Conversations.Get(ctx, direct.Token))(t); seen.DisplayName != "alice" || seen.UnreadMessages != 1 {
		t.Errorf("bob sees %q with %d unread", seen.DisplayName, seen.UnreadMessages)
	}

	list := must(alice.Conversations.List(ctx, nil))(t)
	tokens := map[string]bool{}
	for _, c := range list.Conversations {
		tokens[c.Token] = true
	}
	streamed := 0
	for c, err := range alice.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if !tokens[c.Token] || c.LastMessage != nil {
			t.Errorf("streamed %s, with last message %v", c.Token, c.LastMessage)
		}
		streamed++
	}
	for _, c := range []*talk.Conversation{private, public, direct, notes} {
		if !tokens[c.Token] {
			t.Errorf("%s is not in the list", c.DisplayName)
		}
	}
	if streamed != len(list.Conversations) || list.ModifiedBefore.IsZero() {
		t.Errorf("%d streamed, %d listed, before %v", streamed, len(list.Conversations), list.ModifiedBefore)
	}

	renamed := must(alice.Conversations.Rename(ctx, private.Token, "Great plans"))(t)
	described := must(alice.Conversations.SetDescription(ctx, private.Token, "What **we** do"))(t)
	if renamed.Name != "Great plans" || described.Description != "What **we** do" || described.LastMessage.SystemMessage != talk.SystemDescriptionSet {
		t.Errorf("%q, %q, last: %v", renamed.Name, described.Description, described.LastMessage)
	}
	want := []string{"alice set the description", `alice renamed the conversation from "Plans" to "Great plans"`}
	if diff := cmp.Diff(want, texts(t, bob.Chat.History(ctx, private.Token, nil), 2)); diff != "" {
		t.Error(diff)
	}

	if _, err := bob.Conversations.Join(ctx, public.Token, &talk.JoinOptions{Password: "wrong"}); !errors.Is(err, talk.ErrForbidden) {
		t.Errorf("a wrong password: %v", err)
	}
	joined := must(bob.Conversations.Join(ctx, public.Token, &talk.JoinOptions{Password: "Sesame-12345"}))(t)
	if joined.ParticipantType != talk.ParticipantSelfJoined || joined.SessionID == "0" {
		t.Errorf("bob joined as %v, session %q", joined.ParticipantType, joined.SessionID)
	}
	if err := bob.Conversations.LeaveSession(ctx, public.Token); err != nil {
		t.Error(err)
	}

	if err := alice.Conversations.Leave(ctx, private.Token); !errors.Is(err, talk.ErrInvalid) || !strings.Contains(err.Error(), "last-moderator") {
		t.Errorf("the last moderator leaves: %v", err)
	}
	if err := bob.Conversations.Leave(ctx, private.Token); err != nil {
		t.Error(err)
	}
	if err := bob.Conversations.Leave(ctx, private.Token); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("leaving twice: %v", err)
	}
	if err := alice.Conversations.Delete(ctx, direct.Token); !errors.Is(err, talk.ErrInvalid) {
		t.Errorf("deleting a one-to-one: %v", err)
	}
	if err := alice.Conversations.Delete(ctx, private.Token); err != nil {
		t.Error(err)
	}
	if _, err := alice.Conversations.Get(ctx, private.Token); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("after deletion: %v", err)
	}
}

func TestParticipantsComeAndGo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	for _, u := range []talktest.User{{ID: "carol", DisplayName: "Carol C.", Groups: []string{"crew"}}, {ID: "dave", Groups: []string{"crew"}}} {
		if err := srv.AddUser(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	room := group(t, alice, "People", "bob")
	must(alice.Participants.Add(ctx, room.Token, talk.ActorGroup, "crew"))(t)
	byID := map[string]*talk.Participant{}
	for _, p := range must(alice.Participants.List(ctx, room.Token, &talk.ListParticipantsOptions{IncludeStatus: true}))(t) {
		byID[p.ActorID] = p
	}
	if len(byID) != 5 || byID["alice"].ParticipantType != talk.ParticipantOwner || byID["carol"].DisplayName != "Carol C." || byID["crew"].ActorType != talk.ActorGroup {
		t.Errorf("participants are %v", byID)
	}
	if byID["bob"].Status.Type != talk.StatusOffline || !byID["bob"].Permissions.Has(talk.PermissionChat) {
		t.Errorf("bob is %v, may %v", byID["bob"].Status.Type, byID["bob"].Permissions)
	}
	if _, err := bob.Participants.Add(ctx, room.Token, talk.ActorUser, "dave"); !errors.Is(err, talk.ErrForbidden) {
		t.Errorf("bob adds: %v", err)
	}
	if _, err := alice.Participants.Add(ctx, room.Token, talk.ActorUser, "nobody"); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("adding nobody: %v", err)
	}
	if err := bob.Participants.Remove(ctx, room.Token, byID["dave"].AttendeeID); !errors.Is(err, talk.ErrForbidden) {
		t.Errorf("bob removes: %v", err)
	}
	if err := alice.Participants.Remove(ctx, room.Token, byID["bob"].AttendeeID); err != nil {
		t.Error(err)
	}
	if _, err := bob.Chat.Send(ctx, room.Token, "still here?", nil); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("who was removed sends: %v", err)
	}
	if err := alice.Participants.Remove(ctx, room.Token, 999999); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("removing nobody: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := newServer(t)
	alice, eve := srv.Client(t, "alice"), srv.Client(t, "eve")
	room := group(t, alice, "Private")
	wrong := must(talk.NewClient(srv.URL, talk.WithAppPassword("alice", "wrong-Passw0rd")))(t)
	nobody := must(talk.NewClient(srv.URL))(t)
	elsewhere := must(talk.NewClient(strings.TrimSuffix(srv.URL, "/nextcloud")))(t)
	send := func(c *talk.Client, token, text string, o *talk.SendOptions) error {
		_, err := c.Chat.Send(ctx, token, text, o)
		return err
	}
	list := func(c *talk.Client) error { _, err := c.Conversations.List(ctx, nil); return err }
	for name, tt := range map[string]struct {
		err  error
		kind error
		part string
	}{
		"a wrong password":         {list(wrong), talk.ErrUnauthorized, "list conversations"},
		"no password":              {list(nobody), talk.ErrUnauthorized, "not logged in"},
		"another path":             {list(elsewhere), talk.ErrNotFound, ""},
		"an unknown token":         {send(alice, "nosuchroom", "hi", nil), talk.ErrNotFound, "nosuchroom"},
		"not a participant":        {send(eve, room.Token, "hi", nil), talk.ErrNotFound, ""},
		"a reply to nothing":       {send(alice, room.Token, "hi", &talk.SendOptions{ReplyTo: 99999}), talk.ErrInvalid, "reply-to"},
		"a token of another shape": {send(alice, "ABC", "hi", nil), talk.ErrNotFound, "token"},
	} {
		var e *talk.Error
		if !errors.As(tt.err, &e) || !errors.Is(tt.err, tt.kind) || !strings.Contains(tt.err.Error(), tt.part) {
			t.Errorf("%s: %v; want %v and %q", name, tt.err, tt.kind, tt.part)
		}
		if strings.Contains(fmt.Sprintf("%+v %#v", tt.err, e), "Passw0rd") {
			t.Errorf("%s: a secret in %+v", name, e)
		}
	}
	// What the SDK refuses by itself the server refuses as well.
	for _, tt := range []struct {
		message string
		kind    error
		reason  string
	}{{"  ", talk.ErrInvalid, "message"}, {strings.Repeat("ü", 32001), talk.ErrTooLarge, "message"}} {
		_, err := alice.Do(ctx, "POST", "/ocs/v2.php/apps/spreed/api/v1/chat/"+room.Token, nil, map[string]string{"message": tt.message}, nil)
		var e *talk.Error
		if !errors.Is(err, tt.kind) || !errors.As(err, &e) || e.Reason != tt.reason {
			t.Errorf("the server says of %.10q…: %v", tt.message, err)
		}
	}
	if m := must(alice.Chat.Send(ctx, room.Token, strings.Repeat("ü", 32000), nil))(t); len(m.Message) != 64000 {
		t.Errorf("the longest message came back with %d bytes", len(m.Message))
	}
}

func TestFollowEndsWithItsReason(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room := group(t, alice, "Short", "bob")
	ends := func(follow iter.Seq2[*talk.Message, error], first func()) error {
		var last error
		for m, err := range follow {
			if last = err; m != nil {
				first()
			}
		}
		return last
	}
	if err := ends(bob.Chat.Follow(t.Context(), "nosuchroom", nil), nil); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("an unknown conversation: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := ends(bob.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: 1}), cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ends: %v", err)
	}
	remove := func() {
		for _, p := range must(alice.Participants.List(t.Context(), room.Token, nil))(t) {
			if p.ActorID == "bob" {
				if err := alice.Participants.Remove(t.Context(), room.Token, p.AttendeeID); err != nil {
					t.Error(err)
				}
			}
		}
	}
	removed := false
	err := ends(bob.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: 1}), func() {
		if !removed {
			removed = true
			remove()
		}
	})
	if !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("who is removed: %v", err)
	}
}
