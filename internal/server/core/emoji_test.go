package core_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/core"
)

func TestIsEmoji(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"👍":          true,
		"👍🏽":         true, // with a skin tone
		"❤️":         true, // with the selector of its coloured form
		"❤":          true,
		"👨‍👩‍👧‍👦":    true, // joined
		"👩🏻‍❤️‍💋‍👨🏿": true,
		"🏳️‍🌈":       true,
		"👁️‍🗨️":      true,
		"🇩🇪":         true, // a flag of two letters
		"🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f": true, // a flag of tags
		"1️⃣":        true, // a keycap
		"#⃣":         true,
		"ℹ️":         true,
		"‼️":         true,
		"©":          true,
		"〰️":         true,
		"\U0001fae8": true, // of Unicode 15
		"\U0001faff": true, // kept for emoji to come

		"":                    false,
		"x":                   false,
		"1":                   false,
		"#":                   false,
		"é":                   false,
		"日":                   false,
		":smile:":             false,
		"👍👍":                  false,
		"👍 ":                  false,
		" 👍":                  false,
		"👍x":                  false,
		"🇩":                   false, // half a flag
		"🇩🇪🇫🇷":                false,
		"👍\u200d":             false, // joined with nothing
		"\u200d👍":             false,
		"👨\u200dx":            false,
		"\ufe0f":              false,
		"1️":                  false,
		"🏴\U000e0067":         false, // tags without an end
		"🏴\U000e007f":         false, // an end without tags
		"\xf0\x9f\x91":        false,
		"👍\xff":               false,
		"🙂" + joined("🙂", 40): false, // longer than any
		"👨\u200d\u200d👩":      false,
	} {
		if got := core.IsEmoji(text); got != want {
			t.Errorf("IsEmoji(%+q) = %v, want %v", text, got, want)
		}
	}
}

func joined(s string, n int) string { return strings.Repeat("\u200d"+s, n) }

// FuzzIsEmoji holds what any emoji is: short, valid, and no longer one when it is doubled or cut.
func FuzzIsEmoji(f *testing.F) {
	for _, seed := range []string{"👍", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "x", "", "👍\u200d", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !core.IsEmoji(s) {
			return
		}
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 64 {
			t.Fatalf("%+q is no text that fits", s)
		}
		if core.IsEmoji(s + s) {
			t.Fatalf("%+q twice is one emoji", s)
		}
		if core.IsEmoji(s+"a") || core.IsEmoji("a"+s) {
			t.Fatalf("%+q with a letter is one emoji", s)
		}
	})
}
