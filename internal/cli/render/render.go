// Package render shows values in the two forms that the commands know: for a person at a terminal, and for a program at
// the other end of a pipe.
package render

import (
	"fmt"
	"time"
)

// Form is how values are shown. The zero value is the form for a program: tab-separated, complete, without colour.
type Form struct {
	// Terminal asks for the form for a person: aligned, with relative times, cut to Width.
	Terminal bool
	// Color permits colour and weight.
	Color bool
	// Light says that the terminal's ground is light; colours that are hard to see on it are others then.
	Light bool
	// Width of the terminal in columns; 0 means unknown, and cuts nothing.
	Width int
	// Now is what relative times count from, and whose time zone days and hours are told in.
	Now time.Time
}

// Value makes text from outside fit to be shown in one line: [Clean] for a person, [Escape] for a program.
func (f Form) Value(s string) string {
	if f.Terminal {
		return Line(s)
	}
	return Escape(s)
}

// Time tells a time: "5m ago" to a person, RFC 3339 in UTC to a program. The zero time is empty.
func (f Form) Time(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case f.Terminal:
		return relative(f.Now, t)
	}
	return t.UTC().Format(time.RFC3339)
}

// Clock tells a time as the hour and minute of its day, and the day too unless it is today.
func (f Form) Clock(t time.Time) string {
	here := t.In(f.Now.Location())
	if here.Format(time.DateOnly) == f.Now.Format(time.DateOnly) {
		return here.Format("15:04")
	}
	return here.Format("2006-01-02 15:04")
}

const day = 24 * time.Hour

// relative tells a time by its distance; beyond a month by its date, which says more then.
func relative(now, t time.Time) string {
	d := now.Sub(t)
	before, after := "", " ago"
	if d < 0 {
		d, before, after = -d, "in ", ""
	}
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%s%dm%s", before, d/time.Minute, after)
	case d < day:
		return fmt.Sprintf("%s%dh%s", before, d/time.Hour, after)
	case d < 30*day:
		return fmt.Sprintf("%s%dd%s", before, d/day, after)
	}
	return t.In(now.Location()).Format(time.DateOnly)
}
