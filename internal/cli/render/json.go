package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// JSON writes a value as one document: indented for a person, in one line for a program.
func (f Form) JSON(w io.Writer, v any) error {
	data, err := encode(v)
	if err != nil {
		return err
	}
	if f.Terminal {
		var b bytes.Buffer
		if err := json.Indent(&b, data, "", "  "); err != nil {
			return fmt.Errorf("encode JSON: %w", err)
		}
		data = b.Bytes()
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// JSONLine writes a value as one line.
func JSONLine(w io.Writer, v any) error { return Form{}.JSON(w, v) }

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

// Array writes a JSON array element by element, so that it needs not be held in memory. It is one document once it is closed;
// until then what was written is no valid JSON, and cannot be taken for the whole.
type Array struct {
	form  Form
	w     io.Writer
	count int
}

// Array begins an array.
func (f Form) Array(w io.Writer) *Array { return &Array{form: f, w: w} }

// Add writes an element.
func (a *Array) Add(v any) error {
	data, err := encode(v)
	if err != nil {
		return err
	}
	lead := ","
	if a.count == 0 {
		lead = "["
	}
	if a.form.Terminal {
		var b bytes.Buffer
		if err := json.Indent(&b, data, "  ", "  "); err != nil {
			return fmt.Errorf("encode JSON: %w", err)
		}
		data, lead = b.Bytes(), lead+"\n  "
	}
	a.count++
	_, err = fmt.Fprintf(a.w, "%s%s", lead, data)
	return err
}

// Close ends the array.
func (a *Array) Close() error {
	end := "]\n"
	switch {
	case a.count == 0:
		end = "[]\n"
	case a.form.Terminal:
		end = "\n]\n"
	}
	_, err := io.WriteString(a.w, end)
	return err
}
