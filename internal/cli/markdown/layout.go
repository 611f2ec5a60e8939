package markdown

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Style is how a part of a text looks.
type Style uint16

// The styles, which go together in any way.
const (
	Bold Style = 1 << iota
	Faint
	Italic
	Underlined // leads somewhere
	Crossed
	Monospace
	Quoted
	Mention // names somebody
	Self    // names the reader
)

// A Part is a part of a line that looks the same.
type Part struct {
	Text  string
	Style Style
}

// A Line is a line of a text that is laid out. It may yet have to be broken: what then goes on does so behind a margin of its
// own.
type Line struct {
	First, Rest []Part // the margin, before the line and before what goes on
	Parts       []Part
}

// String is the line without its styles.
func (l Line) String() string { return Unstyled(l.First) + Unstyled(l.Parts) }

// Layout says how texts are laid out.
type Layout struct {
	Marks bool                          // keeps the marks of emphasis, since nothing else shows it
	Width func(string) int              // how many columns a text takes
	Name  func(key string) (Part, bool) // what {key} stands for, in which nothing is Markdown
}

// Markdown lays out a text in Markdown: lists, quotes, code and tables as such, and emphasis by style.
func (o Layout) Markdown(source string) []Line {
	l := layout{Layout: o}
	l.blocks(Parse(source), &margin{})
	return l.lines
}

// Plain lays out a text in which nothing has a meaning but names and addresses.
func (o Layout) Plain(source string) []Line {
	l := layout{Layout: o}
	for line := range strings.SplitSeq(source, "\n") {
		var parts []Part
		plain := 0
		for i := 0; i < len(line); i++ {
			if line[i]|0x20 != 'h' {
				continue
			}
			if n := bareAddress(line, i, false); n > 0 {
				parts = l.named(parts, line[plain:i], 0)
				parts = append(parts, Part{line[i : i+n], Underlined})
				plain = i + n
				i = plain - 1
			}
		}
		l.lines = append(l.lines, Line{Parts: l.named(parts, line[plain:], 0)})
	}
	return l.lines
}

// layout is a text that is being laid out.
type layout struct {
	Layout
	lines []Line
}

// margin is what stands before the next line, and before those after it.
type margin struct{ first, rest []Part }

// within is the margin of what stands in a block that marks its first line, or each.
func (m *margin) within(first, rest Part) *margin {
	return &margin{append(slices.Clip(m.first), first), append(slices.Clip(m.rest), rest)}
}

// line adds a line, which other ones follow.
func (l *layout) line(parts []Part, at *margin) {
	l.lines = append(l.lines, Line{at.first, at.rest, parts})
	at.first = at.rest
}

// paragraph adds the lines of a text.
func (l *layout) paragraph(parts []Part, at *margin) {
	var line []Part
	for _, p := range parts {
		for {
			before, after, found := strings.Cut(p.Text, "\n")
			if before != "" {
				line = append(line, Part{before, p.Style})
			}
			if !found {
				break
			}
			l.line(line, at)
			line, p.Text = nil, after
		}
	}
	l.line(line, at)
}

// gap is an empty line between blocks.
func (l *layout) gap(at *margin) {
	empty := at.rest
	for len(empty) > 0 && strings.TrimSpace(empty[len(empty)-1].Text) == "" {
		empty = empty[:len(empty)-1]
	}
	if n := len(empty); n > 0 {
		last := Part{strings.TrimRight(empty[n-1].Text, " "), empty[n-1].Style}
		empty = append(slices.Clip(empty[:n-1]), last)
	}
	l.lines = append(l.lines, Line{First: empty})
}

func (l *layout) blocks(blocks []*Block, at *margin) {
	if len(blocks) == 0 && len(at.first) > 0 { // an item or a quote without a text
		l.line(nil, at)
	}
	for _, b := range blocks {
		if b.Apart {
			l.gap(at)
		}
		l.block(b, at)
		at.first = at.rest
	}
}

// ruler is how many columns a rule is wide.
const ruler = 20

func (l *layout) block(b *Block, at *margin) {
	quoted := Style(0)
	for _, p := range at.rest {
		quoted |= p.Style & Quoted
	}
	switch b.Kind {
	case Paragraph:
		l.paragraph(l.parts(nil, b.Text, quoted), at)
	case Heading:
		l.paragraph(l.parts([]Part{{strings.Repeat("#", b.Level) + " ", Faint}}, b.Text, quoted|Bold), at)
	case Rule:
		l.line([]Part{{strings.Repeat("─", ruler), Faint}}, at)
	case Quote:
		bar := Part{"│ ", Faint | Quoted}
		l.blocks(b.Blocks, at.within(bar, bar))
	case List:
		l.list(b, at)
	case Code:
		for _, line := range b.Lines {
			l.line(l.named(nil, "  "+strings.ReplaceAll(line, "\t", "    "), Monospace), at)
		}
	case Table:
		l.table(b, at)
	}
}

