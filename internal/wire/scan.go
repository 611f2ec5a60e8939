package wire

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoder walks over one JSON text.
type decoder struct {
	s     string
	i     int
	depth int
}

func (d *decoder) errorf(format string, args ...any) error {
	return &Error{Offset: d.i, Msg: fmt.Sprintf(format, args...)}
}

func (d *decoder) eof() error {
	return &Error{Offset: d.i, Msg: "unexpected end", Err: io.ErrUnexpectedEOF}
}

func (d *decoder) space() {
	for d.i < len(d.s) {
		switch d.s[d.i] {
		case ' ', '\t', '\n', '\r':
			d.i++
		default:
			return
		}
	}
}

// peek gives the next byte without taking it; 0 at the end.
func (d *decoder) peek() byte {
	if d.i < len(d.s) {
		return d.s[d.i]
	}
	return 0
}

// kind names the next value for messages.
func (d *decoder) kind() string {
	switch c := d.peek(); {
	case d.i >= len(d.s):
		return "nothing"
	case c == '{':
		return "an object"
	case c == '[':
		return "an array"
	case c == '"':
		return "a string"
	case c == 't' || c == 'f':
		return "a boolean"
	case c == 'n':
		return "null"
	case c == '-' || c >= '0' && c <= '9':
		return "a number"
	}
	return fmt.Sprintf("%q", d.s[d.i])
}

// unlike says that the next value is not what was wanted, or that the text ends inside it.
func (d *decoder) unlike(want string) error {
	rest := d.s[d.i:]
	for _, word := range [...]string{"true", "false", "null"} {
		if len(rest) < len(word) && strings.HasPrefix(word, rest) {
			d.i = len(d.s)
			return d.eof()
		}
	}
	return d.errorf("want %s, got %s", want, d.kind())
}

// literal takes the word if it is next.
func (d *decoder) literal(word string) bool {
	if strings.HasPrefix(d.s[d.i:], word) {
		d.i += len(word)
		return true
	}
	return false
}

// emptyArray takes a [] if it is next.
func (d *decoder) emptyArray() bool {
	j := d.i + 1
	for j < len(d.s) && (d.s[j] == ' ' || d.s[j] == '\n' || d.s[j] == '\t' || d.s[j] == '\r') {
		j++
	}
	if d.peek() == '[' && j < len(d.s) && d.s[j] == ']' {
		d.i = j + 1
		return true
	}
	return false
}

// nothing takes what PHP uses for "nothing here" where a structured value is expected.
func (d *decoder) nothing() bool {
	switch d.peek() {
	case 'n':
		return d.literal("null")
	case 'f':
		return d.literal("false")
	case '"':
		return d.literal(`""`)
	case '[':
		return d.emptyArray()
	}
	return false
}

func (d *decoder) enter() error {
	if d.depth++; d.depth > maxDepth {
		return d.errorf("nested deeper than %d", maxDepth)
	}
	d.i++
	return nil
}

// object calls f for each member; f must take the value.
func (d *decoder) object(f func(key string) error) error {
	if err := d.enter(); err != nil {
		return err
	}
	d.space()
	if d.peek() == '}' {
		d.i++
		d.depth--
		return nil
	}
	for {
		d.space()
		if d.peek() != '"' {
			return d.unlike("a key")
		}
		key, err := d.str()
		if err != nil {
			return err
		}
		d.space()
		if d.peek() != ':' {
			return d.unlike("a colon")
		}
		d.i++
		d.space()
		if err := f(key); err != nil {
			return err
		}
		if done, err := d.next('}'); done || err != nil {
			return err
		}
	}
}

// array calls f for each element; f must take it.
func (d *decoder) array(f func(i int) error) error {
	if err := d.enter(); err != nil {
		return err
	}
	d.space()
	if d.peek() == ']' {
		d.i++
		d.depth--
		return nil
	}
	for n := 0; ; n++ {
		d.space()
		if err := f(n); err != nil {
			return err
		}
		if done, err := d.next(']'); done || err != nil {
			return err
		}
	}
}

// next takes the comma or the closing bracket after a member.
func (d *decoder) next(closing byte) (done bool, err error) {
	d.space()
	switch {
	case d.peek() == ',':
		d.i++
		return false, nil
	case d.peek() == closing:
		d.i++
		d.depth--
		return true, nil
	}
	return false, d.unlike(fmt.Sprintf("a comma or %q", closing))
}

