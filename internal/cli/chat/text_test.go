package chat

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// look names of spans, for tests to read.
func told(lines []textLine) string {
	names := []struct {
		bit  look
		name string
	}{
		{lookBold, "bold"},
		{lookItalic, "italic"},
		{lookStrike, "strike"},
		{lookCode, "code"},
		{lookLink, "link"},
		{lookMention, "mention"},
		{lookSelf, "self"},
		{lookDim, "dim"},
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString("¶")
		}
		for _, s := range append(line.first, line.spans...) {
			text := s.text
			for _, n := range names {
				if s.look&n.bit != 0 {
					text = n.name + "(" + text + ")"
				}
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"plain", "plain"},
		{"**bold** and *italic* and ~~gone~~", "bold(bold) and italic(italic) and strike(gone)"},
		{"__bold__ _italic_", "bold(bold) italic(italic)"},
		{"**bold *and italic***", "bold(bold )italic(bold(and italic))"},
		{"snake_case_name and 2*3*4", "snake_case_name and 2italic(3)4"},
		{"a * b * c ** d", "a * b * c ** d"},
		{"*open", "*open"},
		{"`code **not bold**`", "code(code **not bold**)"},
		{"`open", "`open"},
		{"\\*no\\* \\`no\\`", "*no* `no`"},
		{"# Title\ntext", "dim(# )bold(Title)¶text"},
		{"#channel", "#channel"},
		{"> quoted **so**\n\nnot", "dim(│ )dim(quoted )dim(bold(so))¶¶not"},
		{"```go\na := *b\n```\nafter", "code(  a := *b)¶after"},
		{"1. one\n   - [x] two\n2. three", "1. one¶   • ☑ two¶2. three"},
		{"[notes](https://example.com/n)", "link(notes)dim( (https://example.com/n))"},
		{"|a|b|\n|-|-:|\n|日本|{mention-bob}|", "bold(a)        bold(b)¶日本  mention(@Bob)"},
		{"```one line```", "code(one line)"},
		{"``a`b``, ``` and `c`", "code(a`b), ``` and code(c)"},
		{"see https://example.com/a_b_c?d=1. Or (http://x.org)", "see link(https://example.com/a_b_c?d=1). Or (link(http://x.org))"},
		{"https://", "https://"},
		{"hi {mention-bob} and {mention-me} {mention-all} {other} {", "hi mention(@Bob) and self(@Al) self(@Main) {other} {"},
		{"**{mention-bob}**", "mention(bold(@Bob))"},
		{"`{mention-bob}`", "mention(code(@Bob))"},
		{"", ""},
	}
	for _, tt := range tests {
		m := &talk.Message{Message: tt.text, Markdown: true, MessageParameters: map[string]talk.RichObject{
			"mention-bob": {Type: "user", ID: "bob", Name: "Bob"},
			"mention-me":  {Type: "user", ID: "alice", Name: "Al"},
			"mention-all": {Type: "call", ID: "main", Name: "Main"},
		}}
		if got := told(body(m, "alice", measure{})); got != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
	plain := &talk.Message{Message: "**not** `read`"}
	if got := told(body(plain, "", measure{})); got != "**not** `read`" {
		t.Errorf("without Markdown: %s", got)
	}
}

func TestNamesAreNoMarkdown(t *testing.T) {
	t.Parallel()
	m := &talk.Message{Message: "{mention-user1}", Markdown: true, MessageParameters: map[string]talk.RichObject{
		"mention-user1": {Type: "user", ID: "x", Name: "**\x1b[31mEve**\nx"},
	}}
	if got, want := told(body(m, "", measure{})), "mention(@**␛[31mEve** x)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		width int
		want  []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 3, []string{"one", "two", "thr", "ee"}},
		{"日本語", 5, []string{"日本", "語"}},
		{"日", 1, []string{"日"}},
		{"", 5, []string{""}},
		{"exactly", 7, []string{"exactly"}},
		{"ends in  spaces   ", 8, []string{"ends in", "spaces"}},
		{"e\u0301e\u0301e\u0301 x", 3, []string{"e\u0301e\u0301e\u0301", "x"}},
	}
	for _, tt := range tests {
		var got []string
		for _, line := range (measure{}).wrap([]span{{tt.text, 0}}, tt.width) {
			text := ""
			for _, s := range line {
				text += s.text
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", tt.text, tt.width, diff)
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "abcdef", "日本語テキスト", "e\u0301\u0301x", "👨‍👩‍👧 family", "🇩🇪🇫🇷", "❤️❤️❤️", "שלום עולם"} {
		for _, w := range []measure{{}, {graphemes: true}} {
			for width := range 12 {
				if got := w.fit(w.line(text), width); w.width(got) != width {
					t.Errorf("%q (graphemes: %v) in %d columns is %q, %d wide", text, w.graphemes, width, got, w.width(got))
				}
			}
		}
	}
}

func TestEditor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		keys       []string
		want       string // with | for the cursor
	}{
		{"typing", "ab", []string{"left", "x"}, "ax|b"},
		{"a whole family goes", "a👨‍👩‍👧", []string{"backspace"}, "a|"},
		{"and is stepped over", "a👨‍👩‍👧", []string{"left"}, "a|👨‍👩‍👧"},
		{"combined characters", "e\u0301x", []string{"left", "left", "delete"}, "|x"},
		{"line breaks", "a", []string{"alt+enter", "b"}, "a\nb|"},
		{"over a break", "a\nb", []string{"left", "left", "backspace"}, "|\nb"},
		{"words", "one two three", []string{"alt+left", "alt+left"}, "one |two three"},
		{"to the end of a word", "one two", []string{"home", "alt+right"}, "one| two"},
		{"deleting a word", "one two", []string{"ctrl+w"}, "one |"},
		{"deleting the line", "one\ntwo", []string{"ctrl+u"}, "one\n|"},
		{"begin and end", "one\ntwo", []string{"home", "x", "end", "y"}, "one\nxtwoy|"},
		{"up keeps the column", "abcdef\nab\nabcdef", []string{"up", "up"}, "abcdef|\nab\nabcdef"},
		{"up in wrapped text", "aaaaaaaaaa bbbbbbbbbb", []string{"up"}, "aaaaaaaaaa| bbbbbbbbbb"},
		{"delete at the end", "a", []string{"delete"}, "a|"},
		{"backspace at the beginning", "a", []string{"home", "backspace"}, "|a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := editor{lines: true}
			e.set(tt.text)
			for _, name := range tt.keys {
				k, ok := special[name]
				if rest, isCtrl := strings.CutPrefix(name, "ctrl+"); !ok && isCtrl {
					k = tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
				} else if !ok {
					k = letter([]rune(name)[0])
				}
				e.key(k, measure{}, 12)
			}
			if got := e.text[:e.cursor] + "|" + e.text[e.cursor:]; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestFuzzyNames(t *testing.T) {
	t.Parallel()
	f := newFake()
	for _, name := range []string{"Project lunch", "Lunch", "Late brunch", "Launch pad", "Deploys"} {
		f.room(name, name, talk.ConversationGroup)
	}
	var r rooms
	r.set(f.rooms)
	renamed := *f.rooms[4]
	renamed.DisplayName, renamed.LastActivity = "After lunch", noon.Add(time.Hour)
	r.set([]*talk.Conversation{&renamed})
	r.remove("Late brunch")
	r.set([]*talk.Conversation{f.rooms[2]})
	var got []string
	for _, c := range r.find("lunch", 10) {
		got = append(got, c.DisplayName)
	}
	if diff := cmp.Diff([]string{"Lunch", "After lunch", "Project lunch", "Launch pad", "Late brunch"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// escapes are those that the screen writes itself.
var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// FuzzScreen has anything at all written, by anybody, into a conversation of any name: the screen stays in its bounds, and
// nothing of it reaches the terminal as a command.
func FuzzScreen(f *testing.F) {
	for _, text := range []string{
		"hello", "**a** `b` _c_ {mention-user1} {", "\x1b[2J\x1b]0;title\x07\u009b31m", "日本語 👨‍👩‍👧 🇩🇪 ❤️ e\u0301\u0301", "שלום \u202e עולם \u2066", "\xff\xfe",
		"```\ncode\n```\n> quote\n# title", strings.Repeat("*_`{", 50), strings.Repeat("x", 300), "\t\r\n\v\f\b\x7f\u0085\u2028",
	} {
		f.Add(text, text, uint8(80))
	}
	f.Fuzz(func(t *testing.T, text, name string, width uint8) {
		fake := newFake()
		fake.room("main", name, talk.ConversationGroup).Description = text
		m := fake.message("main", "bob", text)
		m.ActorDisplayName = name
		m.MessageParameters = map[string]talk.RichObject{"mention-user1": {Type: "user", ID: name, Name: name}, "file": {Type: "file", Name: name, Size: "12"}}
		m.Reactions = map[string]int{name: 1}
		fake.message("main", "bob", "{file}").MessageParameters = m.MessageParameters
		fake.message("main", "bob", "quoting").Parent = m
		fake.message("main", "alice", text).SystemMessage = talk.SystemMessage(name)
		w := max(int(width), minWidth)
		s := newScreen(t, fake, w, 40)
		check := func() {
			content := s.m.View().Content
			for line := range strings.SplitSeq(escapes.ReplaceAllString(content, ""), "\n") {
				if n := s.m.w.width(line); n > w {
					t.Fatalf("%d columns of %d: %q", n, w, line)
				}
				for _, r := range line {
					if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
						t.Fatalf("%U reaches the terminal: %q", r, line)
					}
				}
			}
			if strings.Contains(ansi.Strip(content), "\x1b") {
				t.Fatal("an escape reaches the terminal")
			}
		}
		check()
		s.do(tea.PasteMsg{Content: text})
		check()
		s.press("esc", "o")
		check()
		s.press("esc", "e", "esc", "ctrl+k")
		check()
		s.press("esc")
		s.tellErr(fmt.Errorf("%s", text))
		check()
		s.m.w.graphemes = true
		s.m.cache.clear()
		check()
		if title := s.m.View().WindowTitle; strings.ContainsFunc(title, unicode.IsControl) {
			t.Fatalf("the title of the window is %q", title)
		}
	})
}

func (s *screen) tellErr(err error) { s.m.fail("failed", err) }
