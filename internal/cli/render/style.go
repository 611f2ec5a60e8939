package render

import "strings"

// The parts of what is shown that look different, in the SGR codes of terminals.
const (
	bold      = "1"
	dim       = "2"
	italic    = "3"
	underline = "4"
	crossed   = "9"
	red       = "31"
	green     = "32"
	yellow    = "33"
	cyan      = "36"
)

// onLight takes the colours that a light ground swallows for darker ones.
var onLight = strings.NewReplacer(yellow, "35", cyan, "34")

// Strong is for what a line is about.
func (f Form) Strong(s string) string { return f.sgr(bold, s) }

// Faint is for what stands behind it.
func (f Form) Faint(s string) string { return f.sgr(dim, s) }

// Who is for the name of somebody.
func (f Form) Who(s string) string { return f.sgr(bold+";"+cyan, s) }

// Good is for what succeeded.
func (f Form) Good(s string) string { return f.sgr(green, s) }

// Notable is for what wants attention.
func (f Form) Notable(s string) string { return f.sgr(yellow, s) }

// Bad is for what failed.
func (f Form) Bad(s string) string { return f.sgr(red, s) }

func (f Form) sgr(code, s string) string {
	if !f.Color || s == "" || code == "" {
		return s
	}
	if f.Light {
		code = onLight.Replace(code)
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