// str takes a string. Without escapes it is a part of the text, not a copy.
func (d *decoder) str() (string, error) {
	start := d.i + 1
	for j := start; j < len(d.s); j++ {
		switch c := d.s[j]; {
		case c == '"':
			d.i = j + 1
			return d.s[start:j], nil
		case c == '\\' || c >= utf8.RuneSelf:
			return d.unescape(start, j)
		case c < ' ':
			d.i = j
			return "", d.errorf("control character %q in a string", c)
		}
	}
	d.i = len(d.s)
	return "", d.eof()
}

// unescape takes the rest of a string that is plain up to j.
func (d *decoder) unescape(start, j int) (string, error) {
	b := make([]byte, 0, j-start+32)
	b = append(b, d.s[start:j]...)
	for j < len(d.s) {
		c := d.s[j]
		switch {
		case c == '"':
			d.i = j + 1
			return string(b), nil
		case c == '\\':
			n, r, err := d.escape(j)
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
			j += n
		case c < ' ':
			d.i = j
			return "", d.errorf("control character %q in a string", c)
		case c < utf8.RuneSelf:
			b = append(b, c)
			j++
		default:
			r, n := utf8.DecodeRuneInString(d.s[j:])
			b = utf8.AppendRune(b, r)
			j += n
		}
	}
	d.i = len(d.s)
	return "", d.eof()
}

// escape decodes the escape at j, a surrogate pair being one; a lone surrogate becomes U+FFFD.
func (d *decoder) escape(j int) (n int, r rune, err error) {
	if j+1 >= len(d.s) {
		d.i = len(d.s)
		return 0, 0, d.eof()
	}
	switch d.s[j+1] {
	case '"', '\\', '/':
		return 2, rune(d.s[j+1]), nil
	case 'b':
		return 2, '\b', nil
	case 'f':
		return 2, '\f', nil
	case 'n':
		return 2, '\n', nil
	case 'r':
		return 2, '\r', nil
	case 't':
		return 2, '\t', nil
	case 'u':
		if j+6 > len(d.s) {
			d.i = len(d.s)
			return 0, 0, d.eof()
		}
		r, ok := d.hex(j + 2)
		if !ok {
			break
		}
		if !utf16.IsSurrogate(r) {
			return 6, r, nil
		}
		if j+7 < len(d.s) && d.s[j+6] == '\\' && d.s[j+7] == 'u' {
			if low, ok := d.hex(j + 8); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return 12, pair, nil
				}
			}
		}
		return 6, utf8.RuneError, nil
	}
	d.i = j
	return 0, 0, d.errorf("bad escape in a string")
}

func (d *decoder) hex(j int) (rune, bool) {
	if j+4 > len(d.s) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(d.s[j : j+4]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// number takes a number and gives its text.
func (d *decoder) number() (string, error) {
	start := d.i
	j := d.i
	digits := func() bool {
		from := j
		for j < len(d.s) && d.s[j] >= '0' && d.s[j] <= '9' {
			j++
		}
		return j > from
	}
	if j < len(d.s) && d.s[j] == '-' {
		j++
	}
	intStart := j
	ok := digits() && (d.s[intStart] != '0' || j == intStart+1)
	if ok && j < len(d.s) && d.s[j] == '.' {
		j++
		ok = digits()
	}
	if ok && j < len(d.s) && (d.s[j] == 'e' || d.s[j] == 'E') {
		j++
		if j < len(d.s) && (d.s[j] == '+' || d.s[j] == '-') {
			j++
		}
		ok = digits()
	}
	if !ok {
		if j >= len(d.s) {
			d.i = j
			return "", d.eof()
		}
		return "", d.errorf("bad number")
	}
	d.i = j
	if j == len(d.s) && d.depth > 0 {
		return "", d.eof() // more digits may have been cut off
	}
	return d.s[start:j], nil
}

// skip takes any value, checking that it is well formed.
func (d *decoder) skip() error {
	switch c := d.peek(); {
	case c == '{':
		return d.object(func(string) error { return d.skip() })
	case c == '[':
		return d.array(func(int) error { return d.skip() })
	case c == '"':
		_, err := d.str()
		return err
	case c == '-' || c >= '0' && c <= '9':
		_, err := d.number()
		return err
	case d.literal("true"), d.literal("false"), d.literal("null"):
		return nil
	}
	return d.unlike("a value")
}

// intText reads a whole number from text, as PHP writes one when it has become a float or a string.
func intText(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != float64(int64(f)) || f >= 1<<63 || f < -1<<63 {
		return 0, false
	}
	return int64(f), true
}
