package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// JSONLine writes a value as one line of JSON.
func JSONLine(w io.Writer, v any) error {
	data, err := encode(v)
	if err != nil {
		return err
	}
	return Form{}.writeJSON(w, data)
}

// writeJSON writes a document: indented for a person, in one line for a program.
func (f Form) writeJSON(w io.Writer, data []byte) error {
	if f.Terminal {
		var b bytes.Buffer
		if err := json.Indent(&b, data, "", "  "); err != nil {
			return fmt.Errorf("encode JSON: %w", err)
		}
		data = b.Bytes()
	}
	_, err := w.Write(append(slices.Clip(data), '\n'))
	return err
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	return harmless(bytes.TrimRight(b.Bytes(), "\n")), nil
}

// harmless escapes what JSON permits in strings and a terminal may obey. Outside of strings there is none of it.
func harmless(data []byte) []byte {
	bad := func(r rune) bool { return r == 0x7f || isC1(r) || isReordering(r) }
	if !bytes.ContainsFunc(data, bad) {
		return data
	}
	out := make([]byte, 0, len(data)+16)
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if bad(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, data[:size]...)
		}
		data = data[size:]
	}
	return out
}

// decode gives JSON as maps, slices and plain values; whole numbers as int, so that ids stay what they are.
func decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode JSON: %w", err)
	}
	return plain(v), nil
}

func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = plain(value)
		}
	case []any:
		for i, value := range v {
			v[i] = plain(value)
		}
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		// What is out of range is infinite then, as it is for other programs that read JSON.
		f, _ := strconv.ParseFloat(v.String(), 64)
		return f
	}
	return v
}
