package chat

import (
	tea "charm.land/bubbletea/v2"
)

// overlay stands in for the messages, and has the keys, until it closes.
type overlay interface {
	key(m *Model, k tea.KeyPressMsg) tea.Cmd
	paste(m *Model, text string) tea.Cmd
	// lines draws it; with a cursor if x is not negative.
	lines(m *Model, width, height int) (lines []string, x, y int)
	// click is on one of its lines, and wheel moves its cursor.
	click(m *Model, line int) tea.Cmd
	wheel(m *Model, by int)
}

// picker is a line to type in and a list to choose from.
type picker struct {
	title, hint string
	input       editor
	choices     []choice
	at          int
	// note stands where the list would be.
	note  string
	shown int // how many choices fit, when it was drawn last
}

func newPicker(title, hint string) picker {
	p := picker{title: title, hint: hint}
	p.input.set("")
	return p
}

// pickerHead is how many lines stand above the list.
const pickerHead = 3

// move handles the keys that move the cursor in the list.
func (p *picker) move(k tea.KeyPressMsg) bool {
	var by int
	switch k.Keystroke() {
	case "up", "ctrl+p":
		by = -1
	case "down", "ctrl+n":
		by = 1
	case "pgup":
		by = -max(p.shown, 1)
	case "pgdown":
		by = max(p.shown, 1)
	default:
		return false
	}
	p.wheel(nil, by)
	return true
}

func (p *picker) wheel(_ *Model, by int) { p.at = max(min(p.at+by, len(p.choices)-1), 0) }

func (p *picker) lines(m *Model, width, height int) (lines []string, x, y int) {
	p.shown = max(height-pickerHead-1, 1)
	room := width - 4
	rows := p.input.layout(m.w, room)
	cx, cy := p.input.position(m.w, room)
	r := rows[cy]
	lines = append(lines,
		m.colors.paint(lookBold, m.w.fit(" "+p.title, width)),
		m.colors.paint(lookGood, " › ")+m.w.fit(m.shown(p.input.text[r.from:r.to]), room),
		m.colors.paint(lookFrame, rule(width)))
	if p.note != "" {
		lines = append(lines, m.colors.paint(lookDim, m.w.fit(" "+p.note, width)))
	}
	top := len(lines)
	lines = append(lines, m.choiceLines(p.choices, p.at, width, p.shown-(top-pickerHead))...)
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	lines = append(lines, m.colors.paint(lookDim, m.w.fit(" "+p.hint, width)))
	return lines[:height], cx + 3, 1
}

// clicked moves the cursor to a line that was clicked, and reports whether it is a choice.
func (p *picker) clicked(line int) bool {
	head := pickerHead
	if p.note != "" {
		head++
	}
	height := p.shown - (head - pickerHead)
	top := max(min(p.at-height/2, len(p.choices)-height), 0)
	i := line - head + top
	if line < head || i >= len(p.choices) {
		return false
	}
	p.at = i
	return true
}
