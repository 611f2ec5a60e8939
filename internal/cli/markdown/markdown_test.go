package markdown

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestParse has what goldmark reads otherwise than GitHub and Talk do, or not at all.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"nothing", "", ""},
		{"a head with too few cells", "a | b\n--- | --- | ---", `text a | b\n--- | --- | ---` + "\n"},
		{"dashes align no column", "* !\n--", "list * 0 false\n  item 0\n    text !\\n--\n"},
		{"a box is set apart", "- [ ]a\n- [x]", "list - 0 false\n  item 0\n    text [ ]a\n  item 0\n    text [x]\n"},
		{"code that nothing ends sets nothing apart", "- ```\n\n- a", "list - 0 false\n  item 0\n    code \"\" [\"\"]\n  item 0\n    text a\n"},
		{"line ends", "a\r\nb\rc\n\r\nd", "text a\\nb\\nc\ntext d\n"},
		{"struck as often before as behind", "~~a~ ~~~c~~~ ~~d~~", `text ~~a~ ~~~c~~~ del{d}` + "\n"},
		{
			"addresses", "https://example.com/a_b_c?d=*1*. (http://x.org/(y)) xhttp://no Http://localhost:8080/",
			`text link("https://example.com/a_b_c?d=*1"){https://example.com/a_b_c?d=*1}*. ` +
				`(link("http://x.org/(y)"){http://x.org/(y)}) xhttp://no link("Http://localhost:8080/"){Http://localhost:8080/}` + "\n",
		},
		{"emphasised", "**https://example.com/** _http://x.org_", `text strong{link("https://example.com/"){https://example.com/}} em{link("http://x.org"){http://x.org}}` + "\n"},
		{"no address", "https:// http://. https", "text https:// http://. https\n"},
		{"in a label", "[http://a.org](http://b.org) [http://c.org]", `text link("http://b.org"){link("http://a.org"){http://a.org}} [link("http://c.org"){http://c.org}]` + "\n"},
		{"in code", "`http://a.org`", "text code{http://a.org}\n"},
		{"html and entities", "<b>a</b> &amp; <!-- c -->\n\n<div>\n*d*", `text <b>a</b> &amp; <!-- c -->` + "\n" + `text <div>\nem{d}` + "\n"},
		{"definitions", "[a]: https://x.org\n[a]", `text [a]: link("https://x.org"){https://x.org}\n[a]` + "\n"},
		{"too deep", strings.Repeat("> ", maxDepth+1) + "a", strings.Repeat("quote\n", maxDepth) + "text > a\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := outline(Parse(tt.source))
			if tt.name == "too deep" {
				got = strings.ReplaceAll(got, "  ", "")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	o := Layout{Marks: true, Width: utf8.RuneCountInString, Name: func(key string) (Part, bool) {
		return Part{"@*Bob*", Mention}, key == "bob"
	}}
	for _, tt := range []struct{ name, source, want string }{
		{"nothing", "", ""},
		{"blocks", "# A\n\n> b\n> - c\n>\n>   d\n\n---\n```\n\te\n```\nf", "# A\n\n│ b\n│ • c\n│\n│   d\n\n────────────────────\n      e\nf"},
		{"items", "9. a\n10. b\n    * [ ] c\n    * [x] d\n", "9. a\n10. b\n    • ☐ c\n    • ☑ d"},
		{"items without a text", "-\n- a\n>", "• \n• a\n│ "},
		{"emphasis", "*a* **b** ~~c~~ `d`", "*a* **b** ~~c~~ `d`"},
		{"links", "[a](b) ![c](d) <e@f> <gh:i> [i]()", "a (b) c (d) e@f gh:i i"},
		{"table", "a|b|c\n-:|:-:|-\nlong|wide|x\ny", "   a   b    c\nlong  wide  x\n   y"},
		{"names", "{bob} {eve} `{bob}` {{bob} [x]({bob})", "@*Bob* {eve} `@*Bob*` {@*Bob* x (@*Bob*)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, told(o.Markdown(tt.source))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff("*a* @*Bob*\n\nhttps://x.org/.", told(o.Plain("*a* {bob}\n\nhttps://x.org/."))); diff != "" {
		t.Errorf("without Markdown (-want +got):\n%s", diff)
	}
}

func told(lines []Line) string {
	texts := make([]string, len(lines))
	for i, line := range lines {
		texts[i] = line.String()
	}
	return strings.Join(texts, "\n")
}

func TestWhatDoesNotFitGoesOnBehindAMargin(t *testing.T) {
	t.Parallel()
	lines := Layout{}.Markdown("> 1. a\n>    - b")
	want := []Line{
		{First: []Part{{"│ ", Faint | Quoted}, {"1. ", 0}}, Rest: []Part{{"│ ", Faint | Quoted}, {"   ", 0}}, Parts: []Part{{"a", Quoted}}},
		{
			First: []Part{{"│ ", Faint | Quoted}, {"   ", 0}, {"• ", 0}}, Rest: []Part{{"│ ", Faint | Quoted}, {"   ", 0}, {"  ", 0}},
			Parts: []Part{{"b", Quoted}},
		},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzMarkdown sees that nothing that is written is lost: each letter that is not the title of a link or the name of a
// language is laid out, in its order, and what was laid out as text is text.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"> > > - 1. *a* **b**", "|a|b\n|:-|-\n|c", strings.Repeat("> ", 200) + "x", "- - - - a", "```\n\x1b", "[a](<b> (c", "***a*b **c", "\t- \ta\n\t\tb",
		"\xff*\xff*", "~~a~~ https://a.b/(c))", "`` ` ``", "![[a](b)](c) ](d)", "[ ] a\n- [x]\tb\n1)\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		blocks := Parse(source)
		depth(t, blocks, 0)
		o := Layout{Marks: true, Width: utf8.RuneCountInString}
		lines := o.Markdown(source)
		for _, line := range lines {
			if strings.Contains(line.String(), "\n") {
				t.Errorf("%q: a line has others in it: %q", source, line.String())
			}
		}
		if strings.ContainsAny(source, "(|`~0123456789") {
			return // titles, cells beyond the head, languages and numbers of items may go
		}
		if want, got := letters(source), letters(told(lines)); want != got {
			t.Errorf("%q has the letters %q, and is laid out with %q", source, want, got)
		}
		if want, got := letters(source), letters(told(o.Plain(source))); want != got {
			t.Errorf("%q has the letters %q, and is laid out as plain text with %q", source, want, got)
		}
	})
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r > 0x7f || isPunctuation(byte(r)) || r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.NewReplacer("[x]", "", "[X]", "").Replace(s))
}

func depth(t *testing.T, blocks []*Block, d int) {
	t.Helper()
	if d > 3*maxDepth {
		t.Fatalf("blocks are %d deep in each other", d)
	}
	for _, b := range blocks {
		depth(t, b.Blocks, d+1)
	}
}

func BenchmarkMarkdown(b *testing.B) {
	for _, bm := range []struct{ name, source string }{
		{"sentence", "The *deploy* of **v1.4** is through, see https://ci.example.com/build/1234 for `make test`."},
		{"page", strings.Repeat("## What is new\n\n- **one** thing, and [another](https://example.com/x)\n- two\n\n```go\nfunc f() {}\n```\n\n> said *so*\n\n", 20)},
		{"stars", strings.Repeat("*a ", 10_000)},
		{"brackets", strings.Repeat("[a](", 8_000)},
		{"cells", strings.Repeat("|a", 8_000) + "\n" + strings.Repeat("|-", 8_000) + "\n" + strings.Repeat("a\n", 8_000)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(bm.source)))
			for b.Loop() {
				Parse(bm.source)
			}
		})
	}
}
