package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a piece of text within a block.
type token struct {
	kind    tokenKind
	text    string // of text and code
	address string // of a link: where it leads
	image   bool   // of a link
	run     run
}

type tokenKind uint8

const (
	tokenText tokenKind = iota
	tokenCode
	tokenRun     // marks of emphasis
	tokenBracket // may begin a label; if nothing ends it, it is text
	tokenBegin   // begins the label of a link or image
	tokenEnd     // ends it
)

// scanner reads the text of a block, and from what it has read makes spans.
type scanner struct {
	source   string
	at       int
	plain    int // where the text begins that is no token yet
	tokens   []token
	brackets []bracket
	ticks    map[int]int // the last place of each length of backquotes in a row
	quotes   [3]int      // behind which no such quotation mark ends a title, for each of them; 0 if not known
}

// bracket is a "[" that no "]" has been seen for.
type bracket struct {
	token int
	dead  bool // within it is a link, and no link has another one in it
}

// inline reads the text of a block.
func inline(source string) []Span {
	s := scanner{source: strings.TrimRight(source, " \t\n")}
	for s.at < len(s.source) {
		n, t := s.next()
		if n == 0 {
			s.at++
			continue
		}
		s.flush()
		s.at += n
		s.plain = s.at
		s.tokens = append(s.tokens, t...)
	}
	s.flush()
	emphasize(s.tokens)
	return spans(s.tokens)
}

// flush makes a token of the text before here.
func (s *scanner) flush() {
	if s.plain < s.at {
		s.tokens = append(s.tokens, token{text: s.source[s.plain:s.at]})
	}
	s.plain = s.at
}

// next reads what begins here: how long it is, and what it is; 0 for text.
func (s *scanner) next() (int, []token) {
	rest := s.source[s.at:]
	switch c := rest[0]; c {
	case '\\':
		switch {
		case len(rest) > 1 && rest[1] == '\n':
			return 2, []token{{text: "\n"}}
		case len(rest) > 1 && isPunctuation(rest[1]):
			return 2, []token{{text: rest[1:2]}}
		}
	case '\n':
		return 1, []token{{text: "\n"}}
	case ' ', '\t': // those at the end of a line are nothing
		if bare := trimLeft(rest); bare != "" && bare[0] == '\n' {
			return len(rest) - len(bare), []token{{}}
		}
	case '`':
		length := leading(rest, '`')
		if n := s.codeEnd(length); n > 0 {
			return n, []token{{kind: tokenCode, text: code(rest[length : n-length])}}
		}
		return length, []token{{text: rest[:length]}}
	case '*', '_', '~':
		length := leading(rest, c)
		return length, []token{{kind: tokenRun, run: newRun(s.source, s.at, length)}}
	case '!', '[':
		if c == '[' || strings.HasPrefix(rest, "![") {
			text := rest[:1]
			if c == '!' {
				text = rest[:2]
			}
			s.flush()
			s.brackets = append(s.brackets, bracket{token: len(s.tokens)})
			return len(text), []token{{kind: tokenBracket, text: text, image: c == '!'}}
		}
	case ']':
		return s.closeBracket()
	case '<':
		if address, ok := autolink(rest); ok {
			to := address
			if !strings.Contains(address, ":") {
				to = "mailto:" + address
			}
			return len(address) + 2, link(address, to)
		}
	case 'h', 'H':
		if n := bareAddress(s.source, s.at, len(s.brackets) > 0); n > 0 {
			return n, link(rest[:n], rest[:n])
		}
	}
	return 0, nil
}

func link(label, address string) []token {
	return []token{{kind: tokenBegin, address: address}, {text: label}, {kind: tokenEnd}}
}

// codeEnd tells how long the span of code is that begins here, with its backquotes: as many behind it as before it.
func (s *scanner) codeEnd(length int) int {
	if s.ticks == nil {
		s.ticks = map[int]int{}
		for i := s.at; i < len(s.source); i++ {
			if n := leading(s.source[i:], '`'); n > 0 {
				s.ticks[n] = i
				i += n
			}
		}
	}
	if s.ticks[length] <= s.at {
		return 0
	}
	for i := s.at + length; ; i++ {
		if n := leading(s.source[i:], '`'); n == length {
			return i + length - s.at
		} else if n > 0 {
			i += n
		}
	}
}

// code is what a span of code says: one space at either end sets it apart from a backquote.
func code(text string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if len(text) > 2 && text[0] == ' ' && text[len(text)-1] == ' ' && strings.Trim(text, " ") != "" {
		text = text[1 : len(text)-1]
	}
	return text
}

// closeBracket ends the label of a link or an image, if its address follows.
func (s *scanner) closeBracket() (int, []token) {
	if len(s.brackets) == 0 {
		return 0, nil
	}
	last := s.brackets[len(s.brackets)-1]
	s.brackets = s.brackets[:len(s.brackets)-1]
	if last.dead {
		return 0, nil
	}
	address, n, ok := s.destination(s.at + 1)
	if !ok {
		return 0, nil
	}
	s.flush()
	begin := &s.tokens[last.token]
	begin.kind, begin.address = tokenBegin, address
	emphasize(s.tokens[last.token+1:])
	if !begin.image {
		for i := range s.brackets {
			s.brackets[i].dead = s.brackets[i].dead || !s.tokens[s.brackets[i].token].image
		}
	}
	return n + 1, []token{{kind: tokenEnd}}
}

// spans puts what tokens tell into each other.
func spans(tokens []token) []Span {
	type frame struct {
		span Span
		text strings.Builder
	}
	stack := []*frame{{}}
	flush := func() *frame {
		top := stack[len(stack)-1]
		if top.text.Len() > 0 {
			top.span.Spans = append(top.span.Spans, Span{Text: top.text.String()})
			top.text.Reset()
		}
		return top
	}
	begin := func(s Span) {
		flush()
		stack = append(stack, &frame{span: s})
	}
	end := func() {
		done := flush().span
		stack = stack[:len(stack)-1]
		top := stack[len(stack)-1]
		top.span.Spans = append(top.span.Spans, done)
	}
	for _, t := range tokens {
		switch t.kind {
		case tokenText, tokenBracket:
			stack[len(stack)-1].text.WriteString(t.text)
		case tokenCode:
			top := flush()
			top.span.Spans = append(top.span.Spans, Span{Kind: CodeSpan, Text: t.text})
		case tokenRun:
			for range t.run.ends {
				end()
			}
			stack[len(stack)-1].text.WriteString(strings.Repeat(string(t.run.mark), t.run.left))
			for i := range t.run.begins {
				begin(Span{Kind: t.run.begins[len(t.run.begins)-1-i]})
			}
		case tokenBegin:
			kind := Link
			if t.image {
				kind = Image
			}
			begin(Span{Kind: kind, Address: t.address})
		case tokenEnd:
			end()
		}
	}
	return flush().span.Spans
}

func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// unescape takes the backslashes away that keep punctuation from being Markdown.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && isPunctuation(s[i+1]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// around gives the characters before and behind a part of a text; white space where there is none.
func around(source string, from, to int) (before, after rune) {
	before, after = ' ', ' '
	if from > 0 {
		before, _ = utf8.DecodeLastRuneInString(source[:from])
	}
	if to < len(source) {
		after, _ = utf8.DecodeRuneInString(source[to:])
	}
	return before, after
}

func isMark(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
