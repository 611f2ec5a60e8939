package render

import (
	"io"
	"slices"
	"strings"
)

// Column is a column of a table.
type Column struct {
	Name string
	// Right aligns numbers.
	Right bool
	// Gives marks a column that becomes narrower where the terminal is.
	Gives bool
	// Style, if set, is how its cells look.
	Style func(string) string
	// Margin is how many columns Style adds to a cell.
	Margin int
}

const (
	gap      = "  "
	minWidth = 8 // what a column that gives keeps
)

// Table writes rows under columns: with a header, aligned and cut to the terminal's width for a person; for a program one
// line for each row, the cells separated by tabs. Cells may come from outside.
func (f Form) Table(w io.Writer, columns []Column, rows [][]string) error {
	if !f.Terminal {
		return f.lines(w, rows)
	}
	if len(rows) == 0 {
		return nil
	}
	clean := make([][]string, len(rows))
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = Width(c.Name)
	}
	for r, row := range rows {
		clean[r] = make([]string, len(columns))
		for i, cell := range row {
			clean[r][i] = f.Value(cell)
			widths[i] = max(widths[i], Width(clean[r][i]))
		}
	}
	columns, widths, clean = withoutEmpty(columns, widths, clean)
	f.narrow(columns, widths)
	var b strings.Builder
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = strings.ToUpper(c.Name)
	}
	b.WriteString(f.row(columns, widths, header, true))
	for _, row := range clean {
		b.WriteString(f.row(columns, widths, row, false))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// withoutEmpty leaves out the columns that have neither a name nor a cell with something in it.
func withoutEmpty(columns []Column, widths []int, rows [][]string) ([]Column, []int, [][]string) {
	if !slices.Contains(widths, 0) {
		return columns, widths, rows
	}
	var kept []Column
	var keptWidths []int
	keptRows := make([][]string, len(rows))
	for i, width := range widths {
		if width == 0 {
			continue
		}
		kept, keptWidths = append(kept, columns[i]), append(keptWidths, width)
		for r, row := range rows {
			keptRows[r] = append(keptRows[r], row[i])
		}
	}
	return kept, keptWidths, keptRows
}

func (f Form) lines(w io.Writer, rows [][]string) error {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(f.Value(cell))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// narrow takes columns of the terminal off the widest cells until the table fits: off those that give first, then off all;
// at last it leaves out columns at the right, whose widths become 0.
func (f Form) narrow(columns []Column, widths []int) {
	if f.Width <= 0 {
		return
	}
	excess := len(gap)*(len(widths)-1) - f.Width
	for i, w := range widths {
		excess += w + columns[i].Margin
	}
	shrink := func(least int, all bool) {
		for ; excess > 0; excess-- {
			widest := -1
			for i, c := range columns {
				if (all || c.Gives) && widths[i] > least && (widest < 0 || widths[i] > widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				return
			}
			widths[widest]--
		}
	}
	shrink(minWidth, false)
	shrink(1, false)
	shrink(1, true)
	for i := len(widths) - 1; i > 0 && excess > 0; i-- {
		excess -= widths[i] + len(gap)
		widths[i] = 0
	}
}

func (f Form) row(columns []Column, widths []int, cells []string, header bool) string {
	var b strings.Builder
	for i, c := range columns {
		if widths[i] == 0 {
			break
		}
		if i > 0 {
			b.WriteString(gap)
		}
		cell := Truncate(cells[i], widths[i])
		pad := strings.Repeat(" ", widths[i]-Width(cell))
		switch {
		case header:
			cell = f.Faint(cell) + strings.Repeat(" ", c.Margin)
		case c.Style != nil:
			cell = c.Style(cell)
		}
		if c.Right {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// Field is a name and a value.
type Field struct{ Name, Value string }

// Fields writes what is known of one thing: for a person the names aligned, and only what has a value; for a program a
// line for each, name and value separated by a tab. Values may come from outside.
func (f Form) Fields(w io.Writer, fields []Field) error {
	width := 0
	for _, field := range fields {
		if field.Value != "" { // others are not shown where it is aligned
			width = max(width, Width(field.Name)+1)
		}
	}
	var b strings.Builder
	for _, field := range fields {
		switch {
		case !f.Terminal:
			b.WriteString(field.Name + "\t" + f.Value(field.Value) + "\n")
		case field.Value != "":
			name := field.Name + ":" + strings.Repeat(" ", width-Width(field.Name)-1)
			b.WriteString(f.Faint(name) + " " + f.Value(field.Value) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
