package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// searcher finds messages by their text.
type searcher struct {
	picker

	everywhere bool
	searched   string // what the list is of
	searching  string // what was asked for
	hits       []*talk.SearchEntry
}

// maxHits is how many messages a search finds at most.
const maxHits = 100

type foundMsg struct {
	text       string
	everywhere bool
	hits       []*talk.SearchEntry
	err        error
}

func (m *Model) openSearch() {
	s := &searcher{picker: newPicker("", "")}
	s.everywhere = m.room == nil
	s.name(m)
	m.overlay = s
}

func (s *searcher) name(m *Model) {
	s.title = "Search all conversations"
	s.hint = "Enter searches · Esc leaves"
	if m.room != nil {
		s.hint = "Enter searches · Tab searches all conversations · Esc leaves"
		if s.everywhere {
			s.hint = "Enter searches · Tab searches this conversation only · Esc leaves"
		} else {
			s.title = "Search " + m.room.name
		}
	}
	if len(s.hits) > 0 {
		s.hint = "Enter shows the message · ↑↓ choose · Esc leaves"
	}
}

func (s *searcher) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "esc", "ctrl+f":
		m.overlay = nil
		return nil
	case "tab":
		if m.room != nil {
			s.everywhere = !s.everywhere
			s.forget()
			s.name(m)
			return s.search(m)
		}
		return nil
	case "enter":
		if s.searched == s.text() && len(s.hits) > 0 {
			return s.pick(m)
		}
		return s.search(m)
	}
	if s.move(k) {
		return nil
	}
	if s.input.key(k, m.w, m.rightWidth()) && s.text() != s.searched {
		s.forget()
		s.name(m)
	}
	return nil
}

func (s *searcher) text() string { return strings.TrimSpace(s.input.text) }

func (s *searcher) forget() { s.hits, s.choices, s.at, s.searched, s.note = nil, nil, 0, "", "" }

func (s *searcher) search(m *Model) tea.Cmd {
	text, token := s.text(), ""
	if text == "" {
		return nil
	}
	if !s.everywhere {
		token = m.room.token
	}
	s.forget()
	s.searching, s.note = text, "Searching…"
	ctx, source, everywhere := m.ctx, m.o.Source, s.everywhere
	return func() tea.Msg {
		hits, err := source.Search(ctx, text, token, maxHits)
		return foundMsg{text, everywhere, hits, err}
	}
}

// found takes over what a search has found.
func (m *Model) found(msg foundMsg) {
	s, ok := m.overlay.(*searcher)
	if !ok || s.searching != msg.text || s.everywhere != msg.everywhere {
		return
	}
	s.forget()
	switch {
	case msg.err != nil:
		s.note = m.w.line("The search failed: " + inWords(msg.err))
		return
	case len(msg.hits) == 0:
		s.note = "No message has that in it"
	}
	s.searched, s.hits = msg.text, msg.hits
	for _, hit := range msg.hits {
		when := hit.Attributes.Timestamp.In(m.o.Now().Location()).Format("2 Jan 2006 15:04")
		s.choices = append(s.choices, choice{label: m.w.line(hit.Subline), detail: m.w.line(hit.Title) + ", " + when})
	}
	s.name(m)
}

func (s *searcher) pick(m *Model) tea.Cmd {
	hit := s.hits[s.at]
	m.overlay = nil
	return m.jump(hit.Attributes.Token, hit.Attributes.MessageID)
}

func (s *searcher) paste(_ *Model, text string) tea.Cmd {
	s.input.insert(text)
	s.forget()
	return nil
}

func (s *searcher) click(m *Model, line int) tea.Cmd {
	if s.clicked(line) {
		return s.pick(m)
	}
	return nil
}
