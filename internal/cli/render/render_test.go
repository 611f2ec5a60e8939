package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/render"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))

func TestTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ago  time.Duration
		want string
	}{
		{0, "just now"},
		{59 * time.Second, "just now"},
		{-59 * time.Second, "just now"},
		{time.Minute, "1m ago"},
		{-time.Minute, "in 1m"},
		{time.Hour - 1, "59m ago"},
		{time.Hour, "1h ago"},
		{24*time.Hour - 1, "23h ago"},
		{24 * time.Hour, "1d ago"},
		{-48 * time.Hour, "in 2d"},
		{30*24*time.Hour - 1, "29d ago"},
		{30 * 24 * time.Hour, "2026-01-30"},
	}
	for _, tt := range tests {
		if got := (render.Form{Terminal: true, Now: now}).Time(now.Add(-tt.ago)); got != tt.want {
			t.Errorf("%v ago is told as %q, want %q", tt.ago, got, tt.want)
		}
	}
	if got := (render.Form{}).Time(now); got != "2026-03-01T11:00:00Z" {
		t.Errorf("a program is told %q", got)
	}
	for _, form := range []render.Form{{}, {Terminal: true}} {
		if got := form.Time(time.Time{}); got != "" {
			t.Errorf("never is told as %q", got)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	form := render.Form{Terminal: true, Now: now}
	if got := form.Clock(now.UTC().Add(-2 * time.Hour)); got != "10:00" {
		t.Errorf("today is told as %q", got)
	}
	if got := form.Clock(now.Add(-13 * time.Hour)); got != "2026-02-28 23:00" {
		t.Errorf("yesterday is told as %q", got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, clean, escaped string }{
		{"plain, naïve, 日本 👩‍🚀", "plain, naïve, 日本 👩‍🚀", "plain, naïve, 日本 👩‍🚀"},
		{"a\tb\nc", "a\tb\nc", `a\tb\nc`},
		{"a\r\nb\rc", "a\nb␍c", `a\r\nb\rc`},
		{"\x1b[31mred\x1b[0m", "␛[31mred␛[0m", `\u001b[31mred\u001b[0m`},
		{"\x00\x07\x7f", "␀␇␡", `\u0000\u0007\u007f`},
		{"\u0085\u009b", "\uFFFD\uFFFD", `\u0085\u009b`},
		{`C:\new`, `C:\new`, `C:\\new`},
		{"bad \xff byte", "bad \uFFFD byte", "bad \uFFFD byte"},
		{"bad \xff byte\n", "bad \uFFFD byte\n", "bad \uFFFD byte\\n"},
		{"\u202Eevil\u2066", "evil", "\u202Eevil\u2066"},
	}
	for _, tt := range tests {
		if got := render.Clean(tt.in); got != tt.clean {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.clean)
		}
		if got := render.Escape(tt.in); got != tt.escaped {
			t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.escaped)
		}
	}
}

func TestIndent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		width int
		want  string
	}{
		{"one two three\n\nfour", 11, "> one two\n> three\n> \n> four"},
		{"one two three", 0, "> one two three"},
		{"one two three", 1, "> one two three"},
		{"one two three", 9, "> one two\n> three"},
		{"one two three", 8, "> one\n> two\n> three"},
		{"exactly", 9, "> exactly"},
		{"a longword", 6, "> a\n> long\n> word"},
		{"longword a", 6, "> long\n> word\n> a"},
		{"日本日本", 6, "> 日本\n> 日本"},
		{"日本日本", 3, "> 日\n> 本\n> 日\n> 本"},
		{"👩‍🚀👩‍🚀 x", 4, "> 👩‍🚀\n> 👩‍🚀\n> x"},
		{"two  spaces   here", 8, "> two\n> spaces\n> here"},
		{"", 10, "> "},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, render.Indent(tt.in, "> ", tt.width)); diff != "" {
			t.Errorf("%q in %d columns (-want +got)\n%s", tt.in, tt.width, diff)
		}
	}
}

