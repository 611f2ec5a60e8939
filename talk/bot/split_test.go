package bot_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk/bot"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"short":                   {"  hello ", 10, []string{"hello"}},
		"exactly":                 {"0123456789", 10, []string{"0123456789"}},
		"no limit":                {"hello", 0, []string{"hello"}},
		"paragraphs":              {"one two\n\nthree\nfour five", 18, []string{"one two", "three\nfour five"}},
		"a line rather than late": {"one two\nthree four", 12, []string{"one two", "three four"}},
		"words":                   {"one two three", 9, []string{"one two", "three"}},
		"a word that is too long": {"0123456789abcdef", 10, []string{"0123456789", "abcdef"}},
		"counts characters":       {"äöüäöü äöü", 6, []string{"äöüäöü", "äöü"}},
		"an accent":               {"xxxxe\u0301x", 5, []string{"xxxx", "e\u0301x"}},
		"a family":                {"xxx👨‍👩‍👧xx", 5, []string{"xxx", "👨‍👩‍👧", "xx"}},
		"a mention":               {`hi @"two words" there`, 12, []string{"hi", `@"two words"`, "there"}},
		"a mention in a word":     {`x@"two words"there`, 13, []string{`x@"two words"`, "there"}},
		"code": {
			"See:\n```go\nfirst line\nsecond line\nthird line\n```\nDone.", 40,
			[]string{"See:\n```go\nfirst line\n```", "```go\nsecond line\nthird line\n```\nDone."},
		},
		"after code": {
			"```\na\n```\n" + strings.Repeat("word ", 10), 30, []string{"```\na\n```\nword word", "word word word word", "word word word word"},
		},
	} {
		if diff := cmp.Diff(test.want, bot.Split(test.text, test.limit)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Whatever the text, no part is too long, none is blank or broken, and nothing is lost but white space.
func FuzzSplit(f *testing.F) {
	f.Add("one two\n\nthree", 5)
	f.Add("```go\nx\n```\n~~~~\n@\"a b\" \xff", 20)
	f.Add("👨‍👩‍👧👨‍👩‍👧", 3)
	f.Add(strings.Repeat("```\ncode\n", 20), 40)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if !utf8.ValidString(text) || limit < 1 || limit > 1000 {
			t.Skip()
		}
		parts := bot.Split(text, limit)
		for _, part := range parts {
			if n := utf8.RuneCountInString(part); n > limit {
				t.Errorf("%d characters, more than %d: %q", n, limit, part)
			}
			if !utf8.ValidString(part) || len(parts) > 1 && strings.TrimSpace(part) == "" {
				t.Errorf("part %q", part)
			}
		}
		fenced := strings.Contains(text, "```") || strings.Contains(text, "~~~")
		got, want := letters(strings.Join(parts, "")), letters(text)
		if !fenced && got != want {
			t.Errorf("%q became %q", text, parts)
		}
		// Where code is cut, lines are added to it, and nothing is taken away.
		if rest := []rune(got); fenced {
			for _, r := range want {
				i := slices.Index(rest, r)
				if i < 0 {
					t.Fatalf("%q lost %q: %q", text, r, parts)
				}
				rest = rest[i+1:]
			}
		}
	})
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
