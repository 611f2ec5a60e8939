package bot

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

var fenceLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^ {0,3}(```+|~~~+)(.*)$") })

// quotedMention is made when it is needed: its repetition makes it as large as a hundred others.
var quotedMention = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`@"[^"\n]{1,200}"`) })

// Split cuts a message into parts of at most limit characters each: between paragraphs if it can, else between lines, else between words, and
// never inside a character. A mention stays whole where it can. A block of code that is cut is closed, and goes on as one in the
// next part. White space around a cut is left out, as a server would. A limit below 1 gives the message uncut.
func Split(message string, limit int) []string {
	message = strings.TrimSpace(message)
	if limit < 1 {
		return []string{message}
	}
	var parts []string
	rest, open := message, ""
	for {
		head := ""
		if open != "" {
			head = open + "\n"
		}
		if !longer(rest, limit-utf8.RuneCountInString(head)) {
			return append(parts, head+rest)
		}
		// Room to close the block, whether one is open at the cut or not.
		room := limit - utf8.RuneCountInString(head) - len(closing(open)) - 8
		fenced := room >= limit/2 && room > 0
		if !fenced { // no room for that: code is text like any other
			head, open, room = "", "", limit
		}
		at := cut(rest, room)
		part := rest[:at]
		after := ""
		if fenced {
			after = openFence(open, part)
			if c := closing(after); utf8.RuneCountInString(head+part+c) > limit || utf8.RuneCountInString(after) > limit/4 {
				after = ""
			}
		}
		if after != "" {
			parts = append(parts, head+strings.TrimRightFunc(part, unicode.IsSpace)+closing(after))
			rest = strings.TrimPrefix(strings.TrimPrefix(rest[at:], "\r"), "\n")
		} else {
			if part = strings.TrimSpace(head + part); part != "" {
				parts = append(parts, part)
			}
			rest = strings.TrimLeftFunc(rest[at:], unicode.IsSpace)
		}
		open = after
		if strings.TrimSpace(rest) == "" {
			return parts
		}
	}
}

// longer reports whether a text has more characters than n, without counting more of them.
func longer(text string, n int) bool {
	if len(text) <= n {
		return false
	}
	for range text {
		if n--; n < 0 {
			return true
		}
	}
	return false
}

// closing gives the line that ends a block of code.
func closing(open string) string {
	m := fenceLine().FindStringSubmatch(open)
	if m == nil {
		return ""
	}
	return "\n" + m[1]
}

// openFence gives the line that opened the block of code that is open at the end of a text; empty for none.
func openFence(open, text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		m := fenceLine().FindStringSubmatch(line)
		switch {
		case m == nil:
		case open == "":
			open = line
		default:
			begun := fenceLine().FindStringSubmatch(open)[1]
			if m[1][0] == begun[0] && len(m[1]) >= len(begun) && strings.TrimSpace(m[2]) == "" {
				open = ""
			}
		}
	}
	return open
}

// cut gives where to cut a text that has more than limit characters, in bytes.
func cut(text string, limit int) int {
	end := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	window := text[:end]
	half := end / 2
	if at := strings.LastIndex(window, "\n\n"); at >= half && at > 0 {
		return at
	}
	if at := strings.LastIndex(window, "\n"); at >= half && at > 0 {
		return at
	}
	if at := lastSpace(text, end); at > 0 {
		return at
	}
	if at := wholeMention(text, end); at > 0 {
		end = at
	}
	return wholeCharacter(text, end)
}

// lastSpace gives the last white space up to end that is not inside a mention; 0 for none.
func lastSpace(text string, end int) int {
	if r, _ := utf8.DecodeRuneInString(text[end:]); unicode.IsSpace(r) && wholeMention(text, end) == 0 {
		return end
	}
	for at := end; at > 0; {
		at = strings.LastIndexFunc(text[:at], unicode.IsSpace)
		if at <= 0 {
			return 0
		}
		inside := wholeMention(text, at)
		if inside == 0 {
			return at
		}
		at = inside
	}
	return 0
}

// wholeMention gives where the mention begins that a cut at some place would cut; 0 for none, and for one that begins the text.
func wholeMention(text string, at int) int {
	const longest = 204 // what quotedMention matches at most, in characters
	from := at
	for range longest {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	for _, m := range quotedMention().FindAllStringIndex(text[from:], -1) {
		if begin, end := from+m[0], from+m[1]; begin < at && at < end {
			return begin
		}
		if from+m[0] >= at {
			break
		}
	}
	return 0
}

// wholeCharacter moves a cut back to where it does not part a letter from its accents, or an emoji from what makes it up.
func wholeCharacter(text string, end int) int {
	const most = 16 // characters that one shown may be made of
	at := end
	for range most {
		next, _ := utf8.DecodeRuneInString(text[at:])
		last, size := utf8.DecodeLastRuneInString(text[:at])
		const joiner = '\u200d'
		joined := next == joiner || last == joiner || unicode.Is(unicode.M, next) || next >= 0x1f3fb && next <= 0x1f3ff
		if !joined {
			return at
		}
		at -= size
		if at <= 0 {
			break
		}
	}
	return end
}
