package chat

import (
	"hash/fnv"
	"strings"
)

// look is how a piece of text looks: any of these together.
type look uint32

const (
	lookBold look = 1 << iota
	lookItalic
	lookUnderline
	lookStrike
	lookReverse
	lookDim     // stands behind the rest
	lookCode    // code, and what is shown as it is
	lookLink    // an address
	lookMention // somebody else
	lookSelf    // the reader
	lookGood
	lookNotable
	lookBad
	lookBar    // the bars of title and status
	lookChosen // what is chosen in a list that has the keys
	lookMarked // what is chosen in a list that has not
	lookFrame  // lines between the panes

	// lookAuthor and what follows are the colours of people: one of authors, in the bits from here on.
	lookAuthorShift = 20
)

// authors is how many colours there are for people.
const authors = 6

// authorLook gives somebody's colour, always the same.
func authorLook(id string) look {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return look(h.Sum32()%authors+1)<<lookAuthorShift | lookBold
}

// Theme says for which background the colours are.
type Theme int

// The themes. ThemeAuto asks the terminal, and takes a dark background for granted until it answers.
const (
	ThemeAuto Theme = iota
	ThemeDark
	ThemeLight
)

// palette has the colours of a theme, as parameters of SGR.
type palette struct {
	dim, code, link, mention, self, good, notable, bad, bar, chosen, marked, frame string
	authors                                                                        [authors]string
}

func newPalette(dark bool) *palette {
	if dark {
		return &palette{
			dim: "38;5;245", code: "38;5;216", link: "38;5;111;4", mention: "38;5;117", self: "38;5;222;1",
			good: "38;5;114", notable: "38;5;221", bad: "38;5;210",
			bar: "48;5;236;38;5;252", chosen: "48;5;31;38;5;255", marked: "48;5;238", frame: "38;5;240",
			authors: [authors]string{"38;5;117", "38;5;150", "38;5;216", "38;5;183", "38;5;223", "38;5;116"},
		}
	}
	return &palette{
		dim: "38;5;242", code: "38;5;124", link: "38;5;25;4", mention: "38;5;25", self: "38;5;130;1",
		good: "38;5;28", notable: "38;5;130", bad: "38;5;160",
		bar: "48;5;254;38;5;236", chosen: "48;5;25;38;5;255", marked: "48;5;252", frame: "38;5;248",
		authors: [authors]string{"38;5;25", "38;5;28", "38;5;130", "38;5;90", "38;5;124", "38;5;30"},
	}
}

// sgr gives the parameters of a look.
func (p *palette) sgr(l look) string {
	var codes []string
	add := func(bit look, code string) {
		if l&bit != 0 {
			codes = append(codes, code)
		}
	}
	add(lookBar, p.bar)
	add(lookMarked, p.marked)
	if n := l >> lookAuthorShift; n > 0 && n <= authors {
		codes = append(codes, p.authors[n-1])
	}
	add(lookDim, p.dim)
	add(lookFrame, p.frame)
	add(lookCode, p.code)
	add(lookMention, p.mention)
	add(lookLink, p.link)
	add(lookSelf, p.self)
	add(lookGood, p.good)
	add(lookNotable, p.notable)
	add(lookBad, p.bad)
	add(lookChosen, p.chosen)
	add(lookBold, "1")
	add(lookItalic, "3")
	add(lookUnderline, "4")
	add(lookStrike, "9")
	add(lookReverse, "7")
	return strings.Join(codes, ";")
}

// paint gives text a look.
func (p *palette) paint(l look, s string) string {
	if l == 0 || s == "" {
		return s
	}
	return "\x1b[" + p.sgr(l) + "m" + s + "\x1b[m"
}

// spans paints spans, all of them with more looks than their own.
func (p *palette) spans(line []span, more look) string {
	var b strings.Builder
	for _, s := range line {
		b.WriteString(p.paint(s.look|more, s.text))
	}
	return b.String()
}
