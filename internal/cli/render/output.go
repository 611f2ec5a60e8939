package render

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// Output writes values for programs: as JSON, or as what somebody makes of it. The zero value writes all of it in one line.
type Output struct {
	Form Form
	// Fields are the members of objects to show, in this order; nil shows all.
	Fields []string
	// Filter, if set, writes its results in place of the value.
	Filter *Filter
	// Template, if set, is filled with the value, and written in its place.
	Template *Template
}

// Value writes a value as one document.
func (o Output) Value(ctx context.Context, w io.Writer, v any) error {
	data, err := encode(v)
	if err != nil {
		return err
	}
	if o.Fields != nil {
		if data, err = pick(data, o.Fields); err != nil {
			return err
		}
	}
	switch {
	case o.Filter != nil:
		return o.Filter.write(ctx, w, o.Form, data)
	case o.Template != nil:
		return o.Template.write(w, o.Form, data)
	}
	return o.Form.writeJSON(w, data)
}

// Line writes a value as one line of many, or as the results that a filter or a template gives for it.
func (o Output) Line(ctx context.Context, w io.Writer, v any) error {
	if o.Template == nil && o.Filter == nil {
		o.Form = Form{}
	}
	return o.Value(ctx, w, v)
}

// Array writes values as the elements of one document. Plain JSON needs not be held in memory; a filter or a template wants
// the whole.
type Array struct {
	out   Output
	w     io.Writer
	count int
	held  []json.RawMessage
}

// Array begins an array. Until it is closed, what was written is no valid JSON, and cannot be taken for the whole.
func (o Output) Array(w io.Writer) *Array { return &Array{out: o, w: w} }

// Add adds an element.
func (a *Array) Add(v any) error {
	data, err := encode(v)
	if err != nil {
		return err
	}
	if a.out.Fields != nil {
		if data, err = pick(data, a.out.Fields); err != nil {
			return err
		}
	}
	if a.out.Filter != nil || a.out.Template != nil {
		a.held = append(a.held, data)
		return nil
	}
	lead := ","
	if a.count == 0 {
		lead = "["
	}
	if a.out.Form.Terminal {
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
func (a *Array) Close(ctx context.Context) error {
	if a.out.Filter != nil || a.out.Template != nil {
		o := a.out
		o.Fields = nil // they have been picked
		return o.Value(ctx, a.w, append([]json.RawMessage{}, a.held...))
	}
	end := "]\n"
	switch {
	case a.count == 0:
		end = "[]\n"
	case a.out.Form.Terminal:
		end = "\n]\n"
	}
	_, err := io.WriteString(a.w, end)
	return err
}
