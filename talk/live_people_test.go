package talk_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveMentionSuggestions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	crew := w.group("crew", "bob")
	room := w.room(alice, "Mentions", "bob").Token
	must(alice.Participants.Add(ctx, room, talk.ActorGroup, crew))(t)
	must(bob.Status.Set(ctx, talk.StatusAway))(t)

	found := map[string]*talk.MentionSuggestion{}
	for _, m := range must(alice.Chat.MentionSuggestions(ctx, room, "", &talk.MentionOptions{IncludeStatus: true}))(t) {
		found[m.Mention()] = m
	}
	user, group, all := found[talk.MentionUser(w.id("bob"))], found[talk.MentionGroup(crew)], found[talk.MentionAll]
	if user == nil || user.Label != "Bob" || user.Source != talk.ActorUser || user.Status.Type != talk.StatusAway {
		t.Errorf("a user: %+v", user)
	}
	if group == nil || group.Source != talk.ActorGroup || group.ID != "group/"+crew {
		t.Errorf("a group: %+v", group)
	}
	if all == nil || all.Label != "Mentions" || all.Details == "" {
		t.Errorf("everybody: %+v", all)
	}
	only := must(alice.Chat.MentionSuggestions(ctx, room, "Bo", nil))(t)
	if len(only) != 1 || only[0].ID != w.id("bob") || only[0].Status.Type != "" {
		t.Errorf("by the beginning of a name: %+v", only)
	}
	if none := must(alice.Chat.MentionSuggestions(ctx, room, "nobody at all", nil))(t); len(none) != 0 {
		t.Errorf("of nobody: %+v", none)
	}
	refused(t, "a stranger", errOf(eve.Chat.MentionSuggestions(ctx, room, "", nil)), talk.ErrNotFound, "")
	refusedHere(t, "a negative limit", errOf(unsent(t).Chat.MentionSuggestions(ctx, room, "", &talk.MentionOptions{Limit: -1})), "limit")
}

func TestLiveCandidates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice := w.client("alice")
	bob := w.client("bob")
	crew := w.group("bobsled", "bob")
	must(bob.Status.SetMessage(ctx, "On the ice", &talk.StatusMessageOptions{Icon: "⛸️"}))(t)

	find := func(o *talk.CandidateOptions) (ids []string) {
		for _, c := range must(alice.Participants.Candidates(ctx, "bob", o))(t) {
			ids = append(ids, string(c.Source)+"/"+c.ID)
			if c.ID == w.id("bob") && (c.Label != "Bob" || c.Status == nil || c.Status.Message != "On the ice" || c.Status.Icon != "⛸️") {
				t.Errorf("bob: %+v, %+v", c, c.Status)
			}
		}
		return ids
	}
	if got := find(nil); !contains(got, "users/"+w.id("bob")) || contains(got, "groups/"+crew) {
		t.Errorf("users: %v", got)
	}
	if got := find(&talk.CandidateOptions{Sources: []talk.ActorType{talk.ActorUser, talk.ActorGroup}, Limit: 20}); !contains(got, "users/"+w.id("bob")) || !contains(got, "groups/"+crew) {
		t.Errorf("users and groups: %v", got)
	}
	room := w.room(alice, "Ice", "bob")
	if got := find(&talk.CandidateOptions{Token: room.Token}); contains(got, "users/"+w.id("bob")) {
		t.Errorf("who takes part already: %v", got)
	}
	c := unsent(t)
	refusedHere(t, "a guest", errOf(c.Participants.Candidates(ctx, "x", &talk.CandidateOptions{Sources: []talk.ActorType{talk.ActorGuest}})), "source")
	refusedHere(t, "no token", errOf(c.Participants.Candidates(ctx, "x", &talk.CandidateOptions{Token: "../x"})), "token")
	refusedHere(t, "a negative limit", errOf(c.Participants.Candidates(ctx, "x", &talk.CandidateOptions{Limit: -1})), "limit")
}