func (l *layout) list(b *Block, at *margin) {
	for i, item := range b.Blocks {
		if item.Apart {
			l.gap(at)
		}
		mark := "• "
		if b.Ordered() {
			mark = fmt.Sprintf("%d%c ", b.Start+i, b.Mark)
		}
		inner := strings.Repeat(" ", utf8.RuneCountInString(mark))
		switch item.Task {
		case OpenTask:
			mark += "☐ "
		case DoneTask:
			mark += "☑ "
		}
		l.blocks(item.Blocks, at.within(Part{mark, 0}, Part{inner, 0}))
		at.first = at.rest
	}
}

// table aligns the cells of a table.
func (l *layout) table(b *Block, at *margin) {
	rows := make([][][]Part, len(b.Rows))
	widths := make([]int, len(b.Align))
	for i, row := range b.Rows {
		style := Style(0)
		if i == 0 {
			style = Bold
		}
		for j, cell := range row {
			parts := l.parts(nil, cell, style)
			rows[i] = append(rows[i], parts)
			widths[j] = max(widths[j], l.Width(Unstyled(parts)))
		}
	}
	for _, row := range rows {
		var line []Part
		for i, cell := range row {
			pad := widths[i] - l.Width(Unstyled(cell))
			before := 0
			switch b.Align[i] {
			case AlignRight:
				before = pad
			case AlignCenter:
				before = pad / 2
			}
			if i > 0 {
				line = append(line, Part{"  ", 0})
			}
			line = append(line, Part{strings.Repeat(" ", before), 0})
			line = append(line, cell...)
			line = append(line, Part{strings.Repeat(" ", pad-before), 0})
		}
		l.line(trimmed(line), at)
	}
}

// parts adds spans as parts.
func (l *layout) parts(to []Part, spans []Span, style Style) []Part {
	for _, s := range spans {
		switch s.Kind {
		case Text:
			to = l.named(to, s.Text, style)
		case CodeSpan:
			to = l.mark(to, "`", style)
			to = l.named(to, s.Text, style|Monospace)
			to = l.mark(to, "`", style)
		case Emphasis:
			to = l.marked(to, "*", s.Spans, style|Italic)
		case Strong:
			to = l.marked(to, "**", s.Spans, style|Bold)
		case Struck:
			to = l.marked(to, "~~", s.Spans, style|Crossed)
		case Link:
			to = l.leads(to, l.parts(nil, s.Spans, style|Underlined), s.Address)
		case Image:
			to = l.leads(to, l.parts(nil, s.Spans, style), s.Address)
		}
	}
	return to
}

// mark adds the mark of emphasis, if it shall stay.
func (l *layout) mark(to []Part, mark string, style Style) []Part {
	if !l.Marks {
		return to
	}
	return append(to, Part{mark, style})
}

func (l *layout) marked(to []Part, mark string, spans []Span, style Style) []Part {
	return l.mark(l.parts(l.mark(to, mark, style), spans, style), mark, style)
}

// leads adds a label and where it leads, unless that is what it says: nobody shall be led astray.
func (l *layout) leads(to, label []Part, address string) []Part {
	to = append(to, label...)
	if told := Unstyled(label); address == "" || address == told || address == "mailto:"+told {
		return to
	}
	return append(to, Part{" (" + Unstyled(l.named(nil, address, 0)) + ")", Faint})
}

// named adds text with the names that stand in it.
func (l *layout) named(to []Part, text string, style Style) []Part {
	for from := 0; l.Name != nil; {
		open := strings.IndexByte(text[from:], '{')
		if open < 0 {
			break
		}
		open += from
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		end += open
		name, ok := l.Name(text[open+1 : end])
		if !ok {
			from = open + 1
			continue
		}
		if open > 0 {
			to = append(to, Part{text[:open], style})
		}
		to = append(to, Part{name.Text, style | name.Style})
		text, from = text[end+1:], 0
	}
	if text == "" {
		return to
	}
	return append(to, Part{text, style})
}

// Unstyled is the text of parts.
func Unstyled(parts []Part) string {
	if len(parts) == 1 {
		return parts[0].Text
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// trimmed takes the spaces off the end of a line.
func trimmed(line []Part) []Part {
	for len(line) > 0 {
		last := &line[len(line)-1]
		if last.Text = strings.TrimRight(last.Text, " "); last.Text != "" {
			break
		}
		line = line[:len(line)-1]
	}
	return line
}
