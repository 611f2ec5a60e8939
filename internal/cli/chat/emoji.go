package chat

import (
	_ "embed" // for the names
	"slices"
	"strings"
)

// emoji is one with the name that it is typed by.
type emoji struct{ name, text string }

// emojiNames are those that people use, by what they are typed as; one in each line, name first.
//
//go:embed emoji.txt
var emojiNames string

// findEmoji gives the emoji of a name, then those whose names begin with what is typed, then those that have it in them.
func findEmoji(typed string, limit int) []emoji {
	typed = strings.ToLower(strings.Trim(typed, ":"))
	var exact, first, further []emoji
	for line := range strings.Lines(emojiNames) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case name == typed:
			exact = append(exact, emoji{name, text})
		case strings.HasPrefix(name, typed):
			first = append(first, emoji{name, text})
		case strings.Contains(name, typed):
			further = append(further, emoji{name, text})
		}
	}
	all := slices.Concat(exact, first, further)
	return all[:min(limit, len(all))]
}

// usual are the reactions that are offered first.
const usual = "👍 ❤️ 😂 🎉 😮 😢 👀 ✅ 🙏 🚀"
