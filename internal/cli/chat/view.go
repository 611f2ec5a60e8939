package chat

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

func (m *Model) tooSmall() bool { return m.width < minWidth || m.height < minHeight }

// leftWidth and rightWidth are those of the list of conversations, and of what stands right of the line beside it.
func (m *Model) leftWidth() int { return min(max(m.width/4, 16), 36) }

func (m *Model) rightWidth() int { return max(m.width-m.leftWidth()-1, 1) }

// messagesWidth is how wide a message can be: beside it the cursor is shown.
func (m *Model) messagesWidth() int { return max(m.rightWidth()-2, 1) }

// messagesHeight is how many lines of messages are seen: all but the title, the composer with a line above, and the status.
func (m *Model) messagesHeight() int { return max(m.height-3-m.composerHeight(), 1) }

// View draws the screen.
func (m *Model) View() tea.View {
	v := tea.NewView("")
	v.AltScreen, v.ReportFocus, v.MouseMode = true, true, tea.MouseModeCellMotion
	v.WindowTitle = m.windowTitle()
	if m.width == 0 || m.height == 0 {
		return v
	}
	if m.tooSmall() {
		v.SetContent(m.smallScreen())
		return v
	}
	left := m.roomLines(m.height - 1)
	right, x, y := m.rightLines()
	var b strings.Builder
	b.Grow(m.width * m.height * 2)
	border := m.colors.paint(lookFrame, "│")
	for i := range m.height - 1 {
		b.WriteString(left[i])
		if isRightToLeft(left[i]) || isRightToLeft(right[i]) {
			b.WriteString("\u200e") // keeps a terminal from reordering the panes with the text
		}
		b.WriteString(border)
		b.WriteString(right[i])
		b.WriteByte('\n')
	}
	b.WriteString(m.statusLine())
	v.SetContent(b.String())
	if x >= 0 {
		v.Cursor = tea.NewCursor(m.leftWidth()+1+x, y)
	}
	return v
}

func (m *Model) windowTitle() string {
	title := "confab"
	if m.room != nil {
		title = m.room.name + " – confab"
	}
	if n := m.rooms.unread(); n > 0 {
		title = fmt.Sprintf("(%d) %s", n, title)
	}
	return title
}

