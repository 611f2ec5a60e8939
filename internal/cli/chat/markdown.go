package chat

import (
	"github.com/confab-go/confab/internal/cli/markdown"
	"github.com/confab-go/confab/talk"
)

// textLine is a line of a message, and the margins before it and before what does not fit into it.
type textLine struct{ first, rest, spans []span }

// body turns a message into lines: placeholders become names, and Markdown what a terminal can show.
func body(m *talk.Message, self string, w measure) []textLine {
	o := markdown.Layout{Width: w.width, Name: func(key string) (markdown.Part, bool) {
		object, ok := m.MessageParameters[key]
		if !ok {
			return markdown.Part{}, false
		}
		name := w.line(object.Name)
		switch mention, isMention := object.Mention(); {
		case m.IsSystem(), !isMention:
			return markdown.Part{Text: name, Style: markdown.Bold}, true
		case mention.Everybody, mention.Type == talk.ActorUser && mention.ID == self:
			return markdown.Part{Text: "@" + name, Style: markdown.Self}, true
		}
		return markdown.Part{Text: "@" + name, Style: markdown.Mention}, true
	}}
	read := o.Plain
	if m.Markdown && !m.IsSystem() {
		read = o.Markdown
	}
	var lines []textLine
	for _, line := range read(w.clean(m.Message)) {
		lines = append(lines, textLine{inSpans(line.First), inSpans(line.Rest), inSpans(line.Parts)})
	}
	if len(lines) == 0 {
		lines = []textLine{{}}
	}
	return lines
}

// looks are what styles look like.
var looks = [...]struct {
	style markdown.Style
	look  look
}{
	{markdown.Bold, lookBold},
	{markdown.Faint | markdown.Quoted, lookDim},
	{markdown.Italic, lookItalic},
	{markdown.Underlined, lookLink},
	{markdown.Crossed, lookStrike},
	{markdown.Monospace, lookCode},
	{markdown.Mention, lookMention},
	{markdown.Self, lookSelf},
}

func inSpans(parts []markdown.Part) []span {
	var spans []span
	for _, p := range parts {
		l := look(0)
		for _, known := range looks {
			if p.Style&known.style != 0 {
				l |= known.look
			}
		}
		spans = appendSpans(spans, []span{{p.Text, l}})
	}
	return spans
}

// leastRoom is how many columns a text has beside its margin, if need be without one.
const leastRoom = 8

// text breaks a line of a message to the width, and paints it.
func (m *Model) text(line textLine, indent int, more look, width int) []string {
	margin := max(m.w.spansWidth(line.first), m.w.spansWidth(line.rest))
	if width-indent-margin < leastRoom {
		line.first, line.rest, margin = nil, nil, 0
	}
	lines := m.paragraph(line.spans, 0, more, width-indent-margin)
	pad := m.w.pad("", indent)
	for i := range lines {
		before := line.first
		if i > 0 {
			before = line.rest
		}
		lines[i] = pad + m.colors.spans(before, more) + lines[i]
	}
	return lines
}
