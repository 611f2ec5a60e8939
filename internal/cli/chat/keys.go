package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// helpText tells all keys; a line without two spaces in it is a heading.
const helpText = `Everywhere
Tab, Shift+Tab  go to the next, the previous part of the screen
Ctrl+K  go to a conversation by its name
Ctrl+N  go to the next conversation with new messages
Alt+↑, Alt+↓  go to the conversation above, below
Ctrl+F  search messages
Ctrl+O  send a file
PgUp, PgDn  scroll the messages
Ctrl+Home, Ctrl+End  go to the first, the newest message
F1  this help; ? too, but in what you write
Ctrl+Z  suspend
Ctrl+C, Ctrl+Q  quit

What you write
Enter  send
Alt+Enter, Ctrl+J  begin a new line
@name  mention somebody: Tab or Enter completes
:name  emoji: Tab or Enter completes
/file PATH  send a file: Tab completes
↑ when it is empty  edit your last message
Esc  leave a reply or an edit; else go to the messages

Messages
↑, ↓  choose one
r  reply; of a message that was not sent: send it again
e  react with an emoji, or take it back
E  edit it
d  delete it; of a message that was not sent: take it back
Enter, o  all about it: file, link, poll with votes
y  copy its text
Home, End  go to the first, the newest
Esc, i  go on writing

Conversations
↑, ↓  choose one
Enter  open it
u  go to the next one with new messages
Esc  go on writing

Mouse
Wheel  scroll what is below it
Click  choose a conversation or a message, or begin to write`

// help shows all keys.
type help struct {
	top, height, total int
	back               overlay
}

func (m *Model) openHelp() { m.overlay = &help{back: m.overlay} }

func (h *help) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "esc", "q", "enter", "f1":
		m.overlay = h.back
	case "up", "k":
		h.wheel(m, -1)
	case "down", "j":
		h.wheel(m, 1)
	case "pgup":
		h.wheel(m, -h.height)
	case "pgdown", "space":
		h.wheel(m, h.height)
	default:
		if k.Text == "?" {
			m.overlay = h.back
		}
	}
	return nil
}

func (h *help) paste(*Model, string) tea.Cmd { return nil }

func (h *help) click(*Model, int) tea.Cmd { return nil }

func (h *help) wheel(_ *Model, by int) { h.top = max(min(h.top+by, h.total-h.height), 0) }

func (h *help) lines(m *Model, width, height int) (lines []string, x, y int) {
	all := strings.Split(helpText, "\n")
	h.total, h.height = len(all), height-1
	h.wheel(m, 0)
	for _, line := range all[h.top:min(h.top+h.height, len(all))] {
		keys, what, isKey := strings.Cut(line, "  ")
		if !isKey {
			lines = append(lines, m.colors.paint(lookBold, m.w.truncate(" "+line, width)))
			continue
		}
		keys = m.w.pad("   "+keys, min(24, width/2))
		lines = append(lines, m.colors.paint(lookMention, keys)+m.w.truncate(what, width-m.w.width(keys)))
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, m.colors.paint(lookDim, m.w.fit(" ↑↓ PgUp PgDn scroll · Esc leaves", width))), -1, -1
}

// key handles a key.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	m.notice = ""
	name := k.Keystroke()
	if name == "ctrl+c" || name == "ctrl+q" {
		return m.quit()
	}
	m.quitting = false
	if m.tooSmall() {
		return nil
	}
	if m.overlay != nil {
		if name == "f1" {
			if _, open := m.overlay.(*help); !open {
				m.openHelp()
				return nil
			}
		}
		return m.overlay.key(m, k)
	}
	if cmd, ok := m.globalKey(name); ok {
		return cmd
	}
	switch m.focus {
	case paneRooms:
		return m.roomsKey(k)
	case paneMessages:
		return m.messagesKey(k)
	}
	return m.composerKey(k)
}

// quit ends the program; when there is something that would be lost, only the second time.
func (m *Model) quit() tea.Cmd {
	messages, texts := m.unsent()
	if m.quitting || messages+texts == 0 {
		return tea.Quit
	}
	m.quitting = true
	var lost []string
	if messages > 0 {
		lost = append(lost, plural(messages, "message that is not sent", "messages that are not sent"))
	}
	if texts > 0 {
		lost = append(lost, plural(texts, "text that you are writing", "texts that you are writing"))
	}
	m.tell(lookBad, "Again to quit, and lose "+strings.Join(lost, " and "))
	return nil
}

