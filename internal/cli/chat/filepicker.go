package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// filePicker finds a file of this machine to send.
type filePicker struct {
	picker

	paths []string
	// listed is what the paths begin with, which is not what was typed since.
	listed string
	// meant says that a choice was made, and eager that the list is waited for to take it.
	meant, eager bool
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

func (p *filePicker) got(m *Model, msg pathsMsg) tea.Cmd {
	if msg.typed != p.input.text {
		return nil
	}
	p.paths, p.listed, p.choices, p.at, p.note = msg.paths, msg.typed, nil, 0, ""
	for _, path := range msg.paths {
		p.choices = append(p.choices, choice{label: measure{}.line(path)})
	}
	if len(p.paths) == 0 {
		p.note = "There is no such file"
	}
	if p.eager {
		return p.pick(m)
	}
	return nil
}

func (p *filePicker) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "esc", "ctrl+o":
		m.overlay = nil
		return nil
	case "tab":
		if len(p.paths) > 0 && p.listed == p.input.text {
			p.input.set(p.paths[p.at])
			return m.findPaths(p.input.text)
		}
		return nil
	case "enter":
		return p.pick(m)
	}
	p.eager = false
	if p.move(k) {
		p.meant = true
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
	if p.eager = p.listed != path; p.eager {
		return nil
	}
	if path == "" && !p.meant {
		m.tell(lookNotable, "Type a path, or choose one")
		return nil
	}
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
		p.meant = true
		return p.pick(m)
	}
	return nil
}
