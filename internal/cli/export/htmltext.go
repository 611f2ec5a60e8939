package export

import (
	"fmt"
	"html"
	"net/url"
	"strings"

	"github.com/confab-go/confab/internal/cli/markdown"
	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// htmlText gives the text of a message as HTML: Markdown as such, and the names in it apart from what was written.
func htmlText(m *talk.Message) string {
	p, text := page{names: names(m)}, render.Clean(m.Message)
	if !m.Markdown {
		return `<div class="text plain">` + p.escape(text) + "</div>\n"
	}
	p.out.WriteString("<div class=\"text\">\n")
	p.blocks(markdown.Parse(text))
	p.out.WriteString("</div>\n")
	return p.out.String()
}

// names replaces what stands for names in text that is escaped.
func names(m *talk.Message) *strings.Replacer {
	pairs := make([]string, 0, 2*len(m.MessageParameters))
	for key, name := range render.Names(m) {
		pairs = append(pairs, "{"+html.EscapeString(key)+"}", "<b>"+html.EscapeString(render.Line(name))+"</b>")
	}
	return strings.NewReplacer(pairs...)
}

// page is a text that is being written as HTML.
type page struct {
	names *strings.Replacer
	out   strings.Builder
}

func (p *page) escape(text string) string {
	return p.names.Replace(html.EscapeString(text))
}

func (p *page) blocks(blocks []*markdown.Block) {
	for _, b := range blocks {
		p.block(b)
	}
}

func (p *page) block(b *markdown.Block) {
	switch b.Kind {
	case markdown.Paragraph:
		p.out.WriteString("<p>")
		p.spans(b.Text)
		p.out.WriteString("</p>\n")
	case markdown.Heading: // below that of the page
		level := min(b.Level+1, 6)
		fmt.Fprintf(&p.out, "<h%d>", level)
		p.spans(b.Text)
		fmt.Fprintf(&p.out, "</h%d>\n", level)
	case markdown.Rule:
		p.out.WriteString("<hr>\n")
	case markdown.Quote:
		p.out.WriteString("<blockquote>\n")
		p.blocks(b.Blocks)
		p.out.WriteString("</blockquote>\n")
	case markdown.List:
		p.list(b)
	case markdown.Code:
		p.out.WriteString("<pre><code>")
		for _, l := range b.Lines {
			p.out.WriteString(p.escape(l) + "\n")
		}
		p.out.WriteString("</code></pre>\n")
	case markdown.Table:
		p.table(b)
	}
}

func (p *page) list(b *markdown.Block) {
	begin, end := "<ul>\n", "</ul>\n"
	if b.Ordered() {
		begin, end = fmt.Sprintf("<ol start=\"%d\">\n", b.Start), "</ol>\n"
	}
	p.out.WriteString(begin)
	loose := b.Loose()
	for _, item := range b.Blocks {
		p.out.WriteString("<li>")
		p.out.WriteString([...]string{markdown.OpenTask: "☐ ", markdown.DoneTask: "☑ "}[item.Task])
		blocks := item.Blocks
		if !loose && len(blocks) > 0 && blocks[0].Kind == markdown.Paragraph {
			p.spans(blocks[0].Text)
			blocks = blocks[1:]
		}
		p.blocks(blocks)
		p.out.WriteString("</li>\n")
	}
	p.out.WriteString(end)
}

func (p *page) table(b *markdown.Block) {
	p.out.WriteString("<table>\n")
	for i, row := range b.Rows {
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		p.out.WriteString("<tr>")
		for j, spans := range row {
			fmt.Fprintf(&p.out, "<%s%s>", cell, [...]string{
				markdown.AlignLeft: ` class="left"`, markdown.AlignCenter: ` class="center"`, markdown.AlignRight: ` class="right"`,
			}[b.Align[j]])
			p.spans(spans)
			fmt.Fprintf(&p.out, "</%s>", cell)
		}
		p.out.WriteString("</tr>\n")
	}
	p.out.WriteString("</table>\n")
}

func (p *page) spans(spans []markdown.Span) {
	for _, s := range spans {
		switch s.Kind {
		case markdown.Text:
			p.out.WriteString(strings.ReplaceAll(p.escape(s.Text), "\n", "<br>\n"))
		case markdown.CodeSpan:
			p.out.WriteString("<code>" + p.escape(s.Text) + "</code>")
		case markdown.Emphasis:
			p.element("em", s.Spans)
		case markdown.Strong:
			p.element("strong", s.Spans)
		case markdown.Struck:
			p.element("s", s.Spans)
		case markdown.Link, markdown.Image: // a picture is led to, since the page asks nothing of anybody by itself
			p.link(s)
		}
	}
}

func (p *page) element(name string, spans []markdown.Span) {
	p.out.WriteString("<" + name + ">")
	p.spans(spans)
	p.out.WriteString("</" + name + ">")
}

// link writes a link that leads to the web or to a mailbox; any other one, which could run a script, is told.
func (p *page) link(s markdown.Span) {
	to, err := url.Parse(s.Address)
	if err != nil || to.Scheme != "https" && to.Scheme != "http" && to.Scheme != "mailto" {
		p.spans(s.Spans)
		p.out.WriteString(" (" + p.escape(s.Address) + ")")
		return
	}
	fmt.Fprintf(&p.out, `<a href="%s" rel="noreferrer">`, html.EscapeString(to.String()))
	p.spans(s.Spans)
	p.out.WriteString("</a>")
}
