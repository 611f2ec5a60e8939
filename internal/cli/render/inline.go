package render

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// segment is a part of a line that looks the same.
type segment struct{ text, style string }

const (
	italic    = "3"
	underline = "4"
	struck    = "9"
	codeStyle = cyan
)

// also adds a style to another one.
func also(style, more string) string {
	if style == "" || more == "" {
		return style + more
	}
	return style + ";" + more
}

// inline gives the text of a block as segments; a line break is a "\n" in them.
func (m *markdown) inline(parent ast.Node, style string) (out []segment) {
	for node := parent.FirstChild(); node != nil; node = node.NextSibling() {
		switch node := node.(type) {
		case *ast.Text:
			out = append(out, segment{m.plain(unescape(node.Segment.Value(m.source))), style})
			if node.SoftLineBreak() || node.HardLineBreak() {
				out = append(out, segment{"\n", ""})
			}
		case *ast.String:
			out = append(out, segment{m.plain(string(node.Value)), style})
		case *ast.CodeSpan:
			out = append(out, m.marked("`", m.raw(node), also(style, codeStyle))...)
		case *ast.Emphasis:
			mark, more := "*", italic
			if node.Level > 1 {
				mark, more = "**", bold
			}
			out = append(out, m.marked(mark, m.inline(node, also(style, more)), "")...)
		case *extast.Strikethrough:
			out = append(out, m.marked("~~", m.inline(node, also(style, struck)), "")...)
		case *extast.TaskCheckBox:
			box := "☐ "
			if node.IsChecked {
				box = "☑ "
			}
			out = append(out, segment{box, style})
		case *ast.AutoLink:
			out = append(out, segment{m.plain(string(node.Label(m.source))), also(style, underline)})
		case *ast.Link:
			out = append(out, m.link(m.inline(node, also(style, underline)), string(node.Destination))...)
		case *ast.Image:
			out = append(out, m.link(m.inline(node, style), string(node.Destination))...)
		case *ast.RawHTML:
			for i := range node.Segments.Len() {
				part := node.Segments.At(i)
				out = append(out, segment{m.plain(string(part.Value(m.source))), style})
			}
		default:
			out = append(out, m.inline(node, style)...)
		}
	}
	return out
}

// raw gives a span of code, in which nothing is Markdown.
func (m *markdown) raw(span ast.Node) (out []segment) {
	for node := span.FirstChild(); node != nil; node = node.NextSibling() {
		if part, ok := node.(*ast.Text); ok {
			out = append(out, segment{strings.ReplaceAll(m.plain(string(part.Segment.Value(m.source))), "\n", " "), ""})
		}
	}
	return out
}

// marked gives segments a style, or without colour puts the marks around them that they were written with.
func (m *markdown) marked(mark string, inner []segment, style string) []segment {
	if !m.form.Color {
		return append(append([]segment{{mark, ""}}, inner...), segment{mark, ""})
	}
	for i := range inner {
		inner[i].style = also(inner[i].style, style)
	}
	return inner
}

// link adds to the text of a link where it leads, unless that is what it says: nobody shall be led astray.
func (m *markdown) link(label []segment, to string) []segment {
	to = m.plain(to)
	if joined(label) == to || to == "" {
		return label
	}
	return append(label, segment{" (" + to + ")", dim})
}

// plain gives text with the names that its private characters stand for.
func (m *markdown) plain(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= FirstName }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if i := int(r - FirstName); r >= FirstName && i < len(m.names) {
			b.WriteString(strings.Join(strings.Fields(Clean(m.names[i])), " "))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unescape takes the backslashes away that keep punctuation from being Markdown.
func unescape(source []byte) string {
	if !bytes.ContainsRune(source, '\\') {
		return string(source)
	}
	var b strings.Builder
	for i := 0; i < len(source); i++ {
		if source[i] == '\\' && i+1 < len(source) && isPunctuation(source[i+1]) {
			i++
		}
		b.WriteByte(source[i])
	}
	return b.String()
}

func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// paragraph writes segments, broken into lines that fit behind their margin.
func (m *markdown) paragraph(segments []segment, at margin) {
	for _, line := range splitLines(segments) {
		m.line(line, at)
		at.first = at.rest
	}
}

// line writes one line, broken where it must be.
func (m *markdown) line(line []segment, at margin) {
	room := m.form.Width - max(visible(at.first), visible(at.rest))
	whole := joined(line)
	ranges := [][2]int{{0, len(whole)}}
	if m.form.Width > 0 && room > 0 && Width(whole) > room {
		ranges = breaks(whole, room)
	}
	for _, r := range ranges {
		m.out.WriteString(at.first)
		begin := 0
		for _, part := range line {
			from, to := max(begin, r[0]), min(begin+len(part.text), r[1])
			if from < to {
				m.out.WriteString(m.form.sgr(part.style, part.text[from-begin:to-begin]))
			}
			begin += len(part.text)
		}
		m.out.WriteByte('\n')
		at.first = at.rest
	}
}

// splitLines cuts segments at their line breaks.
func splitLines(segments []segment) [][]segment {
	lines := [][]segment{nil}
	for _, s := range segments {
		for i, part := range strings.Split(s.text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			if part != "" {
				lines[len(lines)-1] = append(lines[len(lines)-1], segment{part, s.style})
			}
		}
	}
	return lines
}

func joined(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.text)
	}
	return b.String()
}

// trimmed takes the spaces off the end of a line.
func trimmed(line []segment) []segment {
	for len(line) > 0 {
		last := &line[len(line)-1]
		if last.text = strings.TrimRight(last.text, " "); last.text != "" {
			break
		}
		line = line[:len(line)-1]
	}
	return line
}
