package export_test

import (
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/export"
	"github.com/confab-go/confab/talk"
)

// textOf exports one message, and gives what stands between its header and its end.
func textOf(t *testing.T, m *talk.Message) string {
	t.Helper()
	m.ID, m.MessageType = 1, talk.MessageComment
	var b strings.Builder
	if _, err := export.Stream(t.Context(), &b, room, export.HTML, after([]*talk.Message{m}, new([]int64))); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), "</header>\n")
	text, _, found := strings.Cut(rest, "</article>")
	if !found {
		t.Fatalf("no text in %s", b.String())
	}
	return text
}

func TestHTMLHasTheMarkdown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"paragraphs", "a <b>\nc\n\nd & \x1b[2J", "<p>a &lt;b&gt;<br>\nc</p>\n<p>d &amp; ␛[2J</p>\n"},
		{"emphasis", "*a* **b** ~~c~~ `d<`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d&lt;</code></p>\n"},
		{"blocks", "# A\n---\n> b\n\n```go\n<c>\n\td\n```", "<h2>A</h2>\n<hr>\n<blockquote>\n<p>b</p>\n</blockquote>\n<pre><code>&lt;c&gt;\n\td\n</code></pre>\n"},
		{"a deep heading", "###### A", "<h6>A</h6>\n"},
		{"lists", "- a\n- [x] b\n  1. c", "<ul>\n<li>a</li>\n<li>☑ b<ol start=\"1\">\n<li>c</li>\n</ol>\n</li>\n</ul>\n"},
		{"a loose list", "- a\n\n- b\n-", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n<li></li>\n</ul>\n"},
		{"a table", "a|b|c\n:-|-:|:-:\n<d>|e", "<table>\n<tr><th class=\"left\">a</th><th class=\"right\">b</th><th class=\"center\">c</th></tr>\n<tr><td class=\"left\">&lt;d&gt;</td><td class=\"right\">e</td></tr>\n</table>\n"},
		{"links", `[a](https://x.org/?b="c"&d) http://y.org <bob@z.org>`, `<p><a href="https://x.org/?b=&#34;c&#34;&amp;d" rel="noreferrer">a</a> <a href="http://y.org" rel="noreferrer">http://y.org</a> <a href="mailto:bob@z.org" rel="noreferrer">bob@z.org</a></p>` + "\n"},
		{"links that are none", "[a](javascript:alert) [b](JAVASCRIPT:x) [c](<data:text/html,<) [d](//x) <ftp:e>", "<p>a (javascript:alert) b (JAVASCRIPT:x) [c](&lt;data:text/html,&lt;) d (//x) ftp:e (ftp:e)</p>\n"},
		{"a picture", "![a](https://x.org/a.png)", `<p><a href="https://x.org/a.png" rel="noreferrer">a</a></p>` + "\n"},
		{"names", "{mention-user1}: **{file}** `{file}` {other}", "<p><b>@Bob &lt;*b*&gt;</b>: <strong><b>a&amp;b.txt</b></strong> <code><b>a&amp;b.txt</b></code> {other}</p>\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := textOf(t, &talk.Message{Message: tt.source, Markdown: true, MessageParameters: map[string]talk.RichObject{
				"mention-user1": {Type: "user", ID: "bob", Name: "Bob <*b*>"}, "file": {Type: "file", Name: "a&b.txt"},
			}})
			if diff := cmp.Diff("<div class=\"text\">\n"+tt.want+"</div>\n", got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff("<div class=\"text plain\">*a* &lt;b&gt;\nc</div>\n", textOf(t, &talk.Message{Message: "*a* <b>\nc"})); diff != "" {
		t.Errorf("without Markdown (-want +got):\n%s", diff)
	}
}

// FuzzHTMLMarkdown has anything written in a message: nothing of it is HTML of its own.
func FuzzHTMLMarkdown(f *testing.F) {
	f.Add(`<script> [a](javascript:b "c") ![d](<e f>) <img src=x onerror=y>`, `"><b>`)
	f.Add("|a|\n|-|\n|<b>|", "{file}")
	f.Add("- [ ] > 1. # *a*\n```<b\n</code>", "&")
	f.Fuzz(func(t *testing.T, text, name string) {
		page := textOf(t, &talk.Message{Message: text, Markdown: true, MessageParameters: map[string]talk.RichObject{"file": {Type: "file", Name: name}}})
		var open []string
		for tag := range tags(page) {
			element, attributes, _ := strings.Cut(tag, " ")
			if known, ok := elements[strings.TrimPrefix(element, "/")]; !ok || attributes != "" && !strings.HasPrefix(attributes, known) {
				t.Fatalf("%q makes the tag <%s>", text, tag)
			}
			if href, ok := strings.CutPrefix(attributes, `href="`); ok && !strings.HasPrefix(href, "http") && !strings.HasPrefix(href, "mailto:") {
				t.Fatalf("%q leads to %s", text, href)
			}
			switch {
			case element == "br" || element == "hr":
			case element[0] != '/':
				open = append(open, element)
			case len(open) == 0 || open[len(open)-1] != element[1:]:
				t.Fatalf("%q closes %s within %q", text, element, open)
			default:
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Fatalf("%q leaves %q open", text, open)
		}
	})
}

// elements are those that a message may have, and how their attributes begin.
var elements = map[string]string{
	"div": `class="text`, "p": "-", "br": "-", "hr": "-", "h2": "-", "h3": "-", "h4": "-", "h5": "-", "h6": "-", "blockquote": "-", "ul": "-", "ol": `start="`,
	"li": "-", "pre": "-", "code": "-", "table": "-", "tr": "-", "th": `class="`, "td": `class="`, "em": "-", "strong": "-", "s": "-", "b": "-", "a": `href="`,
}

func tags(page string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			_, after, found := strings.Cut(page, "<")
			if !found {
				return
			}
			tag, rest, _ := strings.Cut(after, ">")
			if !yield(tag) {
				return
			}
			page = rest
		}
	}
}
