package markdown

import (
	"iter"
	"strings"
)

// lines gives the lines of a text without what ends them: "\n", "\r\n" or "\r".
func lines(source string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for source != "" {
			n := strings.IndexAny(source, "\r\n")
			if n < 0 {
				yield(source)
				return
			}
			if !yield(source[:n]) {
				return
			}
			if strings.HasPrefix(source[n:], "\r\n") {
				n++
			}
			source = source[n+1:]
		}
	}
}

// tabStop is how many columns apart tabs lead.
const tabStop = 4

// cursor is what is left of a line, and the column at which that begins: tabs lead to columns.
type cursor struct {
	rest   string
	column int
}

// indent counts the columns of white space ahead.
func (c *cursor) indent() int {
	at := c.column
	for i := range len(c.rest) {
		switch c.rest[i] {
		case ' ':
			at++
		case '\t':
			at += tabStop - at%tabStop
		default:
			return at - c.column
		}
	}
	return at - c.column
}

// skip leaves up to n columns of white space behind. Of a tab that is wider, spaces are left.
func (c *cursor) skip(n int) {
	for n > 0 && c.rest != "" {
		switch c.rest[0] {
		case ' ':
			c.rest = c.rest[1:]
			c.column++
			n--
		case '\t':
			width := tabStop - c.column%tabStop
			c.rest = c.rest[1:]
			if width > n {
				c.rest = strings.Repeat(" ", width-n) + c.rest
				width = n
			}
			c.column += width
			n -= width
		default:
			return
		}
	}
}

// take leaves n characters behind that are a column wide each.
func (c *cursor) take(n int) {
	c.rest = c.rest[n:]
	c.column += n
}

// blank reports whether nothing but white space is left.
func (c *cursor) blank() bool { return isBlank(c.rest) }

// next gives the first character behind the white space, 0 for none.
func (c *cursor) next() byte {
	if rest := trimLeft(c.rest); rest != "" {
		return rest[0]
	}
	return 0
}

func isBlank(s string) bool    { return trimLeft(s) == "" }
func trimLeft(s string) string { return strings.TrimLeft(s, " \t") }
func trim(s string) string     { return strings.Trim(s, " \t") }
func leading(s string, c byte) int { // how often s begins with c
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}
