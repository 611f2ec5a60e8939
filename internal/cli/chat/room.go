package chat

import (
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