// globalKey handles what goes from everywhere.
func (m *Model) globalKey(name string) (tea.Cmd, bool) {
	switch name {
	case "f1":
		m.openHelp()
	case "ctrl+z":
		return tea.Suspend, true
	case "ctrl+k":
		m.openJumper()
	case "ctrl+f":
		m.openSearch()
	case "ctrl+o":
		return m.openFiles(), true
	case "ctrl+n":
		if m.rooms.nextUnread() {
			return m.openChosen(), true
		}
		m.tell(lookDim, "There is nothing new elsewhere")
	case "alt+up", "alt+down":
		by := 1
		if name == "alt+up" {
			by = -1
		}
		m.rooms.move(by)
		return m.openChosen(), true
	case "pgup":
		m.scroll(m.messagesHeight() - 2)
	case "pgdown":
		m.scroll(2 - m.messagesHeight())
	case "ctrl+home":
		return m.oldest(), true
	case "ctrl+end":
		return m.newest(), true
	case "tab":
		if m.completing() {
			return m.chosen(), true
		}
		m.turn(1)
	case "shift+tab":
		m.turn(-1)
	default:
		return nil, false
	}
	return nil, true
}

// turn gives the keys to the next part of the screen.
func (m *Model) turn(by int) {
	m.complete = completion{}
	order := []pane{paneRooms, paneMessages, paneComposer}
	for i, p := range order {
		if p == m.focus {
			m.focus = order[(i+by+len(order))%len(order)]
			break
		}
	}
	if m.room == nil {
		m.focus = paneRooms
	}
	if m.focus == paneMessages && m.selection() < 0 {
		m.moveSelection(0)
	}
}

func (m *Model) openChosen() tea.Cmd {
	if m.rooms.chosen == "" {
		return nil
	}
	m.focus = paneComposer
	return m.open(m.rooms.chosen)
}

func (m *Model) roomsKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "up", "k":
		m.rooms.move(-1)
	case "down", "j":
		m.rooms.move(1)
	case "home", "g":
		m.rooms.move(-len(m.rooms.list))
	case "end", "shift+g":
		m.rooms.move(len(m.rooms.list))
	case "enter", "right", "l":
		return m.openChosen()
	case "u":
		m.rooms.nextUnread()
	case "esc", "i":
		if m.room != nil {
			m.focus = paneComposer
			m.rooms.chosen = m.room.token
		}
	default:
		if k.Text == "?" {
			m.openHelp()
		}
		if k.Text == "/" {
			m.openJumper()
		}
	}
	return nil
}

func (m *Model) messagesKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "up", "k":
		m.moveSelection(-1)
	case "down", "j":
		m.moveSelection(1)
	case "home", "g":
		return m.oldest()
	case "end", "shift+g":
		return m.newest()
	case "esc", "i":
		m.focus = paneComposer
	case "r":
		if out := m.selectedOut(); out != nil {
			return m.resend(out)
		}
		if message := m.selected(); message != nil {
			m.reply(message)
		}
	case "d", "delete":
		return m.askDelete()
	case "e":
		if message := m.selected(); message != nil && !message.IsSystem() {
			m.openReactions(message)
		}
	case "shift+e":
		if message := m.selected(); message != nil {
			m.edit(message)
		}
	case "enter", "o":
		if message := m.selected(); message != nil {
			return m.openDetails(message)
		}
	case "y":
		if message := m.selected(); message != nil {
			return m.copyText(message)
		}
	default:
		if k.Text == "?" {
			m.openHelp()
		}
		if k.Text == "/" {
			m.openSearch()
		}
	}
	return nil
}

func (m *Model) askDelete() tea.Cmd {
	if out := m.selectedOut(); out != nil {
		return m.takeBack(out)
	}
	message := m.selected()
	if message == nil || message.IsSystem() || message.Deleted {
		return nil
	}
	m.overlay = &confirm{question: "Delete this message for everybody? " + m.quote(message), yes: func(m *Model) tea.Cmd { return m.delete(message) }}
	return nil
}

func (m *Model) composerKey(k tea.KeyPressMsg) tea.Cmd {
	c := &m.composer
	name := k.Keystroke()
	if m.completing() {
		switch name {
		case "up", "ctrl+p":
			m.complete.at = max(m.complete.at-1, 0)
			return nil
		case "down":
			m.complete.at = min(m.complete.at+1, len(m.complete.choices)-1)
			return nil
		case "esc":
			_, m.complete.declined = c.editor.word()
			m.complete.choices = nil
			return nil
		case "enter":
			if !m.completed() {
				return m.chosen()
			}
		}
	}
	switch name {
	case "enter":
		m.complete = completion{}
		return m.enter()
	case "esc":
		switch {
		case c.editing != nil:
			m.stopEditing()
		case c.replyTo != nil:
			c.replyTo = nil
		case m.room != nil:
			m.focus = paneMessages
			m.moveSelection(0)
		}
		return nil
	case "up":
		if c.editor.empty() && c.editing == nil && m.room != nil {
			m.editLast()
			return nil
		}
	case "home", "end":
		if c.editor.empty() && name == "home" {
			return m.oldest()
		}
		if c.editor.empty() {
			return m.newest()
		}
	}
	if m.room == nil || c.saving {
		return nil
	}
	if c.editor.key(k, m.w, m.composerWidth()) {
		return m.completeWord()
	}
	return nil
}
