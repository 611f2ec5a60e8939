package markdown

import (
	"strings"
	"unicode"
)

// maxParentheses is how many parentheses may be open in the address of a link.
const maxParentheses = 32

// destination reads where a link leads, behind its label: an address in parentheses, maybe with a title, which nothing here
// has a place for.
func (s *scanner) destination(at int) (address string, length int, ok bool) {
	begin := at
	if at >= len(s.source) || s.source[at] != '(' {
		return "", 0, false
	}
	at = s.space(at + 1)
	address, at, ok = s.address(at)
	if !ok {
		return "", 0, false
	}
	if behind := s.space(at); behind > at {
		at = behind
		if n := s.title(at); n > 0 {
			at = s.space(at + n)
		}
	}
	if at >= len(s.source) || s.source[at] != ')' {
		return "", 0, false
	}
	return unescape(address), at + 1 - begin, true
}

func (s *scanner) space(at int) int {
	for at < len(s.source) && strings.IndexByte(" \t\n", s.source[at]) >= 0 {
		at++
	}
	return at
}

// address reads an address, and tells what is behind it.
func (s *scanner) address(at int) (address string, behind int, ok bool) {
	rest := s.source[at:]
	if strings.HasPrefix(rest, "<") {
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '\n', '<':
				return "", 0, false
			case '>':
				return rest[1:i], at + i + 1, true
			}
		}
		return "", 0, false
	}
	open := 0
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\\' && i+1 < len(rest) && isPunctuation(rest[i+1]):
			i++
		case c <= ' ' || c == 0x7f:
			return rest[:i], at + i, open == 0
		case c == '(':
			if open++; open > maxParentheses {
				return "", 0, false
			}
		case c == ')':
			if open--; open < 0 {
				return rest[:i], at + i, true
			}
		}
	}
	return "", 0, false
}

// title tells how long the title of a link is, 0 for none.
func (s *scanner) title(at int) int {
	if at >= len(s.source) {
		return 0
	}
	mark := strings.IndexByte(`"'(`, s.source[at])
	if mark < 0 || s.quotes[mark] > 0 && at >= s.quotes[mark] {
		return 0
	}
	end := `"')`[mark]
	for i := at + 1; i < len(s.source); i++ {
		switch c := s.source[i]; {
		case c == '\\':
			i++
		case c == end:
			return i + 1 - at
		case c == '(' && end == ')':
			return 0
		}
	}
	s.quotes[mark] = max(at, 1)
	return 0
}

// autolink reads an address between angle brackets: <https://example.com> or <bob@example.com>.
func autolink(text string) (address string, ok bool) {
	end := strings.IndexAny(text[1:], "<> \t\n")
	if end < 0 || text[1+end] != '>' {
		return "", false
	}
	address = text[1 : 1+end]
	if scheme, _, found := strings.Cut(address, ":"); found && isScheme(scheme) {
		return address, true
	}
	return address, isMail(address)
}

// isScheme reports whether a text is such as "https".
func isScheme(s string) bool {
	if len(s) < 2 || len(s) > 32 || !isLetter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("+.-", c) < 0 {
			return false
		}
	}
	return true
}

// isMail reports whether a text is an address of mail.
func isMail(s string) bool {
	local, host, found := strings.Cut(s, "@")
	if !found || local == "" {
		return false
	}
	for i := range len(local) {
		if c := local[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) < 0 {
			return false
		}
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !isLetter(c) && !isDigit(c) && c != '-' {
				return false
			}
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// bareAddress tells how long the address of the web is that begins at a place of a text, 0 for none. What ends a sentence does
// not belong to it, nor does a parenthesis that it does not open; in brackets it ends with them.
func bareAddress(source string, at int, inBrackets bool) int {
	text := source[at:]
	scheme := 0
	for _, s := range []string{"https://", "http://"} {
		if len(text) > len(s) && strings.EqualFold(text[:len(s)], s) {
			scheme = len(s)
			break
		}
	}
	if before, _ := around(source, at, at); scheme == 0 || unicode.IsLetter(before) || unicode.IsDigit(before) {
		return 0
	}
	n := strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>\"`{}|", r) || inBrackets && r == ']'
	})
	if n < 0 {
		n = len(text)
	}
	unopened := strings.Count(text[:n], ")") - strings.Count(text[:n], "(")
	for n > scheme {
		switch c := text[n-1]; {
		case strings.IndexByte(".,:;!?'*_~\\", c) >= 0:
		case c == ')' && unopened > 0:
			unopened--
		default:
			return n
		}
		n--
	}
	return 0
}
