package render

import (
	"hash/fnv"
	"strings"
	"unicode"
)

// AvatarMargin is how many columns [Form.Avatar] takes beside those of the initials.
const AvatarMargin = 2

// Initials stand for the picture of somebody, or of a conversation: the first letters of the first and the last word of its
// name, or "?" for a name without any.
func Initials(name string) string {
	var first, last string
	for word := range strings.FieldsSeq(Clean(name)) {
		i := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
		if i < 0 {
			continue
		}
		letter := ""
		for _, r := range word[i:] {
			letter = string(unicode.ToUpper(r))
			break
		}
		if first == "" {
			first = letter
		} else {
			last = letter
		}
	}
	if first == "" {
		return "?"
	}
	return first + last
}

// Avatar shows initials as a picture would look: on a ground whose colour they choose, the same wherever they stand.
// Without colour there are no pictures, and it is empty.
func (f Form) Avatar(initials string) string {
	if !f.Color || initials == "" {
		return ""
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(initials))
	grounds := []string{"41", "42", "43", "44", "45", "46"}
	ground := grounds[int(sum.Sum32()%uint32(len(grounds)))]
	text := "30" // black
	if ground == "44" || ground == "41" {
		text = "97" // white
	}
	return f.sgr(text+";"+ground, " "+initials+" ")
}
