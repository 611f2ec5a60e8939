package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// reactPicker finds an emoji to react with.
type reactPicker struct {
	picker

	message *talk.Message
	emoji   []string
}

func (m *Model) openReactions(message *talk.Message) {
	p := &reactPicker{picker: newPicker("React to "+m.quote(message), "Enter reacts, or takes back · type a name or an emoji · Esc leaves"), message: message}
	p.find(m)
	m.overlay = p
}

// maxEmoji is how many emoji are offered.
const maxEmoji = 50

func (p *reactPicker) find(m *Model) {
	p.emoji, p.choices, p.at = nil, nil, 0
	add := func(text, label string) {
		p.emoji = append(p.emoji, text)
		p.choices = append(p.choices, choice{label: m.w.clean(label)})
	}
	typed := strings.TrimSpace(p.input.text)
	if typed == "" {
		for text := range strings.FieldsSeq(usual) {
			add(text, text)
		}
		return
	}
	for _, e := range findEmoji(typed, maxEmoji) {
		add(e.text, e.text+"  "+e.name)
	}
	if !isPlain(typed) {
		add(typed, typed)
	}
}

func (p *reactPicker) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "esc":
		m.overlay = nil
		return nil
	case "enter":
		return p.pick(m)
	}
	if p.move(k) {
		return nil
	}
	if p.input.key(k, m.w, m.rightWidth()) {
		p.find(m)
	}
	return nil
}

func (p *reactPicker) pick(m *Model) tea.Cmd {
	if len(p.emoji) == 0 {
		return nil
	}
	m.overlay = nil
	message := p.message
	if now := m.room.timeline.get(message.ID); now != nil {
		message = now
	}
	return m.react(message, p.emoji[p.at])
}

func (p *reactPicker) paste(m *Model, text string) tea.Cmd {
	p.input.insert(text)
	p.find(m)
	return nil
}

func (p *reactPicker) click(m *Model, line int) tea.Cmd {
	if p.clicked(line) {
		return p.pick(m)
	}
	return nil
}