func contains(all []string, one string) bool {
	return strings.Contains("\n"+strings.Join(all, "\n")+"\n", "\n"+one+"\n")
}

func TestLiveGuests(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureGuestDisplayNames)
	alice := w.client("alice")
	room := must(alice.Conversations.Create(ctx, talk.ConversationPublic, &talk.CreateOptions{Name: "Open door"}))(t).Token
	guest := must(talk.NewClient(w.url))(t)
	refused(t, "before joining", guest.Participants.SetGuestName(ctx, room, "Gustav"), nil, "")
	joined := must(guest.Conversations.Join(ctx, room, nil))(t)
	if joined.ActorType != talk.ActorGuest {
		t.Errorf("joined as %v", joined.ActorType)
	}
	if err := guest.Participants.SetGuestName(ctx, room, "Gustav"); err != nil {
		t.Fatal(err)
	}
	must(guest.Chat.Send(ctx, room, "hello from outside", nil))(t)
	said := must(alice.Chat.Page(ctx, room, &talk.PageOptions{Limit: 1}))(t).Messages[0]
	if said.ActorType != talk.ActorGuest || said.ActorDisplayName != "Gustav" || said.ActorID != joined.ActorID {
		t.Errorf("said: %+v", said)
	}
	refused(t, "an account", alice.Participants.SetGuestName(ctx, room, "No guest"), talk.ErrForbidden, "")
	refusedHere(t, "no name", unsent(t).Participants.SetGuestName(ctx, room, " "), "name")
}

func TestLiveSessionState(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureSessionState)
	alice := w.client("alice")
	room := w.room(alice, "Sessions").Token
	refused(t, "without a session", errOf(alice.Conversations.SetSessionState(ctx, room, talk.SessionActive)), talk.ErrNotFound, "")
	must(alice.Conversations.Join(ctx, room, nil))(t)
	for _, state := range []talk.SessionState{talk.SessionInactive, talk.SessionActive} {
		if after := must(alice.Conversations.SetSessionState(ctx, room, state))(t); after.Token != room || after.SessionID == "0" {
			t.Errorf("%v: %+v", state, after)
		}
	}
	refusedHere(t, "no state", errOf(unsent(t).Conversations.SetSessionState(ctx, room, 5)), "state")
	if diff := cmp.Diff("inactive active SessionState(5)", talk.SessionInactive.String()+" "+talk.SessionActive.String()+" "+talk.SessionState(5).String()); diff != "" {
		t.Error(diff)
	}
}

func TestLiveFileConversations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Files", "bob").Token
	sent := must(alice.Chat.SendFile(ctx, room, "plan.txt", strings.NewReader("a plan"), &talk.SendFileOptions{Size: 6}))(t)
	file, _ := sent.File()
	token := must(alice.Conversations.OfFile(ctx, file.ID))(t)
	if token == "" || token == room {
		t.Errorf("the conversation of the file is %q", token)
	}
	if same := must(bob.Conversations.OfFile(ctx, file.ID))(t); same != token {
		t.Errorf("for whom it was shared with: %q, not %q", same, token)
	}
	if about := must(bob.Conversations.Join(ctx, token, nil))(t); about.ObjectType != "file" || about.ObjectID != file.ID {
		t.Errorf("it is about %s %s", about.ObjectType, about.ObjectID)
	}
	refused(t, "whom it was not shared with", errOf(eve.Conversations.OfFile(ctx, file.ID)), talk.ErrNotFound, "")
	refused(t, "no file", errOf(alice.Conversations.OfFile(ctx, "99999999")), talk.ErrNotFound, "")
	c := unsent(t)
	refusedHere(t, "no id", errOf(c.Conversations.OfFile(ctx, "")), "file id")
	refusedHere(t, "a path", errOf(c.Conversations.OfFile(ctx, "7/../8")), "file id")
}
