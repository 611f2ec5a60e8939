package chat

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// openRoom is the conversation whose messages are shown.
type openRoom struct {
	token, name string
	opening     int // which one it is, so that late answers to earlier ones are known
	loading     loading
	err         error
	timeline    timeline
	view        viewport
	// readUpTo is what was read when it was opened: what comes after is shown as new. Negative for nothing at all; 0 when all was.
	readUpTo int64
	// firstNew is the first message of others after that, 0 when there is none, or it is not in memory.
	firstNew int64
	// unread counts what was new when it was opened.
	unread int
	// markedUpTo is what was marked as read from here, marking says that a request is on its way.
	markedUpTo int64
	marking    bool
	// stuck says that older or newer messages could not be fetched.
	stuck bool
}

type loading int

const (
	loadRunning loading = iota
	loadDone
	loadFailed
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

// open shows a conversation.
func (m *Model) open(token string) tea.Cmd {
	if m.room != nil && m.room.token == token && m.room.loading == loadDone {
		return nil
	}
	m.keepDraft()
	c := m.rooms.byToken[token]
	r := &openRoom{token: token, name: token}
	m.room = r
	m.rooms.chosen = token
	m.composer = m.draft(token)
	m.complete = completion{}
	if c == nil {
		return m.load(pageNewest, 0)
	}
	r.name = m.w.line(c.DisplayName)
	if c.UnreadMessages > 0 {
		r.readUpTo, r.unread = c.LastReadMessage, c.UnreadMessages
	}
	r.markedUpTo = c.LastReadMessage
	switch {
	case c.UnreadMessages < manyUnread:
		return m.load(pageNewest, 0)
	case c.LastReadMessage > 0:
		return m.load(pageAround, c.LastReadMessage)
	}
	return m.load(pageFirst, 0)
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

// findNew finds the first message of others that is new.
func (m *Model) findNew() {
	r := m.room
	if r.readUpTo == 0 || r.firstNew != 0 {
		return
	}
	at, _ := r.timeline.index(max(r.readUpTo, 0) + 1)
	first, count := int64(0), 0
	for _, message := range r.timeline.messages[at:] {
		if message.IsSystem() || message.ActorType == talk.ActorUser && message.ActorID == m.o.Self {
			continue
		}
		if first == 0 {
			first = message.ID
		}
		if count++; at > 0 {
			break
		}
	}
	if at > 0 || r.timeline.begun || count >= r.unread { // else there may be new ones above
		r.firstNew = first
	}
}

// readSoFar has what comes from now on shown as new.
func (m *Model) readSoFar() {
	if r := m.room; r != nil && r.loading == loadDone && r.timeline.live && r.view.follow {
		r.readUpTo, r.firstNew = r.timeline.newer, 0
	}
}

// showUnread scrolls to the first new message, if what is new does not fit on the screen.
func (m *Model) showUnread() {
	r := m.room
	if r.firstNew == 0 {
		return
	}
	first, _ := r.timeline.index(r.firstNew)
	if m.linesFrom(first, m.messagesHeight()+1) > m.messagesHeight() {
		m.toTop(first)
	}
}

// showAround scrolls to a message that was asked for: to the one after it, when it is the last that was read.
func (m *Model) showAround(id int64) {
	r := m.room
	at, found := r.timeline.index(id)
	if r.readUpTo == id {
		m.toTop(min(at+1, len(r.timeline.messages)-1))
		return
	}
	if found {
		r.view.selected = id
	}
	m.toMiddle(at)
}

// newest goes to the end of the conversation.
func (m *Model) newest() tea.Cmd {
	r := m.room
	if r == nil || r.loading != loadDone {
		return nil
	}
	r.view.selected, r.view.selectedOut = 0, ""
	r.view.follow = true
	if !r.timeline.live {
		r.readUpTo, r.firstNew = 0, 0
		return m.load(pageNewest, 0)
	}
	return nil
}

// oldest goes to the beginning of the conversation.
func (m *Model) oldest() tea.Cmd {
	r := m.room
	if r == nil || r.loading != loadDone {
		return nil
	}
	if !r.timeline.begun {
		return m.load(pageFirst, 0)
	}
	m.toTop(0)
	return nil
}

// jump shows a message of a conversation with those around it.
func (m *Model) jump(token string, id int64) tea.Cmd {
	m.focus = paneMessages
	if m.room != nil && m.room.token == token && m.room.loading == loadDone {
		if m.room.timeline.get(id) != nil {
			m.showAround(id)
			return nil
		}
		m.room.readUpTo, m.room.firstNew = 0, 0
		return m.load(pageAround, id)
	}
	cmd := m.open(token)
	if cmd == nil {
		return nil
	}
	m.room.readUpTo, m.room.firstNew = 0, 0
	return m.load(pageAround, id)
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

type markedMsg struct {
	token string
	id    int64
	room  *talk.Conversation
	err   error
}

// markRead marks as read what was seen: messages whose end is on the screen, while the terminal has the keys.
func (m *Model) markRead(shown []placed) tea.Cmd {
	r := m.room
	if !m.o.ReadMarkers || m.away || m.overlay != nil || r.marking {
		return nil
	}
	var seen int64
	for _, p := range shown {
		if p.item < len(r.timeline.messages) && p.to == len(p.lines) {
			seen = r.timeline.messages[p.item].ID
		}
	}
	// At the end everything is seen, also what only tells of other messages.
	if r.timeline.live && len(shown) > 0 && shown[len(shown)-1].item >= len(r.timeline.messages)-1 && seen > 0 {
		seen = max(seen, r.timeline.newer)
	}
	if seen <= r.markedUpTo {
		return nil
	}
	r.marking = true
	ctx, source, token := m.ctx, m.o.Source, r.token
	return func() tea.Msg {
		room, err := source.MarkRead(ctx, token, seen)
		return markedMsg{token, seen, room, err}
	}
}

func (m *Model) marked(msg markedMsg) {
	if m.room != nil && m.room.token == msg.token {
		m.room.marking = false
		m.room.markedUpTo = max(m.room.markedUpTo, msg.id) // also after a failure: it is tried again with the next message
	}
	if msg.err == nil && msg.room != nil {
		if before := m.rooms.byToken[msg.token]; before != nil && msg.room.LastMessage == nil {
			msg.room.LastMessage = before.LastMessage
		}
		m.rooms.set([]*talk.Conversation{msg.room})
	}
}

// roomTitle tells what conversation is open.
func (m *Model) roomTitle() string {
	c := m.rooms.byToken[m.room.token]
	if c == nil {
		return m.room.name
	}
	m.room.name = m.w.line(c.DisplayName)
	title := roomSign(c) + m.room.name
	switch {
	case c.LobbyState != talk.LobbyNone:
		title += " · lobby"
	case c.ReadOnly:
		title += " · read-only"
	}
	if c.HasCall {
		title += " · call going on"
	}
	if c.Description != "" {
		title += " · " + m.w.line(c.Description)
	}
	return title
}

// roomSign tells of what kind a conversation is.
func roomSign(c *talk.Conversation) string {
	switch c.Type {
	case talk.ConversationOneToOne:
		return "@ "
	case talk.ConversationPublic:
		return "& "
	case talk.ConversationGroup:
		return "# "
	}
	return "· "
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}
