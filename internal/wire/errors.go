package wire

import (
	"errors"
	"fmt"
	"strconv"
)

// Error says where a JSON value is not what was expected.
type Error struct {
	// Path leads to the value, as in "lastMessage.id"; empty at the top.
	Path string
	// Offset is the position in the decoded bytes.
	Offset int
	// Msg says what is wrong.
	Msg string
	// Err is the cause, if there is one.
	Err error
}

// Error tells the place and what is wrong there.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("json: offset %d: %s", e.Offset, e.Msg)
	}
	return fmt.Sprintf("json: %s (offset %d): %s", e.Path, e.Offset, e.Msg)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// under puts a key before the path of an error that comes from below it.
func under(err error, key string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Path == "":
		e.Path = key
	case e.Path[0] == '[':
		e.Path = key + e.Path
	default:
		e.Path = key + "." + e.Path
	}
	return e
}

func underIndex(err error, i int) error { return under(err, "["+strconv.Itoa(i)+"]") }
