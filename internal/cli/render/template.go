package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"
)

// Template is a text with holes that values fill, in the language of text/template.
type Template struct{ tmpl *template.Template }

// NewTemplate parses a template. Beside the functions of text/template it knows join, pluck, timeago, timefmt and truncate;
// times are told from now.
func NewTemplate(text string, now time.Time) (*Template, error) {
	tmpl, err := template.New("template").Funcs(template.FuncMap{
		"join":    join,
		"pluck":   pluck,
		"timeago": func(v any) (string, error) { return onTime(v, func(t time.Time) string { return relative(now, t) }) },
		"timefmt": func(layout string, v any) (string, error) {
			return onTime(v, func(t time.Time) string { return t.Format(layout) })
		},
		"truncate": func(width int, v any) string { return Truncate(plainText(v), width) },
	}).Parse(text)
	if err != nil {
		return nil, err
	}
	return &Template{tmpl}, nil
}

// write fills the template and writes it, as a whole or not at all. On a terminal, values are made harmless.
func (t *Template) write(w io.Writer, form Form, data []byte) error {
	input, err := decode(data)
	if err != nil {
		return err
	}
	if form.Terminal {
		input = cleaned(input)
	}
	var b bytes.Buffer
	if err := t.tmpl.Execute(&b, input); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func cleaned(v any) any {
	switch v := v.(type) {
	case string:
		return Clean(v)
	case []any:
		for i, value := range v {
			v[i] = cleaned(value)
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, value := range v {
			clean[Clean(key)] = cleaned(value)
		}
		return clean
	}
	return v
}

// plainText writes a value as one text; null is none.
func plainText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// join writes the values of a list with something between them.
func join(separator string, list any) (string, error) {
	values, ok := list.([]any)
	if !ok {
		return "", fmt.Errorf("join: %T is no list", list)
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = plainText(value)
	}
	return strings.Join(texts, separator), nil
}

// pluck gives a field of each object in a list.
func pluck(field string, list any) ([]any, error) {
	values, ok := list.([]any)
	if !ok {
		return nil, fmt.Errorf("pluck: %T is no list", list)
	}
	var plucked []any
	for _, value := range values {
		if object, ok := value.(map[string]any); ok {
			plucked = append(plucked, object[field])
		}
	}
	return plucked, nil
}

// onTime reads a time as Talk writes it, in seconds since 1970, or in RFC 3339. No time is empty.
func onTime(v any, write func(time.Time) string) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case int:
		if v == 0 {
			return "", nil
		}
		return write(time.Unix(int64(v), 0).UTC()), nil
	case string:
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return "", err
		}
		return write(t), nil
	}
	return "", fmt.Errorf("%v is no time", v)
}
