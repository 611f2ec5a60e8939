package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxElement bounds one element of a stream, and so the memory that a hostile server can claim.
const maxElement = 16 << 20

// Elements reads the elements of an array somewhere in a JSON text one at a time, as they come off a reader, in memory that
// does not grow with the array. An object with the elements as its values, which PHP makes of a list with gaps, will do too.
type Elements struct {
	r     io.Reader
	path  []string
	buf   []byte
	i     int // next byte to look at
	off   int // bytes of the stream dropped before buf
	err   error
	state state
	close byte // what ends the array or object that holds the elements
}

type state uint8

const (
	atStart state = iota
	atFirst
	atNext
	atEnd
)

// NewElements returns the elements of the array that is reached from the top through the given keys.
func NewElements(r io.Reader, path ...string) *Elements {
	return &Elements{r: r, path: path}
}

// Next gives the next element, valid until the next call. It ends with [io.EOF] after the last one; a text that is cut
// off gives an error that wraps [io.ErrUnexpectedEOF], and anything else than such an array an [*Error]. Errors stay.
func (e *Elements) Next() ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	element, err := e.next()
	if err != nil {
		e.err = err
		return nil, err
	}
	return element, nil
}

func (e *Elements) next() ([]byte, error) {
	if e.state == atStart {
		if err := e.open(); err != nil {
			return nil, err
		}
	}
	if e.state == atEnd {
		return nil, io.EOF
	}
	c, err := e.token()
	if err != nil {
		return nil, err
	}
	switch {
	case c == e.close:
		e.i++
		e.state = atEnd
		return nil, io.EOF
	case e.state == atFirst:
		e.state = atNext
	case c == ',':
		e.i++
		if _, err := e.token(); err != nil {
			return nil, err
		}
	default:
		return nil, e.errorf("want a comma or %q, got %q", e.close, c)
	}
	if e.close == '}' {
		if _, err := e.key(); err != nil {
			return nil, err
		}
	}
	return e.value()
}

// open goes down the path to the array.
func (e *Elements) open() error {
	for _, want := range e.path {
		if c, err := e.token(); err != nil {
			return err
		} else if c != '{' {
			return e.errorf("want an object with key %q, got %q", want, c)
		}
		e.i++
		if err := e.member(want); err != nil {
			return err
		}
	}
	c, err := e.token()
	if err != nil {
		return err
	}
	switch c {
	case '[':
		e.close = ']'
	case '{':
		e.close = '}'
	case 'n':
		word, err := e.value()
		if err == nil && string(word) == "null" {
			e.state = atEnd
			return nil
		}
		return e.errorf("want an array")
	default:
		return e.errorf("want an array, got %q", c)
	}
	e.i++
	e.state = atFirst
	return nil
}

// member goes to the value of a key of the object that is open.
func (e *Elements) member(want string) error {
	for first := true; ; first = false {
		c, err := e.token()
		if err != nil {
			return err
		}
		switch {
		case c == '}':
			return e.errorf("there is no key %q", want)
		case c == ',' && !first:
			e.i++
		case !first:
			return e.errorf("want a comma, got %q", c)
		}
		key, err := e.key()
		if err != nil || key == want {
			return err
		}
		if _, err := e.value(); err != nil {
			return err
		}
	}
}

// key takes a key and its colon.
func (e *Elements) key() (string, error) {
	if c, err := e.token(); err != nil {
		return "", err
	} else if c != '"' {
		return "", e.errorf("want a key, got %q", c)
	}
	text, err := e.value()
	if err != nil {
		return "", err
	}
	d := decoder{s: string(text)}
	key, err := d.str()
	if err != nil {
		return "", err
	}
	if c, err := e.token(); err != nil {
		return "", err
	} else if c != ':' {
		return "", e.errorf("want a colon after key %q, got %q", key, c)
	}
	e.i++
	_, err = e.token()
	return key, err
}

// value takes one value whole. What is inside is checked when it is decoded; here only its end is looked for.
func (e *Elements) value() ([]byte, error) {
	e.drop()
	start, depth := e.i, 0
	for {
		for e.i < len(e.buf) {
			switch c := e.buf[e.i]; c {
			case '"':
				if err := e.quoted(start); err != nil {
					return nil, err
				}
				if depth == 0 {
					return e.buf[start:e.i], nil
				}
				continue
			case '{', '[':
				if depth++; depth > maxDepth {
					return nil, e.errorf("nested deeper than %d", maxDepth)
				}
			case '}', ']':
				if depth == 0 {
					return e.scalarEnd(start)
				}
				if depth--; depth == 0 {
					e.i++
					return e.buf[start:e.i], nil
				}
			case ',', ' ', '\n', '\t', '\r':
				if depth == 0 {
					return e.scalarEnd(start)
				}
			}
			e.i++
		}
		if err := e.fill(start); err != nil {
			return nil, err
		}
	}
}

func (e *Elements) scalarEnd(start int) ([]byte, error) {
	if e.i == start {
		return nil, e.errorf("want a value, got %q", e.buf[e.i])
	}
	return e.buf[start:e.i], nil
}

// quoted takes a string.
func (e *Elements) quoted(start int) error {
	e.i++
	for {
		rest := e.buf[e.i:]
		if n := bytes.IndexByte(rest, '"'); n >= 0 {
			if m := bytes.IndexByte(rest[:n], '\\'); m < 0 {
				e.i += n + 1
				return nil
			} else if m+1 < len(rest) {
				e.i += m + 2
				continue
			}
		} else if m := bytes.IndexByte(rest, '\\'); m >= 0 {
			e.i += m
			if m+1 < len(rest) {
				e.i += 2
				continue
			}
		} else {
			e.i = len(e.buf)
		}
		if err := e.fill(start); err != nil {
			return err
		}
	}
}

// token goes to the next byte that is not white space.
func (e *Elements) token() (byte, error) {
	for {
		for e.i < len(e.buf) {
			switch c := e.buf[e.i]; c {
			case ' ', '\n', '\t', '\r':
				e.i++
			default:
				return c, nil
			}
		}
		e.off += len(e.buf) // nothing of this is needed any more
		e.buf, e.i = e.buf[:0], 0
		if err := e.fill(0); err != nil {
			return 0, err
		}
	}
}

// drop forgets what was given out once that is the larger part of the buffer, so that it is moved seldom.
func (e *Elements) drop() {
	if e.i > cap(e.buf)/2 {
		n := copy(e.buf, e.buf[e.i:])
		e.off += e.i
		e.buf, e.i = e.buf[:n], 0
	}
}

// fill reads more, keeping what stands from start on where it is.
func (e *Elements) fill(start int) error {
	if len(e.buf)-start > maxElement {
		return e.errorf("an element of more than %d bytes", maxElement)
	}
	if cap(e.buf)-len(e.buf) < 4<<10 {
		grown := make([]byte, len(e.buf), max(32<<10, 2*cap(e.buf)))
		copy(grown, e.buf)
		e.buf = grown
	}
	for empty := 0; ; {
		n, err := e.r.Read(e.buf[len(e.buf):cap(e.buf)])
		e.buf = e.buf[:len(e.buf)+n]
		switch {
		case n > 0:
			return nil
		case errors.Is(err, io.EOF):
			return &Error{Offset: e.off + len(e.buf), Msg: "unexpected end", Err: io.ErrUnexpectedEOF}
		case err != nil:
			return err
		}
		if empty++; empty > 100 {
			return io.ErrNoProgress
		}
	}
}

func (e *Elements) errorf(format string, args ...any) error {
	return &Error{Offset: e.off + e.i, Msg: fmt.Sprintf(format, args...)}
}
