package talk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLivePolls(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureTalkPolls)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Lunch", "bob").Token

	poll := must(bob.Polls.Create(ctx, room, "Lunch?", []string{"Pizza", "Soup", "Salad"}, nil))(t)
	if poll.ID == 0 || poll.ConversationToken != room || poll.Question != "Lunch?" || poll.ActorID != w.id("bob") || poll.ActorType != talk.ActorUser || poll.ActorDisplayName != "Bob" ||
		poll.Status != talk.PollOpen || poll.Closed() || poll.HiddenResults() || poll.MaxVotes != 1 {
		t.Errorf("created %+v", poll)
	}
	if diff := cmp.Diff([]string{"Pizza", "Soup", "Salad"}, poll.Options); diff != "" {
		t.Error(diff)
	}
	shared := must(alice.Chat.Page(ctx, room, &talk.PageOptions{Limit: 1}))(t).Messages[0]
	if id, ok := shared.PollID(); !ok || id != poll.ID || shared.Text() != "Lunch?" {
		t.Errorf("the conversation shows %+v", shared)
	}

	voted := must(alice.Polls.Vote(ctx, room, poll.ID, 1))(t)
	if diff := cmp.Diff([]int{1}, voted.VotedSelf); diff != "" || voted.VotesFor(1) != 1 || voted.NumVoters != 1 {
		t.Errorf("alice voted %+v", voted)
	}
	must(alice.Polls.Vote(ctx, room, poll.ID, 2))(t) // another one instead
	must(bob.Polls.Vote(ctx, room, poll.ID, 2))(t)
	if seen := must(bob.Polls.Get(ctx, room, poll.ID))(t); seen.VotesFor(2) != 2 || seen.VotesFor(1) != 0 || seen.NumVoters != 2 {
		t.Errorf("bob sees %+v", seen)
	}
	refused(t, "too many", errOf(alice.Polls.Vote(ctx, room, poll.ID, 0, 1)), talk.ErrInvalid, "options")
	refused(t, "an option that does not exist", errOf(alice.Polls.Vote(ctx, room, poll.ID, 9)), talk.ErrInvalid, "options")
	refused(t, "no such poll", errOf(alice.Polls.Vote(ctx, room, 1<<40, 0)), talk.ErrNotFound, "poll")
	refused(t, "a stranger", errOf(eve.Polls.Get(ctx, room, poll.ID)), talk.ErrNotFound, "")

	closed := must(alice.Polls.Close(ctx, room, poll.ID))(t) // a moderator may
	if !closed.Closed() || closed.Status != talk.PollClosed || len(closed.Details) != 2 || closed.VotesFor(2) != 2 {
		t.Errorf("closed %+v", closed)
	}
	for _, d := range closed.Details {
		if d.Option != 2 || d.ActorType != talk.ActorUser || d.ActorID == "" || d.ActorDisplayName == "" {
			t.Errorf("a vote: %+v", d)
		}
	}
	refused(t, "voting after the end", errOf(bob.Polls.Vote(ctx, room, poll.ID, 0)), talk.ErrInvalid, "poll")
	refused(t, "closing twice", errOf(bob.Polls.Close(ctx, room, poll.ID)), talk.ErrInvalid, "poll")

	hidden := must(alice.Polls.Create(ctx, room, "Secret?", []string{"Yes", "No"}, &talk.PollOptions{HiddenResults: true, MaxVotes: talk.UnlimitedVotes}))(t)
	if !hidden.HiddenResults() || hidden.ResultMode != talk.PollHidden || hidden.MaxVotes != 0 {
		t.Errorf("hidden: %+v", hidden)
	}
	seen := must(bob.Polls.Vote(ctx, room, hidden.ID, 0, 1))(t)
	if len(seen.Votes) != 0 || seen.NumVoters != 0 || len(seen.VotedSelf) != 2 {
		t.Errorf("bob sees %+v", seen)
	}
	refused(t, "a user closes another's", errOf(bob.Polls.Close(ctx, room, hidden.ID)), talk.ErrForbidden, "poll")
	if closed := must(alice.Polls.Close(ctx, room, hidden.ID))(t); closed.VotesFor(0) != 1 || closed.NumVoters != 1 || len(closed.Details) != 0 {
		t.Errorf("closed: %+v", closed)
	}

	direct := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: w.id("bob")}))(t)
	refused(t, "in a one-to-one", errOf(alice.Polls.Create(ctx, direct.Token, "x?", []string{"a", "b"}, nil)), talk.ErrInvalid, "room")
}

func TestLivePollDrafts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureTalkPollsDrafts, talk.FeatureEditDraftPoll)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Drafts", "bob").Token
	draft := must(alice.Polls.Create(ctx, room, "Later?", []string{"a", "b"}, &talk.PollOptions{Draft: true}))(t)
	if draft.Status != talk.PollDraft {
		t.Errorf("a draft is %v", draft.Status)
	}
	edited := must(alice.Polls.EditDraft(ctx, room, draft.ID, "Sooner?", []string{"a", "c"}, &talk.PollOptions{HiddenResults: true}))(t)
	if edited.Question != "Sooner?" || edited.Options[1] != "c" || !edited.HiddenResults() {
		t.Errorf("edited: %+v", edited)
	}
	if drafts := must(alice.Polls.Drafts(ctx, room))(t); len(drafts) != 1 || drafts[0].ID != draft.ID {
		t.Errorf("drafts: %+v", drafts)
	}
	refused(t, "a user's draft", errOf(bob.Polls.Create(ctx, room, "x?", []string{"a", "b"}, &talk.PollOptions{Draft: true})), nil, "draft")
	refused(t, "a user looks", errOf(bob.Polls.Drafts(ctx, room)), talk.ErrForbidden, "")
	if gone := must(alice.Polls.Close(ctx, room, draft.ID))(t); gone != nil {
		t.Errorf("a deleted draft: %+v", gone)
	}
	if drafts := must(alice.Polls.Drafts(ctx, room))(t); len(drafts) != 0 {
		t.Errorf("drafts: %+v", drafts)
	}
}
