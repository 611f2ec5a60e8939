package chat

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// jumper finds a conversation by its name.
type jumper struct {
	picker

	rooms []*talk.Conversation
}

// maxJumps is how many conversations are offered.
const maxJumps = 200

func (m *Model) openJumper() {
	j := &jumper{picker: newPicker("Go to a conversation", "Enter opens · ↑↓ choose · Esc leaves")}
	j.find(m)
	m.overlay = j
}

func (j *jumper) find(m *Model) {
	j.rooms = m.rooms.find(j.input.text, maxJumps)
	j.choices, j.at, j.note = nil, 0, ""
	for _, c := range j.rooms {
		detail := ""
		if c.UnreadMessages > 0 {
			detail = fmt.Sprintf("%d new", c.UnreadMessages)
		}
		j.choices = append(j.choices, choice{label: roomSign(c) + m.w.line(c.DisplayName), detail: detail})
	}
	if len(j.rooms) == 0 {
		j.note = "No conversation has that in its name"
	}
}

func (j *jumper) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "esc", "ctrl+k":
		m.overlay = nil
		return nil
	case "enter":
		return j.pick(m)
	}
	if j.move(k) {
		return nil
	}
	if j.input.key(k, m.w, m.rightWidth()) {
		j.find(m)
	}
	return nil
}

func (j *jumper) pick(m *Model) tea.Cmd {
	if len(j.rooms) == 0 {
		return nil
	}
	m.overlay = nil
	m.focus = paneComposer
	return m.open(j.rooms[j.at].Token)
}

func (j *jumper) paste(m *Model, text string) tea.Cmd {
	j.input.insert(text)
	j.find(m)
	return nil
}

func (j *jumper) click(m *Model, line int) tea.Cmd {
	if j.clicked(line) {
		return j.pick(m)
	}
	return nil
}
