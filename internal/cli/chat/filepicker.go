package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// filePicker finds a file of this machine to send.
type filePicker struct {
	picker

	paths []string
}

func (m *Model) openFiles() tea.Cmd {
	if m.room == nil {
		return nil
	}
	title := "Send a file"
	if !m.composer.editor.empty() && m.composer.editing == nil {
		title += ", with what is written as its caption"
	}
	p := &filePicker{picker: newPicker(title, "Enter sends · Tab completes · Esc leaves")}
	m.overlay = p
	return m.findPaths("")
}

func (p *filePicker) got(msg pathsMsg) {
	if msg.typed != p.input.text {
		return
	}
	p.paths, p.choices, p.at, p.note = msg.paths, nil, 0, ""
	for _, path := range msg.paths {
		p.choices = append(p.choices, choice{label: measure{}.line(path)})
	}
	if len(p.paths) == 0 {
		p.note = "There is no such file"
	}
}

func (p *filePicker) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "esc", "ctrl+o":
		m.overlay = nil
		return nil
	case "tab":
		if len(p.paths) > 0 {
			p.input.set(p.paths[p.at])
			return m.findPaths(p.input.text)
		}
		return nil
	case "enter":
		return p.pick(m)
	}
	if p.move(k) {
		return nil
	}
	if p.input.key(k, m.w, m.rightWidth()) {
		return m.findPaths(p.input.text)
	}
	return nil
}

// pick sends the file that is chosen, or goes into the directory.
func (p *filePicker) pick(m *Model) tea.Cmd {
	path := p.input.text
	if len(p.paths) > 0 {
		path = p.paths[p.at]
	}
	if strings.HasSuffix(path, "/") {
		p.input.set(path)
		return m.findPaths(path)
	}
	if path == "" {
		return nil
	}
	m.overlay = nil
	m.focus = paneComposer
	caption := ""
	if m.composer.editing == nil {
		caption = strings.TrimSpace(m.composer.editor.text)
	} else {
		m.stopEditing()
	}
	return m.sendFile(path, caption)
}

func (p *filePicker) paste(m *Model, text string) tea.Cmd {
	p.input.insert(text)
	return m.findPaths(p.input.text)
}

func (p *filePicker) click(m *Model, line int) tea.Cmd {
	if p.clicked(line) {
		return p.pick(m)
	}
	return nil
}
