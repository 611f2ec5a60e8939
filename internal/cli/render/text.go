package render

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Clean makes text from outside harmless on a terminal. Control characters, with which a message could move the cursor,
// change the title or type for the reader, become visible pictures or U+FFFD; formatting that reorders what is around it
// is dropped. Line breaks and tabs stay.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20:
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		case isC1(r):
			return utf8.RuneError
		case isReordering(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// Line makes text from outside harmless in one line, with one space for all white space.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// Escape writes text so that it stays one field of one line and can be had back: a backslash as \\, a tab as \t, a line
// break as \n, other control characters as \u001b and so on.
func Escape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || isControl(r) }) {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case isControl(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f || isC1(r) }

func isC1(r rune) bool { return r >= 0x80 && r <= 0x9f }

// isReordering reports whether a character makes a terminal show those around it in another order.
func isReordering(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }
