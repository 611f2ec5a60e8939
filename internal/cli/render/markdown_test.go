package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/render"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		width        int
		plain, color string
	}{
		{"text", "Well, 2*3*4 is 24\nand so on", 0, "> Well, 2*3*4 is 24\n> and so on", "> Well, 2\x1b[3m3\x1b[0m4 is 24\n> and so on"},
		{"weight", "**v1.4** is *live*, ~~not~~ `v1.3`", 0, "> **v1.4** is *live*, ~~not~~ `v1.3`", "> \x1b[1mv1.4\x1b[0m is \x1b[3mlive\x1b[0m, \x1b[9mnot\x1b[0m \x1b[36mv1.3\x1b[0m"},
		{"both", "**bold *and* more**", 0, "> **bold *and* more**", "> \x1b[1mbold \x1b[0m\x1b[1;3mand\x1b[0m\x1b[1m more\x1b[0m"},
		{"escapes", `\*not\* \a`, 0, `> *not* \a`, `> *not* \a`},
		{
			"list", "- one\n- two\n  1. first\n  2. second\n- [x] done\n- [ ] open", 0,
			"> • one\n> • two\n>   1. first\n>   2. second\n> • ☑ done\n> • ☐ open", "> • one\n> • two\n>   1. first\n>   2. second\n> • ☑ done\n> • ☐ open",
		},
		{"loose list", "3) one\n\n4) two", 0, "> 3) one\n>\n> 4) two", "> 3) one\n>\n> 4) two"},
		{"quote", "> said\n> twice\n\nanswered", 0, "> │ said\n> │ twice\n>\n> answered", "> \x1b[2m│ \x1b[0msaid\n> \x1b[2m│ \x1b[0mtwice\n>\n> answered"},
		{"code", "```go\nif a {\n\tb() // *c*\n}\n```", 12, ">   if a {\n>       b()\n> // *c*\n>   }", ">   \x1b[36mif a {\x1b[0m"},
		{"heading", "# Release\ntoday", 0, "> # Release\n> today", "> \x1b[2m# \x1b[0m\x1b[1mRelease\x1b[0m\n> today"},
		{
			"links", "[notes](https://example.com/n) https://example.com/x <https://example.com/y> ![pic](p.png)", 0,
			"> notes (https://example.com/n) https://example.com/x https://example.com/y pic (p.png)", "",
		},
		{
			"table", "| a | count |\n|:-:|--:|\n| **x** | 1 |\n| yyyyy | 23 |", 0,
			">   a    count\n> **x**      1\n> yyyyy     23", ">   \x1b[1ma\x1b[0m    \x1b[1mcount\x1b[0m\n>   \x1b[1mx\x1b[0m        1\n> yyyyy     23",
		},
		{"html", "<b>hi</b> &amp; <script>\nx", 0, "> <b>hi</b> &amp; <script>\n> x", "> <b>hi</b> &amp; <script>\n> x"},
		{"html is nothing else", "<div>\n**x**\n</div>", 0, "> <div>\n> **x**\n> </div>", "> <div>\n> \x1b[1mx\x1b[0m\n> </div>"},
		{"wraps", "- one **two three** four", 14, "> • one **two\n>   three**\n>   four", "> • one \x1b[1mtwo\x1b[0m\n>   \x1b[1mthree\x1b[0m four"},
		{"wide characters", "日本語日本語", 8, "> 日本語\n> 日本語", "> 日本語\n> 日本語"},
		{"rule", "a\n\n---\nb", 0, "> a\n>\n> ────────────────────\n> b", ""},
		{"controls", "a\x1b[2J\u202eb", 0, "> a␛[2Jb", "> a␛[2Jb"},
		{"names", "hi {bob} and `{x}` {other} [{x}]({bob})", 0, "> hi @*Bob* and `␛ x` {other} ␛ x (@*Bob*)", ""},
		{"nothing", "", 0, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			names := map[string]string{"bob": "@*Bob*", "x": "\x1b\nx"}
			if diff := cmp.Diff(tt.plain, render.Form{Terminal: true, Width: tt.width}.Markdown(tt.source, "> ", names)); diff != "" {
				t.Errorf("without colour (-want +got):\n%s", diff)
			}
			got := render.Form{Terminal: true, Width: tt.width, Color: true}.Markdown(tt.source, "> ", names)
			if tt.color != "" && tt.name != "code" && got != tt.color {
				t.Errorf("with colour (-want +got):\n%s", cmp.Diff(tt.color, got))
			}
			if tt.name == "code" && !strings.HasPrefix(got, "> \x1b[36m  if a {\x1b[0m\n") {
				t.Errorf("%q", got)
			}
		})
	}
}

// FuzzMarkdown sees that whatever is written is laid out, within the width, and with no code of a terminal but our own.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"> > > - 1. *a* **b**", "| a |\n|---|\n| b |", strings.Repeat("> ", 200) + "x", "- - - - - - - - a", "```\n\x1b", "<a\n>b", "[a](b \"c\")"} {
		f.Add(seed, 20)
	}
	f.Fuzz(func(t *testing.T, source string, width int) {
		width = max(0, width%200)
		got := render.Form{Terminal: true, Width: width}.Markdown(source, "", nil)
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
			t.Errorf("%q has controls in it: %q", source, got)
		}
		if again := (render.Form{Terminal: true, Width: width}).Markdown(source, "", nil); again != got {
			t.Errorf("%q is laid out in two ways", source)
		}
	})
}
