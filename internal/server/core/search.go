package core

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// maxSearch is how many messages a search returns at most.
const maxSearch = 100

// FoundMessage is a message that a search has found, as the caller sees it.
type FoundMessage struct {
	Room    *RoomView
	Message *MessageView
	Text    string // with names in place of placeholders, from shortly before what was found
}

// SearchMessages returns the messages of the caller's conversations that
// contain a text, newest first.
func (c *Core) SearchMessages(ctx context.Context, caller Caller, in store.Search) (out []FoundMessage, err error) {
	in.UserID, in.Now, in.Limit, in.Offset = caller.UserID, c.unix(), max(1, min(in.Limit, maxSearch)), max(0, in.Offset)
	if strings.Trim(in.Text, phpSpace) == "" {
		return nil, nil
	}
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.SearchMessages(verbComment, in)
		if err != nil {
			return err
		}
		for i := range found {
			s, err := c.enter(tx, caller, found[i].Token, 0)
			if err != nil {
				return err
			}
			if s.inLobby() {
				continue
			}
			room, err := s.view()
			if err != nil {
				return err
			}
			m := s.reader().view(&found[i].Message)
			out = append(out, FoundMessage{Room: room, Message: m, Text: excerpt(plainText(m), in.Text)})
		}
		return nil
	})
	return out, err
}

// plainText is a message's text with names in place of placeholders.
func plainText(m *MessageView) string {
	text := m.Text
	for _, p := range m.Parameters {
		name := ""
		for _, f := range p.Fields {
			if f.Key == "name" {
				name = f.Value
			}
		}
		if strings.HasPrefix(p.Name, "mention-") {
			name = "@" + name
		}
		text = strings.ReplaceAll(text, "{"+p.Name+"}", name)
	}
	return text
}

// How a long text is cut before what was found in it, in characters.
const (
	excerptFrom   = 30 // what is found before is seen anyway
	excerptLength = 40 // shorter texts stay whole
	excerptBefore = 10
)

// excerpt cuts a long text off before what was found in it.
func excerpt(text, found string) string {
	// Folding each character keeps their number, which lower case does not.
	fold := func(s string) []rune { return []rune(strings.Map(unicode.ToLower, s)) }
	before, _, ok := strings.Cut(string(fold(text)), string(fold(found)))
	at := utf8.RuneCountInString(before)
	if !ok || at <= excerptFrom || utf8.RuneCountInString(text) <= excerptLength {
		return text
	}
	return "…" + string([]rune(text)[at-excerptBefore:])
}

// SearchRooms returns the caller's conversations whose name contains a text.
func (c *Core) SearchRooms(ctx context.Context, caller Caller, text string) ([]*RoomView, error) {
	text = strings.ToLower(strings.Trim(text, phpSpace))
	if text == "" {
		return nil, nil
	}
	rooms, err := c.Rooms(ctx, caller, 0, false)
	var out []*RoomView
	for _, r := range rooms {
		if strings.Contains(strings.ToLower(r.DisplayName+"\n"+r.Name), text) {
			out = append(out, r)
		}
	}
	return out, err
}
