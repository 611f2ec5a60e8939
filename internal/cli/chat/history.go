package chat

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

const (
	// pageSize is how many messages are asked for at once.
	pageSize = 100
	// manyUnread is from how many unread messages on a conversation opens at the first of them, and not at the newest.
	manyUnread = 60
	// ahead is how many messages beyond the edge of the screen are fetched before they are wanted.
	ahead = 60
)

// pageKind says what a page is for.
type pageKind int

const (
	pageNewest pageKind = iota
	pageOlder
	pageNewer
	pageAround
	pageFirst
)

type pageMsg struct {
	opening int
	kind    pageKind
	// target is the message that a page is around.
	target       int64
	older, newer *talk.Page
	err          error
}

// load fills the conversation that is open anew.
func (m *Model) load(kind pageKind, target int64) tea.Cmd {
	r := m.room
	m.openings++
	r.opening, r.loading, r.err, r.stuck = m.openings, loadRunning, nil, false
	r.timeline.fetchingOlder, r.timeline.fetchingNewer = false, false
	return m.page(kind, target)
}

func (m *Model) page(kind pageKind, target int64) tea.Cmd {
	ctx, source, r := m.ctx, m.o.Source, m.room
	token, opening := r.token, r.opening
	before, after := r.timeline.older, r.timeline.newer
	return func() tea.Msg {
		msg := pageMsg{opening: opening, kind: kind, target: target}
		get := func(o talk.PageOptions) *talk.Page {
			if msg.err != nil {
				return nil
			}
			var p *talk.Page
			o.Limit = pageSize
			p, msg.err = source.Page(ctx, token, &o)
			return p
		}
		switch kind {
		case pageNewest:
			msg.older = get(talk.PageOptions{})
		case pageOlder:
			msg.older = get(talk.PageOptions{LastKnown: before})
		case pageNewer:
			msg.newer = get(talk.PageOptions{Forward: true, LastKnown: after})
		case pageFirst:
			msg.newer = get(talk.PageOptions{Forward: true})
		case pageAround:
			msg.older = get(talk.PageOptions{LastKnown: target, IncludeLastKnown: true})
			msg.newer = get(talk.PageOptions{Forward: true, LastKnown: target})
		}
		return msg
	}
}

// gotPage takes over messages that were asked for.
func (m *Model) gotPage(msg pageMsg) tea.Cmd {
	r := m.room
	if r == nil || r.opening != msg.opening {
		return nil
	}
	t := &r.timeline
	if msg.err != nil {
		t.fetchingOlder, t.fetchingNewer, r.stuck = false, false, true
		if r.loading == loadRunning {
			r.loading, r.err = loadFailed, msg.err
		} else if !errors.Is(msg.err, context.Canceled) {
			m.fail("Could not fetch messages", msg.err)
		}
		return nil
	}
	fresh := r.loading != loadDone
	r.loading = loadDone
	switch msg.kind {
	case pageOlder:
		t.fetchingOlder = false
		t.prepend(msg.older)
		m.findNew()
		return nil
	case pageNewer:
		t.fetchingNewer = false
		atEnd := r.view.follow
		t.extend(msg.newer)
		m.findNew()
		r.view.follow = atEnd && t.live
		return nil
	case pageNewest:
		*t = timeline{limit: m.o.Keep}
		t.setNewest(msg.older)
		r.view = viewport{follow: true}
		m.findNew()
		m.showUnread()
	case pageFirst:
		*t = timeline{limit: m.o.Keep, begun: true}
		t.extend(msg.newer)
		m.findNew()
		m.toTop(0)
	case pageAround:
		*t = timeline{limit: m.o.Keep, newer: msg.target}
		t.prepend(msg.older)
		t.extend(msg.newer)
		m.findNew()
		m.showAround(msg.target)
	}
	if fresh {
		m.o.Source.Follow(r.token, m.newestKnown(r))
	}
	return nil
}

// newestKnown is the message from which on a conversation is to be followed.
func (m *Model) newestKnown(r *openRoom) int64 {
	if r.timeline.live {
		return r.timeline.newer
	}
	if c := m.rooms.byToken[r.token]; c != nil && c.LastMessage != nil {
		return max(c.LastMessage.ID, r.timeline.newer)
	}
	return r.timeline.newer
}

// settle finds out what is to be done after a change: fetch what comes next, look up polls, mark as read.
func (m *Model) settle() tea.Cmd {
	r := m.room
	if r == nil || r.loading != loadDone || m.tooSmall() {
		return nil
	}
	shown := m.layout()
	if len(shown) == 0 {
		return m.fetchMore(0, 0)
	}
	first, last := shown[0].item, shown[len(shown)-1].item
	commands := []tea.Cmd{m.fetchMore(first, last), m.markRead(shown)}
	for _, p := range shown {
		if p.item < len(r.timeline.messages) {
			if id, ok := r.timeline.messages[p.item].PollID(); ok && !m.asked[id] {
				commands = append(commands, m.fetchPoll(r.token, id))
			}
		}
	}
	if last < len(r.timeline.messages) {
		r.timeline.trim(r.timeline.messages[last].ID)
	}
	return tea.Batch(commands...)
}

// fetchMore asks for the messages that come next, when the ends of those in memory are near.
func (m *Model) fetchMore(first, last int) tea.Cmd {
	r := m.room
	t := &r.timeline
	if r.stuck {
		return nil
	}
	var commands []tea.Cmd
	if !t.begun && !t.fetchingOlder && first < ahead {
		t.fetchingOlder = true
		commands = append(commands, m.page(pageOlder, 0))
	}
	if !t.live && !t.fetchingNewer && last >= len(t.messages)-ahead {
		t.fetchingNewer = true
		commands = append(commands, m.page(pageNewer, 0))
	}
	return tea.Batch(commands...)
}
