package core

import (
	"unicode"
	"unicode/utf8"
)

// pictographs are the characters that stand for a picture by themselves: those
// with the properties Emoji or Extended_Pictographic of Unicode Technical
// Standard 51, without what only stands in sequences (digits, letters of
// flags, skin tones). The latter property holds room for emoji to come.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00a9, 0x00a9, 1},
		{0x00ae, 0x00ae, 1},
		{0x203c, 0x203c, 1},
		{0x2049, 0x2049, 1},
		{0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1},
		{0x2194, 0x2199, 1},
		{0x21a9, 0x21aa, 1},
		{0x231a, 0x231b, 1},
		{0x2328, 0x2328, 1},
		{0x2388, 0x2388, 1},
		{0x23cf, 0x23cf, 1},
		{0x23e9, 0x23f3, 1},
		{0x23f8, 0x23fa, 1},
		{0x24c2, 0x24c2, 1},
		{0x25aa, 0x25ab, 1},
		{0x25b6, 0x25b6, 1},
		{0x25c0, 0x25c0, 1},
		{0x25fb, 0x25fe, 1},
		{0x2600, 0x2605, 1},
		{0x2607, 0x2612, 1},
		{0x2614, 0x2685, 1},
		{0x2690, 0x2705, 1},
		{0x2708, 0x2712, 1},
		{0x2714, 0x2714, 1},
		{0x2716, 0x2716, 1},
		{0x271d, 0x271d, 1},
		{0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1},
		{0x2733, 0x2734, 1},
		{0x2744, 0x2744, 1},
		{0x2747, 0x2747, 1},
		{0x274c, 0x274c, 1},
		{0x274e, 0x274e, 1},
		{0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1},
		{0x2763, 0x2767, 1},
		{0x2795, 0x2797, 1},
		{0x27a1, 0x27a1, 1},
		{0x27b0, 0x27b0, 1},
		{0x27bf, 0x27bf, 1},
		{0x2934, 0x2935, 1},
		{0x2b05, 0x2b07, 1},
		{0x2b1b, 0x2b1c, 1},
		{0x2b50, 0x2b50, 1},
		{0x2b55, 0x2b55, 1},
		{0x3030, 0x3030, 1},
		{0x303d, 0x303d, 1},
		{0x3297, 0x3297, 1},
		{0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1f000, 0x1f0ff, 1},
		{0x1f10d, 0x1f10f, 1},
		{0x1f12f, 0x1f12f, 1},
		{0x1f16c, 0x1f171, 1},
		{0x1f17e, 0x1f17f, 1},
		{0x1f18e, 0x1f18e, 1},
		{0x1f191, 0x1f19a, 1},
		{0x1f1ad, 0x1f1e5, 1},
		{0x1f201, 0x1f20f, 1},
		{0x1f21a, 0x1f21a, 1},
		{0x1f22f, 0x1f22f, 1},
		{0x1f232, 0x1f23a, 1},
		{0x1f23c, 0x1f23f, 1},
		{0x1f249, 0x1f3fa, 1},
		{0x1f400, 0x1f53d, 1},
		{0x1f546, 0x1f64f, 1},
		{0x1f680, 0x1f6ff, 1},
		{0x1f774, 0x1f77f, 1},
		{0x1f7d5, 0x1f7ff, 1},
		{0x1f80c, 0x1f80f, 1},
		{0x1f848, 0x1f84f, 1},
		{0x1f85a, 0x1f85f, 1},
		{0x1f888, 0x1f88f, 1},
		{0x1f8ae, 0x1f8ff, 1},
		{0x1f90c, 0x1f93a, 1},
		{0x1f93c, 0x1f945, 1},
		{0x1f947, 0x1faff, 1},
		{0x1fc00, 0x1fffd, 1},
	},
}

const (
	zeroWidthJoiner   = '\u200d'
	emojiPresentation = '\ufe0f' // asks for the coloured form of what is also a sign
	keycap            = '\u20e3'
	tagEnd            = '\U000e007f'
	maxEmoji          = 64 // characters
)

// isEmoji reports whether a text is a single emoji: a picture, perhaps with a
// skin tone; a flag; a keycap; or several of them joined to one.
func isEmoji(s string) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxEmoji {
		return false
	}
	runes := []rune(s)
	for {
		n := emojiElement(runes)
		switch {
		case n == 0:
			return false
		case n == len(runes):
			return true
		case runes[n] != zeroWidthJoiner:
			return false
		}
		runes = runes[n+1:]
	}
}

// emojiElement returns how many characters the element that the text begins
// with has, 0 when it begins with none. Elements are what joiners join.
func emojiElement(s []rune) int {
	at := func(i int) rune {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	switch r := at(0); {
	case r >= '0' && r <= '9' || r == '#' || r == '*':
		if at(1) == keycap {
			return 2
		}
		if at(1) == emojiPresentation && at(2) == keycap {
			return 3
		}
		return 0
	case isFlagLetter(r):
		if isFlagLetter(at(1)) {
			return 2
		}
		return 0
	case isSkinTone(r):
		return 1 // a swatch
	case !unicode.Is(pictographs, r):
		return 0
	}
	n := 1
	if isSkinTone(at(n)) || at(n) == emojiPresentation {
		n++
	}
	if end := tagged(s[n:]); end > 0 {
		n += end
	}
	return n
}

// tagged returns the length of the tags that a text begins with, as in the flag of Scotland; 0 for none.
func tagged(s []rune) int {
	for i, r := range s {
		switch {
		case r == tagEnd && i > 0:
			return i + 1
		case r < 0xe0020 || r >= tagEnd:
			return 0
		}
	}
	return 0
}

func isFlagLetter(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }
