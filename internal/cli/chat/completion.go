package chat

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// completion is what the word at the cursor of the composer could become.
type completion struct {
	choices []choice
	at      int
	// from and to are the word, in bytes of the text.
	from, to int
	// asked is what was asked for, after an @ for people and a / for files: answers to anything else come too late.
	asked string
	// declined is the word for which the person wants no help.
	declined string
}

// choice is something to choose from.
type choice struct {
	label, detail string
	// insert is what the word becomes.
	insert string
	look   look
}

// maxChoices is how many are shown at once.
const maxChoices = 8

type mentionsMsg struct {
	token, search string
	found         []*talk.MentionSuggestion
	err           error
}

type pathsMsg struct {
	typed string
	paths []string
}

// word gives the word before the cursor.
func (e *editor) word() (from int, word string) {
	head := e.text[:e.cursor]
	at := strings.LastIndexFunc(head, unicode.IsSpace)
	if at >= 0 {
		from = at + 1
		for from < len(head) && head[from]&0xc0 == 0x80 {
			from++
		}
	}
	return from, head[from:]
}

// completeWord looks what the word at the cursor could become.
func (m *Model) completeWord() tea.Cmd {
	e := &m.composer.editor
	before := m.complete
	m.complete = completion{declined: before.declined}
	if path, ok := strings.CutPrefix(e.text[:e.cursor], "/file "); ok {
		return m.completePath(len("/file "), path, before)
	}
	from, word := e.word()
	if word == before.declined || len(word) < 2 && word != "@" {
		return nil
	}
	m.complete.declined = ""
	m.complete.from, m.complete.to = from, e.cursor
	switch {
	case word[0] == '@' && m.room != nil:
		search := strings.Trim(word[1:], `"`)
		m.complete.asked = "@" + search
		if before.asked == m.complete.asked && before.from == from {
			m.complete.choices, m.complete.at = before.choices, before.at
			return nil
		}
		m.complete.choices = narrow(before, from, search)
		ctx, source, token := m.ctx, m.o.Source, m.room.token
		return func() tea.Msg {
			found, err := source.Mentions(ctx, token, search)
			return mentionsMsg{token, search, found, err}
		}
	case word[0] == ':' && len(word) >= 3:
		for _, found := range findEmoji(word[1:], maxChoices) {
			m.complete.choices = append(m.complete.choices, choice{label: m.w.clean(found.text) + "  :" + found.name + ":", insert: found.text})
		}
	}
	return nil
}

// narrow keeps of the earlier choices those that still fit, until the server's answer is there.
func narrow(before completion, from int, search string) []choice {
	if before.from != from {
		return nil
	}
	var kept []choice
	for _, c := range before.choices {
		if strings.Contains(strings.ToLower(c.label+" "+c.detail), strings.ToLower(search)) {
			kept = append(kept, c)
		}
	}
	return kept
}

func (m *Model) gotMentions(msg mentionsMsg) {
	if m.room == nil || m.room.token != msg.token || m.complete.asked != "@"+msg.search || msg.err != nil {
		return
	}
	m.complete.choices, m.complete.at = nil, 0
	for _, s := range msg.found {
		if len(m.complete.choices) == maxChoices {
			break
		}
		detail := m.w.line(s.ID)
		if s.Source == "calls" {
			detail = m.w.line(s.Details)
		}
		m.complete.choices = append(m.complete.choices, choice{label: m.w.line(s.Label), detail: detail, insert: s.Mention(), look: lookMention})
	}
}

// completePath looks for files that a path could become.
func (m *Model) completePath(from int, typed string, before completion) tea.Cmd {
	m.complete.from, m.complete.to, m.complete.asked = from, from+len(typed), "/"+typed
	if before.asked == m.complete.asked && before.from == from && before.declined == "" {
		m.complete.choices, m.complete.at = before.choices, before.at
		return nil
	}
	return m.findPaths(typed)
}

func (m *Model) findPaths(typed string) tea.Cmd {
	source := m.o.Source
	return func() tea.Msg { return pathsMsg{typed, source.Complete(typed)} }
}

func (m *Model) gotPaths(msg pathsMsg) tea.Cmd {
	if p, ok := m.overlay.(*filePicker); ok {
		return p.got(m, msg)
	}
	if m.complete.asked != "/"+msg.typed {
		return nil
	}
	m.complete.choices, m.complete.at = nil, 0
	for _, path := range msg.paths[:min(len(msg.paths), maxChoices)] {
		m.complete.choices = append(m.complete.choices, choice{label: m.w.line(path), insert: path})
	}
	return nil
}

// completing reports whether there is something to choose.
func (m *Model) completing() bool { return len(m.complete.choices) > 0 && m.focus == paneComposer }

// chosen puts the choice in place of the word.
func (m *Model) chosen() tea.Cmd {
	c := m.complete.choices[m.complete.at]
	e := &m.composer.editor
	if m.complete.to > len(e.text) { // the text is another meanwhile
		m.complete = completion{}
		return nil
	}
	after := " "
	if strings.HasSuffix(c.insert, "/") || m.complete.to < len(e.text) && e.text[m.complete.to] == ' ' {
		after = ""
	}
	if strings.HasPrefix(e.text, "/file ") {
		after = ""
	}
	e.replace(m.complete.from, m.complete.to, c.insert+after)
	m.complete = completion{}
	if strings.HasSuffix(c.insert, "/") {
		return m.completeWord()
	}
	return nil
}

// completed reports whether the word is what would be chosen already.
func (m *Model) completed() bool {
	e := &m.composer.editor
	return m.complete.to <= len(e.text) && e.text[m.complete.from:m.complete.to] == m.complete.choices[m.complete.at].insert
}

// completionLines draws the choices.
func (m *Model) completionLines(width int) []string {
	return m.choiceLines(m.complete.choices, m.complete.at, width, maxChoices)
}

// choiceLines draws a list with a cursor, as many as there is room for.
func (m *Model) choiceLines(choices []choice, at, width, height int) []string {
	top := max(min(at-height/2, len(choices)-height), 0)
	var lines []string
	for i := top; i < len(choices) && i < top+height; i++ {
		c := choices[i]
		label := m.w.truncate(c.label, width-2)
		detail := ""
		if room := width - 4 - m.w.width(label); room > 3 && c.detail != "" {
			detail = "  " + m.w.truncate(c.detail, room)
		}
		if i == at {
			lines = append(lines, m.colors.paint(lookChosen, m.w.fit(" "+label+detail, width)))
			continue
		}
		lines = append(lines, m.w.pad(" ", 1)+m.colors.paint(c.look, label)+m.colors.paint(lookDim, m.w.fit(detail, max(width-1-m.w.width(label), 0))))
	}
	return lines
}
