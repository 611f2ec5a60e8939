package chat

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/confab-go/confab/internal/cli/render"
)

// measure tells how wide text is, in the way in which the terminal and the renderer do: by characters that belong together
// where the terminal says that it does so, else one code point after the other.
type measure struct{ graphemes bool }

func (w measure) method() ansi.Method {
	if w.graphemes {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// next gives the first character of a text, and its width in columns.
func (w measure) next(s string) (cluster string, width int) {
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return s[:1], 1
	}
	return ansi.FirstGraphemeCluster(s, w.method())
}

// width is how many columns a text without control characters takes.
func (w measure) width(s string) int {
	n := 0
	for len(s) > 0 {
		cluster, width := w.next(s)
		n += width
		s = s[len(cluster):]
	}
	return n
}

// clean makes text from outside harmless: nothing in it is a control character, tabs are spaces, and what terminals do not
// agree on the width of is taken apart, unless this one has told.
func (w measure) clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.ReplaceAll(render.Clean(strings.ToValidUTF8(s, "\uFFFD")), "\t", "    ")
	return strings.Map(func(r rune) rune {
		switch {
		case isInvisible(r):
			return -1
		case !w.graphemes && isJoining(r):
			return -1
		}
		return r
	}, s)
}

// line is clean in one line.
func (w measure) line(s string) string {
	if isPlain(s) && !strings.Contains(s, "\n") {
		return s
	}
	return strings.Join(strings.Fields(w.clean(s)), " ")
}

// isPlain reports whether a text is nothing but printable ASCII and line breaks, as most is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\n' && (c < 0x20 || c >= 0x7f) {
			return false
		}
	}
	return true
}

// isInvisible reports whether a character only hides something or changes the direction of what is around it.
func isInvisible(r rune) bool {
	switch {
	case r >= 0x200b && r <= 0x200f && r != 0x200d, // zero width, and marks of direction
		r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r == 0xfeff, r == 0x00ad, r == 0x061c, r == 0x180e,
		r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// isJoining reports whether a character makes one of those around it: terminals differ on how wide that is.
func isJoining(r rune) bool {
	return r == 0x200d || r == 0xfe0e || r == 0xfe0f || r == 0x20e3 || r >= 0x1f3fb && r <= 0x1f3ff
}

// isRightToLeft reports whether a text has characters that terminals may show from right to left.
func isRightToLeft(s string) bool {
	for _, r := range s {
		if r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff {
			return true
		}
	}
	return false
}

// truncate cuts a text to a width, and shows that by an ellipsis.
func (w measure) truncate(s string, width int) string {
	if width <= 0 {
		return ""
	}
	used, keep := 0, 0
	for rest := s; len(rest) > 0; {
		cluster, n := w.next(rest)
		if used+n > width {
			return s[:keep] + "…"
		}
		used += n
		if used <= width-1 {
			keep += len(cluster)
		}
		rest = rest[len(cluster):]
	}
	return s
}

// pad fills a text with spaces up to a width.
func (w measure) pad(s string, width int) string {
	if n := width - w.width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// fit makes a text exactly as wide as wanted.
func (w measure) fit(s string, width int) string { return w.pad(w.truncate(s, width), width) }

// span is text that looks the same throughout.
type span struct {
	text string
	look look
}

// spansWidth is how many columns spans take.
func (w measure) spansWidth(line []span) (n int) {
	for _, s := range line {
		n += w.width(s.text)
	}
	return n
}

// wrap breaks a line of spans into lines of at most width columns: at a space, or within a word that is too long by itself.
func (w measure) wrap(line []span, width int) [][]span {
	width = max(width, 1)
	if w.spansWidth(line) <= width {
		return [][]span{line}
	}
	var lines [][]span
	var current []span // what is sure to be in this line
	var word []span    // since the last space
	used, wordWidth := 0, 0
	flush := func() {
		lines = append(lines, trimRight(current))
		current, used = nil, 0
	}
	settle := func() {
		current = appendSpans(current, word)
		used += wordWidth
		word, wordWidth = nil, 0
	}
	for _, s := range line {
		for rest := s.text; len(rest) > 0; {
			cluster, n := w.next(rest)
			rest = rest[len(cluster):]
			if cluster == " " {
				settle()
				if used >= width { // the break stands for it
					flush()
					continue
				}
				if used == 0 && len(lines) > 0 && len(current) == 0 {
					continue
				}
				current = appendSpans(current, []span{{" ", s.look}})
				used++
				continue
			}
			if used+wordWidth+n > width {
				if used > 0 {
					flush()
				}
				if wordWidth > 0 && wordWidth+n > width { // a word that no line can hold
					settle()
					flush()
				}
			}
			word = appendSpans(word, []span{{cluster, s.look}})
			wordWidth += n
		}
	}
	settle()
	if last := trimRight(current); len(lines) == 0 || len(last) > 0 && last[0].text != "" {
		lines = append(lines, last)
	}
	return lines
}

// appendSpans joins what looks the same.
func appendSpans(to, more []span) []span {
	for _, s := range more {
		if n := len(to); n > 0 && to[n-1].look == s.look {
			to[n-1].text += s.text
			continue
		}
		to = append(to, s)
	}
	return to
}

func trimRight(line []span) []span {
	if n := len(line); n > 0 && line[n-1].look&lookCode == 0 {
		line[n-1].text = strings.TrimRight(line[n-1].text, " ")
	}
	return line
}