// smallScreen says what size it needs.
func (m *Model) smallScreen() string {
	text := fmt.Sprintf("confab needs %d×%d, and has %d×%d. Make the terminal larger, or quit with Ctrl+C.", minWidth, minHeight, m.width, m.height)
	if m.notice != "" {
		text = m.notice
	}
	var lines []string
	for _, line := range m.w.wrap([]span{{text, 0}}, m.width) {
		lines = append(lines, m.colors.spans(line, 0))
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

// roomLines draws the list of conversations, its title included.
func (m *Model) roomLines(height int) []string {
	width := m.leftWidth()
	title := " Conversations"
	count := ""
	if n := m.rooms.unread(); n > 0 {
		count = fmt.Sprintf("%d new ", n)
	}
	if len(title)+1+len(count) > width {
		title = ""
	}
	lines := []string{m.colors.paint(lookBar|lookBold, m.w.fit(title, max(width-m.w.width(count), 1))+count)}
	top := m.rooms.show(height - 1)
	for i := top; i < len(m.rooms.list) && len(lines) < height; i++ {
		lines = append(lines, m.roomLine(m.rooms.list[i], width))
	}
	if len(m.rooms.list) == 0 {
		text := " loading…"
		if m.listed {
			text = " none yet"
		}
		lines = append(lines, m.colors.paint(lookDim, m.w.fit(text, width)))
	}
	for len(lines) < height {
		lines = append(lines, strings.Repeat(" ", width))
	}
	return lines
}

// roomLine draws a conversation in the list.
func (m *Model) roomLine(c *talk.Conversation, width int) string {
	badge, badgeLook := "", lookNotable|lookBold
	switch {
	case c.UnreadMessages > 0 && c.UnreadMention:
		badge, badgeLook = fmt.Sprintf("@%d ", c.UnreadMessages), lookBad|lookBold
	case c.UnreadMessages > 0:
		badge = fmt.Sprintf("%d ", c.UnreadMessages)
	case c.HasCall:
		badge = "call "
	}
	if _, ok := m.drafts[c.Token]; ok && badge == "" && (m.room == nil || m.room.token != c.Token) {
		badge, badgeLook = "✎ ", lookDim
	}
	name := roomSign(c)
	if c.IsFavorite {
		name = "★ "
	}
	name = " " + name + m.w.line(c.DisplayName)
	l := look(0)
	switch {
	case c.IsArchived:
		l = lookDim
	case c.UnreadMessages > 0:
		l = lookBold
	}
	name = m.w.fit(name, width-m.w.width(badge))
	chosen := c.Token == m.rooms.chosen
	switch {
	case chosen && m.focus == paneRooms && m.overlay == nil:
		return m.colors.paint(lookChosen, name+badge)
	case m.room != nil && c.Token == m.room.token:
		return m.colors.paint(l|lookMarked, name) + m.colors.paint(badgeLook|lookMarked, badge)
	}
	return m.colors.paint(l, name) + m.colors.paint(badgeLook, badge)
}

// rightLines draws what stands right of the list: title, messages or what stands in for them, and the composer.
func (m *Model) rightLines() (lines []string, x, y int) {
	width := m.rightWidth()
	height := m.height - 1
	title := " confab"
	if m.room != nil {
		title = " " + m.roomTitle()
	}
	lines = append(lines, m.colors.paint(lookBar|lookBold, m.w.fit(title, width)))
	if m.overlay != nil {
		inner, x, y := m.overlay.lines(m, width, height-1)
		lines = append(lines, inner...)
		for len(lines) < height {
			lines = append(lines, "")
		}
		return lines[:height], x, y + 1
	}
	if m.room == nil {
		text := " Choose a conversation: ↑ ↓ and Enter, or Ctrl+K"
		lines = append(lines, "", m.colors.paint(lookDim, m.w.fit(text, width)))
		for len(lines) < height {
			lines = append(lines, "")
		}
		return lines, -1, -1
	}
	lines = append(lines, m.messageLines(width)...)
	lines = append(lines, m.separator(width))
	composer, cx, cy := m.composerLines(width)
	y = len(lines) + cy
	lines = append(lines, composer...)
	if m.focus != paneComposer {
		cx = -1
	}
	return lines, cx, y
}

// separator is the line above the composer; it tells of what is new below the screen.
func (m *Model) separator(width int) string {
	r := m.room
	if r.loading == loadDone && (!r.timeline.live || !r.view.follow) {
		below := " ↓ "
		if c := m.rooms.byToken[r.token]; c != nil && c.UnreadMessages > 0 {
			below = fmt.Sprintf(" ↓ %d new ", c.UnreadMessages)
		}
		side := max(width-m.w.width(below)-2, 0)
		return m.colors.paint(lookFrame, strings.Repeat("─", side)) + m.colors.paint(lookNotable, below) + m.colors.paint(lookFrame, strings.Repeat("─", min(2, width)))
	}
	return m.colors.paint(lookFrame, rule(width))
}

func rule(width int) string { return strings.Repeat("─", max(width, 0)) }

// messageLines draws the messages, or why there are none, and in front of them what could be completed.
func (m *Model) messageLines(width int) []string {
	height := m.messagesHeight()
	lines := make([]string, 0, height)
	r := m.room
	switch {
	case r.loading == loadRunning:
		lines = append(lines, m.colors.paint(lookDim, " loading…"))
	case r.loading == loadFailed:
		lines = append(lines, m.paragraph([]span{{"The messages cannot be read: " + m.w.line(inWords(r.err)), lookBad}}, 1, 0, width-1)...)
	case m.items() == 0 && r.timeline.begun:
		lines = append(lines, m.colors.paint(lookDim, " No messages yet"))
	}
	if r.loading == loadDone {
		shown := m.layout()
		if len(shown) > 0 {
			for range shown[0].y {
				lines = append(lines, "")
			}
		}
		selected := -1
		if m.focus == paneMessages {
			selected = m.selection()
		}
		for _, p := range shown {
			for i, line := range p.lines[p.from:p.to] {
				gutter := " "
				if p.item == selected && p.from+i >= p.lead {
					gutter = m.colors.paint(lookSelf, "▌")
				}
				lines = append(lines, gutter+line)
			}
		}
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	lines = lines[:height]
	if m.completing() {
		popup := m.completionLines(width)
		popup = popup[max(len(popup)-height, 0):]
		copy(lines[height-len(popup):], popup)
	}
	return lines
}

// statusLine tells of the connection, of what went wrong, and of the keys.
func (m *Model) statusLine() string {
	left, l := "", lookBar
	switch {
	case m.notice != "" && m.quitting:
		left, l = m.notice, m.noticed|lookBar
	case m.ended != nil:
		left, l = "Ended: "+inWords(m.ended), lookBad|lookBar
	case m.link.Lost:
		left, l = "Connection lost at "+m.clock(m.link.Since)+": "+m.link.Why+"; trying again", lookBad|lookBar
	case m.notice != "":
		left, l = m.notice, m.noticed|lookBar
	case m.room != nil && m.room.err != nil && m.room.loading == loadDone:
		left, l = "Not live: "+inWords(m.room.err), lookBad|lookBar
	}
	if l&lookDim != 0 {
		l = lookBar
	}
	hint := m.hint()
	if left == "" {
		return m.colors.paint(lookBar, m.w.fit(" "+hint, m.width))
	}
	return m.colors.paint(l, m.w.fit(" "+m.w.line(left), m.width))
}

// hint names the keys that matter now.
func (m *Model) hint() string {
	switch {
	case m.overlay != nil:
		return "F1 help · Ctrl+C quit"
	case m.completing():
		return "Tab completes · ↑↓ choose · Esc no"
	case m.focus == paneRooms:
		return "Enter open · ↑↓ choose · u next unread · / find · ? help · Ctrl+C quit"
	case m.focus == paneMessages:
		return m.messagesHint()
	}
	return "Enter send · Esc messages · Ctrl+K go to · Ctrl+F search · Ctrl+O file · F1 help · Ctrl+C quit"
}

func (m *Model) messagesHint() string {
	if m.selectedOut() != nil {
		return "r send again · d take back · ? help"
	}
	when := ""
	if message := m.selected(); message != nil {
		when = m.clock(message.Timestamp) + " · "
	}
	return when + "r reply · e react · E edit · d delete · o details · y copy · Esc write · ? help"
}
