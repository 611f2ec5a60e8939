package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/confab-go/confab/talk"
)

// body turns a message into lines of spans: placeholders become names, and of Markdown what a terminal can show.
func body(m *talk.Message, self string, w measure) [][]span {
	p := parser{message: m, self: self, w: w}
	text := w.clean(m.Message)
	if !m.Markdown || m.IsSystem() {
		var lines [][]span
		for line := range strings.SplitSeq(text, "\n") {
			lines = append(lines, p.inline(line, 0, false))
		}
		return lines
	}
	return p.blocks(text)
}

// parser reads the text of one message.
type parser struct {
	message *talk.Message
	self    string
	w       measure
}

// blocks reads what goes by lines: fenced code, quotes and headings. Lists look like lists as they are.
func (p *parser) blocks(text string) [][]span {
	var lines [][]span
	fenced := false
	for line := range strings.SplitSeq(text, "\n") {
		bare := strings.TrimLeft(line, " ")
		switch {
		case strings.HasPrefix(bare, "```") && (fenced || !strings.Contains(bare[3:], "```")):
			fenced = !fenced
			continue
		case fenced:
			lines = append(lines, p.placeholders(line, lookCode))
			continue
		case strings.HasPrefix(bare, ">"):
			quoted := strings.TrimPrefix(strings.TrimPrefix(bare, ">"), " ")
			lines = append(lines, append([]span{{"│ ", lookDim}}, p.inline(quoted, lookDim, true)...))
			continue
		}
		if level := len(bare) - len(strings.TrimLeft(bare, "#")); level > 0 && level <= 6 && strings.HasPrefix(bare[level:], " ") {
			lines = append(lines, p.inline(strings.TrimSpace(bare[level:]), lookBold, true))
			continue
		}
		lines = append(lines, p.inline(line, 0, true))
	}
	if len(lines) == 0 {
		lines = [][]span{nil}
	}
	return lines
}

// marks are the pairs that change the look of what is between them, the longer ones first.
var marks = [...]struct {
	mark string
	look look
}{
	{"**", lookBold},
	{"__", lookBold},
	{"~~", lookStrike},
	{"*", lookItalic},
	{"_", lookItalic},
}

// inline reads what goes within a line: marks, code, addresses and placeholders.
func (p *parser) inline(line string, l look, markdown bool) []span {
	var out []span
	plain := 0
	add := func(upTo int) { out = p.add(out, span{line[plain:upTo], l}) }
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case c == '{':
			if s, n, ok := p.placeholder(line[i:], l); ok {
				add(i)
				out = p.add(out, s)
				i += n
				plain = i
				continue
			}
		case markdown && c == '`':
			if code, n := codeSpan(line[i:]); n > 0 {
				add(i)
				out = appendSpans(out, p.placeholders(code, l|lookCode))
				i += n
				plain = i
				continue
			}
			i += len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			continue
		case markdown && c == '\\' && i+1 < len(line) && strings.IndexByte("\\`*_~[]{}#>", line[i+1]) >= 0:
			add(i)
			plain = i + 1
			i += 2
			continue
		case markdown && strings.IndexByte("*_~", c) >= 0:
			if inner, n, more, ok := marked(line, i); ok {
				add(i)
				out = appendSpans(out, p.inline(inner, l|more, true))
				i += n
				plain = i
				continue
			}
		case c == 'h' && (i == 0 || !isWord(line[:i])):
			if n := address(line[i:]); n > 0 {
				add(i)
				out = p.add(out, span{line[i : i+n], l | lookLink})
				i += n
				plain = i
				continue
			}
		}
		i++
	}
	add(len(line))
	return out
}

func (p *parser) add(to []span, s span) []span {
	if s.text == "" {
		return to
	}
	return appendSpans(to, []span{s})
}

// codeSpan reads code between backquotes, as many behind it as before, and tells how long it is with them; 0 for none.
func codeSpan(text string) (code string, length int) {
	rest := strings.TrimLeft(text, "`")
	fence := text[:len(text)-len(rest)]
	for from := 0; ; {
		n := strings.Index(rest[from:], fence)
		if n < 0 {
			return "", 0
		}
		n += from
		end := len(rest) - len(strings.TrimLeft(rest[n:], "`"))
		if end-n == len(fence) && n > 0 {
			return rest[:n], end + len(fence)
		}
		from = end
	}
}

// placeholders fills in names, and reads nothing else.
func (p *parser) placeholders(line string, l look) []span {
	var out []span
	for {
		open := strings.IndexByte(line, '{')
		if open < 0 {
			return p.add(out, span{line, l})
		}
		s, n, ok := p.placeholder(line[open:], l)
		if !ok {
			out = p.add(out, span{line[:open+1], l})
			line = line[open+1:]
			continue
		}
		out = p.add(p.add(out, span{line[:open], l}), s)
		line = line[open+n:]
	}
}

// placeholder reads one at the beginning of a text, if there is an object for it.
func (p *parser) placeholder(text string, l look) (s span, length int, ok bool) {
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return span{}, 0, false
	}
	object, ok := p.message.MessageParameters[text[1:end]]
	if !ok {
		return span{}, 0, false
	}
	name := p.w.line(object.Name)
	switch mention, isMention := object.Mention(); {
	case p.message.IsSystem():
		return span{name, l | lookBold}, end + 1, true
	case !isMention:
		return span{name, l | lookBold}, end + 1, true
	case mention.Everybody, mention.Type == talk.ActorUser && mention.ID == p.self:
		return span{"@" + name, l | lookSelf}, end + 1, true
	}
	return span{"@" + name, l | lookMention}, end + 1, true
}

// marked reads a pair of marks at a place of a line: what is between them, how long it is as a whole, and what it looks like.
func marked(line string, at int) (inner string, length int, l look, ok bool) {
	for _, m := range marks {
		rest, found := strings.CutPrefix(line[at:], m.mark)
		if !found {
			continue
		}
		if m.mark[0] == '_' && isWord(line[:at]) { // as in snake_case
			return "", 0, 0, false
		}
		for from := 0; ; {
			n := strings.Index(rest[from:], m.mark)
			if n < 0 {
				break
			}
			n += from
			after := rest[n+len(m.mark):]
			switch {
			case n == 0, rest[n-1] == ' ', rest[0] == ' ':
			case len(m.mark) == 1 && after != "" && after[0] == m.mark[0]: // the beginning of a longer one
				from = n + 2
				continue
			case strings.HasPrefix(after, m.mark[:1]): // of three, the last two
				from = n + 1
				continue
			case m.mark[0] == '_' && beginsWord(after):
				from = n + len(m.mark)
				continue
			default:
				return rest[:n], n + 2*len(m.mark), m.look, true
			}
			break
		}
		if len(m.mark) == 1 {
			break
		}
	}
	return "", 0, 0, false
}

func isWord(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before != "" && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

func beginsWord(after string) bool {
	r, _ := utf8.DecodeRuneInString(after)
	return after != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// address tells how long the web address is that a text begins with, 0 for none.
func address(text string) int {
	if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		return 0
	}
	n := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"`{}|", r) })
	if n < 0 {
		n = len(text)
	}
	n = len(strings.TrimRight(text[:n], ".,;:!?)'*_~"))
	if n <= len("https://") {
		return 0
	}
	return n
}
