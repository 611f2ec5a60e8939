package chat

import "github.com/confab-go/confab/talk"

// viewport says which part of a conversation is on the screen, by the message at its lower edge: so it costs nothing that
// there are a hundred thousand above.
type viewport struct {
	// follow keeps the end on the screen.
	follow bool
	// anchor is the message at the lower edge, hidden how many of its lines are below that.
	anchor int64
	hidden int
	// selected is the message that the cursor is on, 0 for none; selectedOut is one that is not sent yet.
	selected    int64
	selectedOut string
}

// placed is a message on the screen, or a part of one.
type placed struct {
	item int
	block
	from, to int // the lines that are seen
	y        int // of the first of them
}

// items counts what there is to show: messages, and those that are not sent yet.
func (m *Model) items() int { return len(m.room.timeline.messages) + len(m.waiting()) }

// waiting gives what is not sent yet, where that is shown: at the end of the conversation.
func (m *Model) waiting() []*outgoing {
	if !m.room.timeline.live {
		return nil
	}
	var all []*outgoing
	for _, out := range m.outbox {
		if out.token == m.room.token {
			all = append(all, out)
		}
	}
	return all
}

// bottom gives the item at the lower edge, and how many of its lines are hidden.
func (m *Model) bottom() (item, hidden int) {
	r := m.room
	n := m.items()
	if r.view.follow || n == 0 {
		return n - 1, 0
	}
	at, found := r.timeline.index(r.view.anchor)
	if !found {
		return min(at, n-1), 0
	}
	return at, min(r.view.hidden, len(m.lines(at))-1)
}

// setBottom puts an item at the lower edge.
func (m *Model) setBottom(item, hidden int) {
	r := m.room
	if item >= m.items()-1 && hidden <= 0 && r.timeline.live || item >= len(r.timeline.messages) {
		r.view.follow = true
		return
	}
	item = max(item, 0)
	r.view.follow = false
	r.view.anchor, r.view.hidden = r.timeline.messages[item].ID, max(hidden, 0)
}

// layout finds out what is on the screen, from top to bottom.
func (m *Model) layout() []placed {
	height := m.messagesHeight()
	item, hidden := m.bottom()
	var up []placed
	for y := height; item >= 0 && y > 0; item-- {
		b := m.block(item)
		to := len(b.lines) - hidden
		hidden = 0
		from := max(to-y, 0)
		y -= to - from
		up = append(up, placed{item, b, from, to, y})
	}
	for i, j := 0, len(up)-1; i < j; i, j = i+1, j-1 {
		up[i], up[j] = up[j], up[i]
	}
	return up
}

// linesFrom counts the lines from an item to the end, but not beyond enough.
func (m *Model) linesFrom(item, enough int) int {
	n := 0
	for ; item < m.items() && n < enough; item++ {
		n += len(m.lines(item))
	}
	return n
}

// scroll moves the conversation by lines, up when they are positive.
func (m *Model) scroll(up int) {
	r := m.room
	if r == nil || r.loading != loadDone || m.items() == 0 {
		return
	}
	r.stuck = false
	item, hidden := m.bottom()
	hidden += up
	for item > 0 && hidden >= len(m.lines(item)) {
		hidden -= len(m.lines(item))
		item--
	}
	if up > 0 { // not beyond the first message
		above := len(m.lines(item)) - hidden
		for i := item - 1; i >= 0 && above < m.messagesHeight(); i-- {
			above += len(m.lines(i))
		}
		hidden -= max(m.messagesHeight()-above, 0)
	}
	for hidden < 0 && item < m.items()-1 {
		item++
		hidden += len(m.lines(item))
	}
	m.setBottom(item, hidden)
}

// toTop scrolls so that an item is the first on the screen.
func (m *Model) toTop(item int) {
	height, n := m.messagesHeight(), 0
	for i := item; i < m.items(); i++ {
		n += len(m.lines(i))
		if n >= height {
			m.setBottom(i, n-height)
			return
		}
	}
	m.setBottom(m.items()-1, 0)
}

// toMiddle scrolls so that an item is in the middle of the screen.
func (m *Model) toMiddle(item int) {
	m.setBottom(min(item, m.items()-1), 0)
	if item < m.items() {
		m.scroll(-max((m.messagesHeight()-len(m.lines(item)))/2, 0))
	}
}

// selection gives the item that the cursor is on, -1 for none.
func (m *Model) selection() int {
	r := m.room
	for i, out := range m.waiting() {
		if out.Reference == r.view.selectedOut {
			return len(r.timeline.messages) + i
		}
	}
	if r.view.selected == 0 || len(r.timeline.messages) == 0 {
		return -1
	}
	at, _ := r.timeline.index(r.view.selected)
	return min(at, len(r.timeline.messages)-1)
}

func (m *Model) selectItem(item int) {
	v := &m.room.view
	v.selected, v.selectedOut = 0, ""
	if n := len(m.room.timeline.messages); item >= n {
		v.selectedOut = m.waiting()[item-n].Reference
	} else if item >= 0 {
		v.selected = m.room.timeline.messages[item].ID
	}
}

// selected gives the message that the cursor is on, nil for none.
func (m *Model) selected() *talk.Message {
	if m.room == nil || m.room.loading != loadDone {
		return nil
	}
	item := m.selection()
	if item < 0 || item >= len(m.room.timeline.messages) {
		return nil
	}
	return m.room.timeline.messages[item]
}

// moveSelection moves the cursor to the message before or after, and the screen along with it. A message that is longer than
// the screen is scrolled through first.
func (m *Model) moveSelection(by int) {
	if m.room == nil || m.room.loading != loadDone || m.items() == 0 {
		return
	}
	m.room.stuck = false
	shown := m.layout()
	at := m.selection()
	if at < 0 || at < shown[0].item || at > shown[len(shown)-1].item {
		m.selectItem(shown[len(shown)-1].item)
		m.reveal()
		return
	}
	for _, p := range shown {
		if p.item != at {
			continue
		}
		if by < 0 && p.from > 0 || by > 0 && p.to < len(p.lines) {
			m.scroll(-by * 3)
			return
		}
	}
	m.selectItem(min(max(at+by, 0), m.items()-1))
	m.reveal()
}

// reveal scrolls as little as it takes to see the message that the cursor is on.
func (m *Model) reveal() {
	at := m.selection()
	if at < 0 {
		return
	}
	shown := m.layout()
	first, last := shown[0], shown[len(shown)-1]
	switch {
	case at < first.item || at == first.item && first.from > 0 && at != last.item:
		if len(m.lines(at)) > m.messagesHeight() {
			m.setBottom(at, 0)
			return
		}
		m.toTop(at)
	case at > last.item || at == last.item && last.to < len(last.lines):
		if long := len(m.lines(at)) - m.messagesHeight(); long > 0 {
			m.setBottom(at, long)
			return
		}
		m.setBottom(at, 0)
	}
}
