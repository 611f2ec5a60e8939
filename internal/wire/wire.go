// Package wire reads and writes the JSON of a PHP server as plain Go structs.
//
// PHP has one array type, so an empty map arrives as [], a list whose keys have gaps as an object; an integer may arrive
// as a string or a float, a boolean as 0 or 1, and nothing at all as null, [], "" or false. Every such quirk is absorbed here, once.
// What a struct has no field for is kept in its [Extra], and encoding gives back what was decoded, absent and null keys included.
//
// A field is described by its json tag: the key, then options.
//
//	omitempty  the zero value is left out
//	null       the zero value is written as null
//	array      an empty map is written as [], as PHP does
//	number     a boolean is written as 0 or 1
//	string     a number or a time is written as a string, and no value as an empty one
//	inline     the fields of this struct stand beside those of its parent, and are left out together when all are zero
//
// A [time.Time] is Unix seconds, zero for the zero time; a [time.Duration] is seconds. Struct types are always read by
// their fields; their own UnmarshalJSON, if any, is expected to call [Unmarshal].
package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// maxDepth bounds the nesting of what is decoded, so that hostile input cannot exhaust the stack.
const maxDepth = 128

// Unmarshal decodes one JSON value into what v points to.
//
// The strings of v share one copy of data; data itself is not retained.
func Unmarshal(data []byte, v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("wire: Unmarshal into %T, want a pointer", v)
	}
	d := decoder{s: string(data)}
	d.space()
	if err := codecOf(rv.Type().Elem()).decode(&d, rv.Elem(), plain); err != nil {
		return err
	}
	d.space()
	if d.i != len(d.s) {
		return d.errorf("unexpected data after the value")
	}
	return nil
}

// Marshal encodes v as JSON. Slashes, angle brackets and non-ASCII characters are written as they are.
func Marshal(v any) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if !rv.IsValid() {
		return []byte("null"), nil
	}
	return codecOf(rv.Type()).encode(nil, rv, plain)
}

// Valid reports whether data is one JSON value by the rules of this package.
func Valid(data []byte) bool {
	d := decoder{s: string(data)}
	d.space()
	if d.skip() != nil {
		return false
	}
	d.space()
	return d.i == len(d.s)
}

// Raw is a JSON value left undecoded.
type Raw = json.RawMessage
