package markdown

import "strings"

// table reads the lines of a table: its head, a line that aligns its columns, and its rows. It is nil if that is none.
func table(lines []string) *Block {
	align := columns(lines[1])
	if align == nil || len(cells(lines[0])) != len(align) {
		return nil
	}
	b := &Block{Kind: Table, Align: align, Rows: make([][][]Span, 0, len(lines)-1)}
	for i, line := range lines {
		if i == 1 {
			continue
		}
		texts := cells(line)
		row := make([][]Span, min(len(texts), len(align)))
		for j := range row {
			row[j] = inline(texts[j])
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// columns reads the line that aligns the columns of a table; nil if that is none.
func columns(line string) []Align {
	if !strings.ContainsAny(line, "|:") {
		return nil
	}
	var align []Align
	for _, cell := range cells(line) {
		left, right := strings.HasPrefix(cell, ":"), strings.HasSuffix(cell, ":")
		dashes := strings.TrimSuffix(strings.TrimPrefix(cell, ":"), ":")
		if dashes == "" || leading(dashes, '-') < len(dashes) {
			return nil
		}
		switch {
		case left && right:
			align = append(align, AlignCenter)
		case right:
			align = append(align, AlignRight)
		case left:
			align = append(align, AlignLeft)
		default:
			align = append(align, AlignNone)
		}
	}
	return align
}

// cells cuts a row of a table at its bars. A bar with a backslash is one that is written, even in code.
func cells(line string) []string {
	line = strings.TrimPrefix(trim(line), "|")
	var row []string
	var cell strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			i++
			cell.WriteByte('|')
		case line[i] == '\\' && i+1 < len(line):
			cell.WriteString(line[i : i+2])
			i++
		case line[i] == '|':
			row = append(row, trim(cell.String()))
			cell.Reset()
		default:
			cell.WriteByte(line[i])
		}
	}
	if last := trim(cell.String()); last != "" || len(row) == 0 {
		row = append(row, last)
	}
	return row
}
