package core

// ParseMentions returns what a text mentions, without quotes.
func ParseMentions(text string) []string {
	var out []string
	for _, m := range parseMentions(text) {
		out = append(out, m.raw)
	}
	return out
}

// IsEmoji reports whether a text is a single emoji.
func IsEmoji(s string) bool { return isEmoji(s) }
