package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// closeness is how well a conversation's name answers to what a person wrote; the lower, the better.
type closeness int

const (
	sameName   closeness = iota // to the letter
	sameWords                   // but for capitals and spaces around
	nameBegins                  // with it
	wordBegins                  // a later word of the name does
	nameHolds                   // it, somewhere
	lettersIn                   // all its letters, in their order
	different
)

// minFuzzy is how many characters it takes to mean a conversation by a part of its name.
const minFuzzy = 2

// compareNames tells how close what was written is to a name.
func compareNames(name, written string) closeness {
	if name == written {
		return sameName
	}
	name, written = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(written))
	at := strings.Index(name, written)
	switch {
	case name == written:
		return sameWords
	case utf8.RuneCountInString(written) < minFuzzy:
		return different
	case at == 0:
		return nameBegins
	case at > 0:
		for ; at > 0; at = next(name, written, at) {
			if before, _ := utf8.DecodeLastRuneInString(name[:at]); !unicode.IsLetter(before) && !unicode.IsDigit(before) {
				return wordBegins
			}
		}
		return nameHolds
	case hasLetters(name, written):
		return lettersIn
	}
	return different
}

// next is where a part occurs in a name after a place, or -1.
func next(name, part string, after int) int {
	_, size := utf8.DecodeRuneInString(name[after:])
	if i := strings.Index(name[after+size:], part); i >= 0 {
		return after + size + i
	}
	return -1
}

// hasLetters reports whether all letters that were written are in a name, in their order.
func hasLetters(name, written string) bool {
	for _, letter := range written {
		i := strings.IndexRune(name, letter)
		if i < 0 {
			return false
		}
		_, size := utf8.DecodeRuneInString(name[i:])
		name = name[i+size:]
	}
	return true
}
