package chat

import (
	"errors"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// happened takes over what the server told.
func (m *Model) happened(msg batchMsg) tea.Cmd {
	var commands []tea.Cmd
	changed := map[string]*talk.Conversation{}
	for _, e := range msg.Events {
		if c := e.Conversation; c != nil {
			changed[e.Token] = c
			if c.ActorType == talk.ActorUser && c.ActorID != "" && c.ActorID != m.o.Self { // logged in by another name
				m.o.Self = c.ActorID
				m.cache.clear()
			}
		}
		if e.Type == talk.EventConversationRemoved {
			delete(changed, e.Token)
			m.leave(e.Token)
			continue
		}
		commands = append(commands, m.event(e))
	}
	if len(changed) > 0 {
		m.rooms.set(slices.Collect(maps.Values(changed)))
		m.listed = true
	}
	for ref, part := range msg.Progress {
		if out := m.outgoing(ref); out != nil {
			out.progress = part
		}
	}
	if msg.Link != nil {
		commands = append(commands, m.linked(*msg.Link))
	}
	for token, err := range msg.Unfollowed {
		if m.room != nil && m.room.token == token {
			m.room.err = err
		}
	}
	if msg.err != nil {
		if m.ctx.Err() == nil {
			m.ended = msg.err
		}
		return tea.Batch(commands...)
	}
	return tea.Batch(append(commands, m.listen())...)
}

// leave forgets a conversation that the account is not in any more.
func (m *Model) leave(token string) {
	m.rooms.remove(token)
	if m.room == nil || m.room.token != token {
		return
	}
	m.keepDraft()
	m.o.Source.Follow("", 0)
	m.tell(lookNotable, "You are no longer in "+m.room.name)
	m.room, m.overlay, m.complete = nil, nil, completion{}
	m.focus = paneRooms
}

// event takes over what became of messages of the conversation that is open.
func (m *Model) event(e talk.Event) tea.Cmd {
	r := m.room
	// Of what comes with its conversation, only that concerns the list: what is open is followed more closely.
	if r == nil || r.token != e.Token || e.Type > talk.EventCleared || e.Conversation != nil {
		return nil
	}
	switch e.Type {
	case talk.EventMessage:
		if e.Message.ReferenceID != "" {
			m.arrived(e.Message.ReferenceID)
		}
		return m.newMessage(e.Message)
	case talk.EventExpired:
		r.timeline.remove(e.Message.ID)
	case talk.EventCleared:
		r.timeline = timeline{live: true, begun: true, limit: m.o.Keep, newer: e.System.ID}
		r.timeline.add(e.System)
	default:
		r.timeline.replace(e.Message)
	}
	if e.System != nil {
		r.timeline.newer = max(r.timeline.newer, e.System.ID)
	}
	return nil
}

func (m *Model) newMessage(message *talk.Message) tea.Cmd {
	if m.room.timeline.add(message) {
		m.findNew()
	}
	if s := message.SystemMessage; s == talk.SystemPollVoted || s == talk.SystemPollClosed {
		for _, object := range message.MessageParameters {
			if id, ok := object.PollID(); ok {
				return m.fetchPoll(m.room.token, id)
			}
		}
	}
	return nil
}

// linked takes over that the connection was lost, or is back.
func (m *Model) linked(l Link) tea.Cmd {
	before := m.link
	m.link = l
	if l.Lost || !before.Lost {
		return nil
	}
	m.returns++
	m.tell(lookGood, "Connected again after "+l.Since.Sub(before.Since).Round(time.Second).String())
	commands := []tea.Cmd{m.sendHeld()}
	if m.room != nil {
		m.room.stuck = false
		if m.room.loading == loadFailed {
			commands = append(commands, m.open(m.room.token))
		}
	}
	return tea.Batch(commands...)
}

// inWords tells an error without the path of its request.
func inWords(err error) string {
	e, ok := errors.AsType[*talk.Error](err)
	if !ok {
		return err.Error()
	}
	switch {
	case errors.Is(err, talk.ErrMaintenance):
		return "the server is in maintenance mode"
	case errors.Is(err, talk.ErrConnection):
		return "no connection to the server"
	case errors.Is(err, talk.ErrRateLimited):
		return "the server wants a pause"
	case errors.Is(err, talk.ErrUnavailable):
		return "the server cannot answer now"
	case errors.Is(err, talk.ErrUnauthorized):
		return "the server refuses the account's credentials; log in again: 'confab auth login'"
	}
	short := *e
	short.Method, short.Path = "", ""
	return short.Error()
}
