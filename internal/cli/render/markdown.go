package render

import (
	"strings"

	"github.com/confab-go/confab/internal/cli/markdown"
)

// Markdown lays out a text in Markdown for a person, each line behind a prefix: lists, quotes, code and tables as such, and
// emphasis by weight. Without colour the marks of emphasis stay, since nothing else would show it. known are the names that
// stand in the text as {key}, in which nothing is Markdown.
func (f Form) Markdown(source, prefix string, known map[string]string) string {
	o := markdown.Layout{Marks: !f.Color, Width: Width, Name: names(known)}
	var b strings.Builder
	for i, line := range o.Markdown(Clean(source)) {
		if i > 0 {
			b.WriteByte('\n')
		}
		f.laidOut(&b, prefix, line)
	}
	return b.String()
}

// laidOut writes a line behind a prefix, broken where it must be.
func (f Form) laidOut(b *strings.Builder, prefix string, line markdown.Line) {
	whole := markdown.Unstyled(line.Parts)
	if whole == "" {
		b.WriteString(strings.TrimRight(prefix+f.styled(line.First), " "))
		return
	}
	room := f.Width - Width(prefix) - max(Width(markdown.Unstyled(line.First)), Width(markdown.Unstyled(line.Rest)))
	ranges := [][2]int{{0, len(whole)}}
	if f.Width > 0 && room > 0 && Width(whole) > room {
		ranges = breaks(whole, room)
	}
	for i, r := range ranges {
		margin := line.First
		if i > 0 {
			b.WriteByte('\n')
			margin = line.Rest
		}
		b.WriteString(prefix + f.styled(margin))
		begin := 0
		for _, p := range line.Parts {
			from, to := max(begin, r[0]), min(begin+len(p.Text), r[1])
			if from < to {
				b.WriteString(f.sgr(codes(p.Style), p.Text[from-begin:to-begin]))
			}
			begin += len(p.Text)
		}
	}
}

func (f Form) styled(parts []markdown.Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(f.sgr(codes(p.Style), p.Text))
	}
	return b.String()
}

// codes gives the SGR codes of a style.
func codes(s markdown.Style) string {
	if s == 0 {
		return ""
	}
	var on []string
	for _, c := range []struct {
		style markdown.Style
		code  string
	}{
		{markdown.Bold, bold},
		{markdown.Faint, dim},
		{markdown.Italic, italic},
		{markdown.Underlined, underline},
		{markdown.Crossed, crossed},
		{markdown.Monospace, cyan},
	} {
		if s&c.style != 0 {
			on = append(on, c.code)
		}
	}
	return strings.Join(on, ";")
}
