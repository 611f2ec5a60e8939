package render

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Width is how many columns of a terminal a line takes, wide characters and emoji considered.
func Width(s string) int { return displaywidth.String(s) }

// Truncate cuts a line to a width in columns, and shows that by an ellipsis.
func Truncate(s string, width int) string { return displaywidth.TruncateString(s, width, "…") }

// Indent begins each line of a text with a prefix, and breaks lines that would be longer than width: at a space, or within a
// word that is too long by itself. Width 0 breaks nothing.
func Indent(s, prefix string, width int) string {
	room := width - Width(prefix)
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(prefix)
		if width <= 0 || room <= 0 || Width(line) <= room {
			b.WriteString(line)
			continue
		}
		for n, r := range breaks(line, room) {
			if n > 0 {
				b.WriteString("\n" + prefix)
			}
			b.WriteString(line[r[0]:r[1]])
		}
	}
	return b.String()
}

// breaks tells where to break a line into lines of at most width columns, but for characters that are wider by themselves:
// where each begins and ends.
func breaks(line string, width int) (lines [][2]int) {
	var begin, space, used, sinceSpace int // the line that is being filled, its last space, and columns
	space = -1
	graphemes := displaywidth.StringGraphemes(line)
	for at := 0; graphemes.Next(); {
		g, w := graphemes.Value(), graphemes.Width()
		if used+w > width && at > begin {
			if g != " " && space > begin {
				lines = append(lines, [2]int{begin, begin + len(strings.TrimRight(line[begin:space], " "))})
				begin, used = space+1, sinceSpace
			} else {
				lines = append(lines, [2]int{begin, at})
				begin, used = at, 0
			}
			space, sinceSpace = -1, used
		}
		if g == " " && begin == at && len(lines) > 0 { // the break stands for it
			begin++
			at += len(g)
			continue
		}
		used += w
		sinceSpace += w
		if g == " " {
			space, sinceSpace = at, 0
		}
		at += len(g)
	}
	return append(lines, [2]int{begin, len(line)})
}
