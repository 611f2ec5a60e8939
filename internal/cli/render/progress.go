package render

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Bar draws how much of a whole something is, in columns.
func Bar(part, whole int64, width int) string {
	full := 0
	if whole > 0 {
		full = int(min(max(part, 0), whole) * int64(width) / whole)
	}
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

// Bytes tells a size as people do: "1.5 MB".
func Bytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if size /= 1000; size < 999.95 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

// Progress shows on a terminal how far a transfer is, in a line that it draws anew.
type Progress struct {
	w     io.Writer
	form  Form
	label string
	now   func() time.Time
	drawn time.Time
}

// progressEvery is how often the line changes.
const progressEvery = 100 * time.Millisecond

// NewProgress begins to show a transfer.
func NewProgress(w io.Writer, form Form, label string, now func() time.Time) *Progress {
	return &Progress{w: w, form: form, label: form.Value(label), now: now}
}

// Update tells how many bytes are done, and how many there are, or -1.
func (p *Progress) Update(done, total int64) {
	if !p.due(done == total) {
		return
	}
	line := p.label + "  " + Bytes(done)
	if total > 0 {
		line = fmt.Sprintf("%s  %s %3d%%  %s of %s", p.label, Bar(done, total, 20), done*100/total, Bytes(done), Bytes(total))
	}
	p.draw(line)
}

// Count shows how many of something there are so far, where nobody knows how many there will be.
func (p *Progress) Count(n int, what string) {
	if p.due(false) {
		p.draw(fmt.Sprintf("%s  %d %s", p.label, n, what))
	}
}

// due reports whether it is time to draw again.
func (p *Progress) due(last bool) bool {
	now := p.now()
	if !p.drawn.IsZero() && now.Sub(p.drawn) < progressEvery && !last {
		return false
	}
	p.drawn = now
	return true
}

func (p *Progress) draw(line string) {
	if p.form.Width > 1 {
		line = Truncate(line, p.form.Width-1)
	}
	fmt.Fprintf(p.w, "\r%s\x1b[K", p.form.Faint(line))
}

// Done takes the line away.
func (p *Progress) Done() {
	if !p.drawn.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
