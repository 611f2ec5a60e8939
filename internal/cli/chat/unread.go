package chat

import (
	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

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
