package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// editor is text that a person types, with a cursor in it. It is edited by whole characters, however many code points one has.
type editor struct {
	text   string
	cursor int // in bytes
	// lines permits line breaks.
	lines bool
	// column is where the cursor wants to be when it goes up and down; -1 for where it is.
	column int
	laid   laidOut
}

// laidOut is the text of an editor as lines of a width.
type laidOut struct {
	text  string
	width int
	w     measure
	rows  []row
}

// row is a line on the screen: a part of the text, in bytes.
type row struct{ from, to int }

// maxTyped is the longest text in code points, which is that of Talk's longest message.
const maxTyped = 32000

func (e *editor) set(text string) {
	*e = editor{text: text, cursor: len(text), lines: e.lines, column: -1}
}

func (e *editor) empty() bool { return e.text == "" }

// insert puts text at the cursor, and reports whether there is room for it.
func (e *editor) insert(text string) bool {
	text = strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\uFFFD")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && e.lines:
			return r
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	if utf8.RuneCountInString(e.text)+utf8.RuneCountInString(text) > maxTyped {
		return false
	}
	e.text = e.text[:e.cursor] + text + e.text[e.cursor:]
	e.cursor += len(text)
	e.column = -1
	return true
}

// replace puts text in place of a part.
func (e *editor) replace(from, to int, text string) {
	e.text = e.text[:from] + text + e.text[to:]
	e.cursor = from + len(text)
	e.column = -1
}

// before gives the place of the character before the cursor.
func (e *editor) before() int {
	// The line is enough to know: a break always stands between characters.
	begin := strings.LastIndexByte(e.text[:e.cursor], '\n') + 1
	if begin == e.cursor {
		return max(e.cursor-1, 0)
	}
	at := begin
	for at < e.cursor {
		cluster, _ := measure{graphemes: true}.next(e.text[at:])
		if at+len(cluster) >= e.cursor {
			break
		}
		at += len(cluster)
	}
	return at
}

// after gives the place after the character at the cursor.
func (e *editor) after() int {
	if e.cursor >= len(e.text) {
		return e.cursor
	}
	if e.text[e.cursor] == '\n' {
		return e.cursor + 1
	}
	cluster, _ := measure{graphemes: true}.next(e.text[e.cursor:])
	return e.cursor + len(cluster)
}

// wordBefore and wordAfter give the next border of a word.
func (e *editor) wordBefore() int {
	head := strings.TrimRightFunc(e.text[:e.cursor], unicode.IsSpace)
	at := strings.LastIndexFunc(head, unicode.IsSpace)
	if at < 0 {
		return 0
	}
	_, n := utf8.DecodeRuneInString(head[at:])
	return at + n
}

func (e *editor) wordAfter() int {
	tail := e.text[e.cursor:]
	skipped := len(tail) - len(strings.TrimLeftFunc(tail, unicode.IsSpace))
	at := strings.IndexFunc(tail[skipped:], unicode.IsSpace)
	if at < 0 {
		return len(e.text)
	}
	return e.cursor + skipped + at
}

// lineBegin and lineEnd give the ends of the line that the cursor is in.
func (e *editor) lineBegin() int { return strings.LastIndexByte(e.text[:e.cursor], '\n') + 1 }

func (e *editor) lineEnd() int {
	if n := strings.IndexByte(e.text[e.cursor:], '\n'); n >= 0 {
		return e.cursor + n
	}
	return len(e.text)
}

// key handles a key, and reports whether it is one for an editor.
func (e *editor) key(k tea.KeyPressMsg, w measure, width int) bool {
	column := e.column
	e.column = -1
	switch k.Keystroke() {
	case "left", "ctrl+b":
		e.cursor = e.before()
	case "right":
		e.cursor = e.after()
	case "alt+left", "ctrl+left", "alt+b":
		e.cursor = e.wordBefore()
	case "alt+right", "ctrl+right", "alt+f":
		e.cursor = e.wordAfter()
	case "home", "ctrl+a":
		e.cursor = e.lineBegin()
	case "end", "ctrl+e":
		e.cursor = e.lineEnd()
	case "backspace", "ctrl+h", "shift+backspace":
		e.replace(e.before(), e.cursor, "")
	case "delete", "ctrl+d":
		cursor := e.cursor
		e.replace(cursor, e.after(), "")
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		e.replace(e.wordBefore(), e.cursor, "")
	case "alt+d", "alt+delete", "ctrl+delete":
		cursor := e.cursor
		e.replace(cursor, e.wordAfter(), "")
	case "ctrl+u":
		e.replace(e.lineBegin(), e.cursor, "")
	case "alt+enter", "ctrl+j", "shift+enter":
		return e.lines && e.insert("\n")
	case "up", "down":
		by := 1
		if k.Keystroke() == "up" {
			by = -1
		}
		return e.vertical(by, column, w, width)
	default:
		if k.Text == "" || k.Mod&^(tea.ModShift|tea.ModCapsLock|tea.ModNumLock) != 0 {
			e.column = column
			return false
		}
		e.insert(k.Text)
	}
	return true
}

// vertical moves the cursor by rows of the screen; false at the first and the last.
func (e *editor) vertical(by, column int, w measure, width int) bool {
	rows := e.layout(w, width)
	x, y := e.position(w, width)
	if column < 0 {
		column = x
	}
	e.column = column
	if y+by < 0 || y+by >= len(rows) {
		return false
	}
	r := rows[y+by]
	at, used := r.from, 0
	for at < r.to {
		cluster, n := w.next(e.text[at:])
		if used+n > column {
			break
		}
		used += n
		at += len(cluster)
	}
	if at == r.to && y+by < len(rows)-1 && rows[y+by+1].from == at && at > r.from { // the place belongs to the next row
		at = r.to - 1
		for !utf8.RuneStart(e.text[at]) {
			at--
		}
	}
	e.cursor = at
	return true
}

// layout breaks the text into rows of a width, at spaces where it can be.
func (e *editor) layout(w measure, width int) []row {
	width = max(width, 2)
	if e.laid.rows != nil && e.laid.text == e.text && e.laid.width == width && e.laid.w == w {
		return e.laid.rows
	}
	var rows []row
	from := 0
	for from <= len(e.text) {
		end := strings.IndexByte(e.text[from:], '\n')
		if end < 0 {
			end = len(e.text)
		} else {
			end += from
		}
		begin, used, space := from, 0, -1
		for at := from; at < end; {
			cluster, n := w.next(e.text[at:end])
			if used+n > width && at > begin {
				cut := at
				if space > begin {
					cut = space
				}
				rows = append(rows, row{begin, cut})
				begin, space = cut, -1
				used = w.width(e.text[begin:at])
			}
			used += n
			at += len(cluster)
			if cluster == " " {
				space = at
			}
		}
		rows = append(rows, row{begin, end})
		from = end + 1
	}
	e.laid = laidOut{e.text, width, w, rows}
	return rows
}

// position gives the column and the row of the cursor.
func (e *editor) position(w measure, width int) (x, y int) {
	rows := e.layout(w, width)
	for y = len(rows) - 1; y > 0 && e.cursor < rows[y].from; y-- {
	}
	return min(w.width(e.text[rows[y].from:e.cursor]), width), y
}
