package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Markdown lays out a text in Markdown for a person, each line behind a prefix: lists, quotes, code and tables as such, and
// emphasis by weight. Without colour the marks of emphasis stay, since nothing else would show it. names are what the private
// characters from FirstName on stand for: the names of people and things, in which nothing is Markdown.
func (f Form) Markdown(source, prefix string, names []string) string {
	source = Clean(source)
	m := &markdown{form: f, source: []byte(source), names: names}
	parser := goldmark.New(goldmark.WithExtensions(extension.Strikethrough, extension.Table, extension.Linkify, extension.TaskList)).Parser()
	m.blocks(parser.Parse(text.NewReader(m.source)), margin{prefix, prefix})
	return strings.TrimSuffix(m.out.String(), "\n")
}

// FirstName is the private character that stands for the first of the names in [Form.Markdown].
const FirstName rune = 0xF0000

// markdown is a text that is being laid out.
type markdown struct {
	form   Form
	source []byte
	names  []string
	out    strings.Builder
	depth  int
}

// margin is what stands before the first line of a block, and before the others.
type margin struct{ first, rest string }

// maxDepth is how deep blocks are laid out in each other; what is deeper stays as it was written.
const maxDepth = 12

func (m *markdown) blocks(parent ast.Node, at margin) {
	m.depth++
	defer func() { m.depth-- }()
	for block := parent.FirstChild(); block != nil; block = block.NextSibling() {
		if block != parent.FirstChild() && apart(block) {
			m.out.WriteString(strings.TrimRight(at.rest, " ") + "\n")
		}
		m.block(block, at)
		at.first = at.rest
	}
}

// apart reports whether a block was written apart from the one before it, by an empty line.
func apart(block ast.Node) bool { return block.HasBlankPreviousLines() }

func (m *markdown) block(block ast.Node, at margin) {
	switch block := block.(type) {
	case *ast.Heading:
		level := strings.Repeat("#", block.Level) + " "
		m.paragraph(append([]segment{{level, dim}}, m.inline(block, bold)...), at)
	case *ast.ThematicBreak:
		m.paragraph([]segment{{strings.Repeat("─", 20), dim}}, at)
	case *ast.Blockquote:
		if m.depth > maxDepth {
			m.verbatim(block, at)
			return
		}
		bar := m.form.Faint("│ ")
		m.blocks(block, margin{at.first + bar, at.rest + bar})
	case *ast.List:
		m.list(block, at)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		m.code(block, at)
	case *ast.HTMLBlock:
		m.verbatim(block, at)
		if block.HasClosure() {
			closing := block.ClosureLine
			m.paragraph([]segment{{m.plain(strings.TrimRight(string(closing.Value(m.source)), "\n")), ""}}, margin{at.rest, at.rest})
		}
	case *extast.Table:
		m.table(block, at)
	default:
		m.paragraph(m.inline(block, ""), at)
	}
}

func (m *markdown) list(list *ast.List, at margin) {
	if m.depth > maxDepth {
		m.verbatim(list, at)
		return
	}
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		if item != list.FirstChild() && apart(item) {
			m.out.WriteString(strings.TrimRight(at.rest, " ") + "\n")
		}
		mark := "• "
		if list.IsOrdered() {
			mark = fmt.Sprintf("%d%c ", number, list.Marker)
			number++
		}
		m.blocks(item, margin{at.first + mark, at.rest + strings.Repeat(" ", Width(mark))})
		at.first = at.rest
	}
}

// code writes the lines of a block of code, which are cut nowhere but at the edge of the terminal.
func (m *markdown) code(block ast.Node, at margin) {
	lines := block.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		m.line([]segment{{"  " + m.plain(strings.ReplaceAll(string(bytes.TrimRight(line.Value(m.source), "\n")), "\t", "    ")), codeStyle}}, at)
		at.first = at.rest
	}
}

// verbatim writes a block as it was written.
func (m *markdown) verbatim(block ast.Node, at margin) {
	_ = ast.Walk(block, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || node.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		lines := node.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			m.paragraph([]segment{{m.plain(strings.TrimRight(string(line.Value(m.source)), "\n")), ""}}, at)
			at.first = at.rest
		}
		return ast.WalkContinue, nil
	})
}

// table writes a table with its columns aligned, if the terminal has room for it; else row by row.
func (m *markdown) table(table *extast.Table, at margin) {
	var rows [][][]segment
	widths := make([]int, len(table.Alignments))
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		style := ""
		if row.Kind() == extast.KindTableHeader {
			style = bold
		}
		cells := make([][]segment, len(widths))
		for i, cell := 0, row.FirstChild(); cell != nil && i < len(cells); i, cell = i+1, cell.NextSibling() {
			cells[i] = m.inline(cell, style)
			widths[i] = max(widths[i], Width(joined(cells[i])))
		}
		rows = append(rows, cells)
	}
	for _, cells := range rows {
		var line []segment
		for i, cell := range cells {
			pad := strings.Repeat(" ", widths[i]-Width(joined(cell)))
			before, after := "", pad
			switch table.Alignments[i] {
			case extast.AlignRight:
				before, after = pad, ""
			case extast.AlignCenter:
				before, after = pad[:len(pad)/2], pad[len(pad)/2:]
			}
			if i > 0 {
				before = gap + before
			}
			line = append(append(append(line, segment{before, ""}), cell...), segment{after, ""})
		}
		m.line(trimmed(line), at)
		at.first = at.rest
	}
}
