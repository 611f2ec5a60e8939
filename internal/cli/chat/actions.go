package chat

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// changedMsg tells what came of deleting a message.
type changedMsg struct {
	token  string
	system *talk.Message
	err    error
}

func (m *Model) delete(message *talk.Message) tea.Cmd {
	ctx, source, token := m.ctx, m.o.Source, m.room.token
	return func() tea.Msg {
		system, err := source.Delete(ctx, token, message.ID)
		return changedMsg{token, system, err}
	}
}

func (m *Model) changed(msg changedMsg) {
	switch {
	case msg.err != nil:
		m.fail("Not deleted", msg.err)
	case msg.system != nil && msg.system.Parent != nil && m.room != nil && m.room.token == msg.token:
		m.room.timeline.replace(msg.system.Parent)
	}
}

type reactedMsg struct {
	token     string
	id        int64
	reactions map[string][]talk.Reaction
	err       error
}

// react adds a reaction of the account's, or takes it back.
func (m *Model) react(message *talk.Message, emoji string) tea.Cmd {
	ctx, source, token, id := m.ctx, m.o.Source, m.room.token, message.ID
	add := !slices.Contains(message.ReactionsSelf, emoji)
	return func() tea.Msg {
		reactions, err := source.React(ctx, token, id, emoji, add)
		return reactedMsg{token, id, reactions, err}
	}
}

func (m *Model) reacted(msg reactedMsg) {
	if msg.err != nil {
		m.fail("No reaction", msg.err)
		return
	}
	if m.room == nil || m.room.token != msg.token {
		return
	}
	message := m.room.timeline.get(msg.id)
	if message == nil {
		return
	}
	changed := *message
	changed.Reactions, changed.ReactionsSelf = map[string]int{}, nil
	for emoji, all := range msg.reactions {
		changed.Reactions[emoji] = len(all)
		for _, reaction := range all {
			if reaction.ActorType == talk.ActorUser && reaction.ActorID == m.o.Self {
				changed.ReactionsSelf = append(changed.ReactionsSelf, emoji)
			}
		}
	}
	m.room.timeline.replace(&changed)
}

type pollMsg struct {
	id   int64
	poll *talk.Poll
	err  error
	what string // that a person asked for; empty when it was only looked up
}

// fetchPoll looks a poll up.
func (m *Model) fetchPoll(token string, id int64) tea.Cmd {
	m.asked[id] = true
	ctx, source := m.ctx, m.o.Source
	return func() tea.Msg {
		poll, err := source.Poll(ctx, token, id)
		return pollMsg{id, poll, err, ""}
	}
}

func (m *Model) gotPoll(msg pollMsg) {
	switch {
	case msg.err == nil && msg.poll != nil:
		m.polls[msg.id] = msg.poll
	case msg.err != nil && msg.what != "":
		m.fail(msg.what, msg.err)
	}
}

// vote chooses an option of a poll, or takes the choice back.
func (m *Model) vote(token string, poll *talk.Poll, option int) tea.Cmd {
	if poll.Closed() {
		m.tell(lookNotable, "The poll has ended")
		return nil
	}
	chosen := slices.Clone(poll.VotedSelf)
	at := slices.Index(chosen, option)
	switch {
	case at >= 0:
		chosen = slices.Delete(chosen, at, at+1)
	case poll.MaxVotes == 1:
		chosen = []int{option}
	case poll.MaxVotes > 0 && len(chosen) >= poll.MaxVotes:
		m.tell(lookNotable, "No more than "+plural(poll.MaxVotes, "vote", "votes")+"; take one back first")
		return nil
	default:
		chosen = append(chosen, option)
	}
	ctx, source, id := m.ctx, m.o.Source, poll.ID
	return func() tea.Msg {
		poll, err := source.Vote(ctx, token, id, chosen)
		return pollMsg{id, poll, err, "No vote"}
	}
}

// closePoll ends a poll.
func (m *Model) closePoll(token string, id int64) tea.Cmd {
	ctx, source := m.ctx, m.o.Source
	return func() tea.Msg {
		poll, err := source.ClosePoll(ctx, token, id)
		return pollMsg{id, poll, err, "The poll goes on"}
	}
}