// FuzzIndent has no line grow too wide, and nothing get lost but the spaces where lines break.
func FuzzIndent(f *testing.F) {
	f.Add("one two three", 8)
	f.Add("日本 👩‍🚀 longword", 5)
	f.Fuzz(func(t *testing.T, s string, width int) {
		const prefix = "> "
		text := strings.Join(strings.FieldsFunc(s, unicode.IsControl), "\n")
		out := render.Indent(text, prefix, width)
		for line := range strings.SplitSeq(out, "\n") {
			got, found := strings.CutPrefix(line, prefix)
			if !found {
				t.Fatalf("%q begins with no prefix", line)
			}
			if width > len(prefix)+1 && displaywidth.String(got) > width-len(prefix) {
				graphemes := displaywidth.StringGraphemes(got)
				if graphemes.Next(); graphemes.Value() != got {
					t.Errorf("%q takes %d columns, more than %d", line, displaywidth.String(line), width)
				}
			}
		}
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "", ">", "").Replace(s) }
		if squeeze(out) != squeeze(text) {
			t.Errorf("%q became %q", text, out)
		}
	})
}

func TestTable(t *testing.T) {
	t.Parallel()
	columns := []render.Column{{Name: "id", Right: true}, {Name: "name", Gives: true}, {Name: "note", Gives: true}}
	rows := [][]string{
		{"1", "日本 🚀", "a\tb\n c"},
		{"22", "\x1b[31mRed", ""},
		{"333", "A rather long name indeed", "and a note"},
	}
	tests := []struct {
		name string
		form render.Form
		want string
	}{
		{"wide", render.Form{Terminal: true, Width: 80}, `` +
			" ID  NAME                       NOTE\n" +
			"  1  日本 🚀                    a b c\n" +
			" 22  ␛[31mRed\n" +
			"333  A rather long name indeed  and a note\n"},
		{"narrow", render.Form{Terminal: true, Width: 30}, `` +
			" ID  NAME           NOTE\n" +
			"  1  日本 🚀        a b c\n" +
			" 22  ␛[31mRed\n" +
			"333  A rather lon…  and a note\n"},
		{"narrower", render.Form{Terminal: true, Width: 15}, `` +
			" ID  NAME  NOTE\n" +
			"  1  日…   a b…\n" +
			" 22  ␛[3…\n" +
			"333  A r…  and…\n"},
		{"too narrow", render.Form{Terminal: true, Width: 5}, `` +
			"…  …\n" +
			"1  …\n" +
			"…  …\n" +
			"…  …\n"},
		{"program", render.Form{Width: 10}, "1\t日本 🚀\ta\\tb\\n c\n22\t\\u001b[31mRed\t\n333\tA rather long name indeed\tand a note\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := tt.form.Table(&b, columns, rows); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	var b strings.Builder
	if err := (render.Form{Terminal: true}).Table(&b, columns, nil); err != nil || b.Len() != 0 {
		t.Errorf("no rows give %q, %v", b.String(), err)
	}
}

// TestTableEmptyColumn: a column without a name that nothing stands in takes no place, and those after it are shown.
func TestTableEmptyColumn(t *testing.T) {
	t.Parallel()
	columns := []render.Column{{Name: "token"}, {}, {Name: "name"}}
	for mark, want := range map[string]string{"": "TOKEN  NAME\nab     Room 1\n", "!": "TOKEN     NAME\nab     !  Room 1\n"} {
		var b strings.Builder
		if err := (render.Form{Terminal: true, Width: 80}).Table(&b, columns, [][]string{{"ab", mark, "Room 1"}}); err != nil || b.String() != want {
			t.Errorf("with %q it is %q, %v", mark, b.String(), err)
		}
	}
}

func TestTableColour(t *testing.T) {
	t.Parallel()
	form := render.Form{Terminal: true, Color: true, Width: 12}
	var b strings.Builder
	if err := form.Table(&b, []render.Column{{Name: "name", Gives: true, Style: form.Strong}, {Name: "n"}}, [][]string{{"A rather long name", "1"}}); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[2mNAME\x1b[0m       \x1b[2mN\x1b[0m\n\x1b[1mA rather…\x1b[0m  1\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestErrorsOfTheWriterArrive(t *testing.T) {
	t.Parallel()
	for _, form := range []render.Form{{}, {Terminal: true}} {
		out := render.Output{Form: form}
		array := out.Array(broken{})
		for name, err := range map[string]error{
			"table":  form.Table(broken{}, []render.Column{{Name: "a"}}, [][]string{{"b"}}),
			"fields": form.Fields(broken{}, []render.Field{{Name: "a", Value: "b"}}),
			"JSON":   out.Value(t.Context(), broken{}, 1),
			"line":   render.JSONLine(broken{}, 1),
			"add":    array.Add(1),
			"close":  array.Close(t.Context()),
		} {
			if !errors.Is(err, errBroken) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	value := map[string]string{"a": "<b> \u009b\u202e\x1b\x7f"}
	const escaped = `<b> \u009b\u202e\u001b\u007f`
	var compact, indented strings.Builder
	if err := (render.Output{}).Value(t.Context(), &compact, value); err != nil {
		t.Fatal(err)
	}
	if err := (render.Output{Form: render.Form{Terminal: true}}).Value(t.Context(), &indented, value); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("{\"a\":\""+escaped+"\"}\n", compact.String()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("{\n  \"a\": \""+escaped+"\"\n}\n", indented.String()); diff != "" {
		t.Error(diff)
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(compact.String()), &back); err != nil || !cmp.Equal(back, value) {
		t.Errorf("comes back as %q, %v", back, err)
	}
	var none strings.Builder
	if err := (render.Output{}).Value(t.Context(), &none, math.NaN()); err == nil || none.Len() != 0 {
		t.Errorf("what is no JSON gives %q, %v", none.String(), err)
	}
}

func TestArray(t *testing.T) {
	t.Parallel()
	for _, form := range []render.Form{{}, {Terminal: true}} {
		for _, values := range [][]map[string]int{{}, {{"a": 1}}, {{"a": 1}, {"b": 2}, {}}} {
			var streamed, whole bytes.Buffer
			out := render.Output{Form: form}
			array := out.Array(&streamed)
			for _, v := range values {
				if err := array.Add(v); err != nil {
					t.Fatal(err)
				}
			}
			if len(values) > 0 && json.Valid(streamed.Bytes()) {
				t.Errorf("before its end %q passes for the whole", streamed.String())
			}
			if err := array.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := out.Value(t.Context(), &whole, values); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole.String(), streamed.String()); diff != "" {
				t.Errorf("unlike the whole (-whole +streamed)\n%s", diff)
			}
		}
	}
}

// FuzzTable has no cell break the table: whatever it holds, a row stays a line that a terminal shows and does not obey.
func FuzzTable(f *testing.F) {
	f.Add("a\tb", "\x1b[2J", 20)
	f.Add("日本", "👩‍🚀\u202e", 5)
	f.Add("\xff\xfe", "\r\n", 0)
	f.Fuzz(func(t *testing.T, a, b string, width int) {
		columns := []render.Column{{Name: "a", Gives: true}, {Name: "b", Right: true, Gives: true}}
		for _, terminal := range []bool{false, true} {
			var out strings.Builder
			form := render.Form{Terminal: terminal, Width: width}
			if err := form.Table(&out, columns, [][]string{{a, b}}); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if want := map[bool]int{false: 1, true: 2}[terminal]; len(lines) != want {
				t.Fatalf("%d lines, want %d: %q", len(lines), want, out.String())
			}
			for _, line := range lines {
				if !utf8.ValidString(line) {
					t.Errorf("not UTF-8: %q", line)
				}
				if strings.ContainsFunc(strings.ReplaceAll(line, "\t", ""), unicode.IsControl) || terminal && strings.Contains(line, "\t") {
					t.Errorf("a control character gets through: %q", line)
				}
				if terminal && width > 0 && displaywidth.String(line) > width {
					t.Errorf("%d columns, more than %d: %q", displaywidth.String(line), width, line)
				}
			}
			if !terminal && strings.Count(lines[0], "\t") != 1 {
				t.Errorf("not two fields: %q", lines[0])
			}
		}
	})
}
