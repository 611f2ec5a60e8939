package chat

import tea "charm.land/bubbletea/v2"

// wheelLines is how far one step of the wheel goes.
const wheelLines = 3

// click chooses what is below the pointer.
func (m *Model) click(e tea.MouseClickMsg) tea.Cmd {
	if e.Button != tea.MouseLeft || m.tooSmall() {
		return nil
	}
	m.notice, m.quitting = "", false
	if e.X < m.leftWidth() {
		at := m.rooms.top + e.Y - 1
		if e.Y < 1 || e.Y >= m.height-1 || at >= len(m.rooms.list) {
			return nil
		}
		m.overlay = nil
		m.rooms.chosen = m.rooms.list[at].Token
		return m.openChosen()
	}
	line := e.Y - 1
	switch {
	case m.overlay != nil:
		return m.overlay.click(m, line)
	case m.room == nil || m.room.loading != loadDone:
	case line >= m.messagesHeight():
		m.focus = paneComposer
	case line >= 0:
		for _, p := range m.layout() {
			if line >= p.y && line < p.y+p.to-p.from {
				m.focus = paneMessages
				m.selectItem(p.item)
			}
		}
	}
	return nil
}

// wheel scrolls what is below the pointer.
func (m *Model) wheel(e tea.MouseWheelMsg) tea.Cmd {
	by := wheelLines
	switch e.Button {
	case tea.MouseWheelUp:
		by = -wheelLines
	case tea.MouseWheelDown:
	default:
		return nil
	}
	switch {
	case m.tooSmall():
	case e.X < m.leftWidth():
		m.rooms.move(by)
	case m.overlay != nil:
		m.overlay.wheel(m, by)
	default:
		m.scroll(-by)
	}
	return nil
}
