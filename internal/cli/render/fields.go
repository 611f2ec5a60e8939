package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// FieldNames gives the members that JSON shows of a type, or of the elements of a slice of it, sorted; none for what is no
// struct.
func FieldNames(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported(), name == "-":
		case slices.Contains(strings.Split(options, ","), "inline"), field.Anonymous && name == "":
			names = append(names, FieldNames(field.Type)...)
		case name == "":
			names = append(names, field.Name)
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pick leaves of an object, or of each object in an array, the fields that are wanted, in their order. One that is not there
// is null, so that each object has the same.
func pick(data []byte, fields []string) ([]byte, error) {
	var b bytes.Buffer
	switch {
	case bytes.HasPrefix(data, []byte("[")):
		var elements []json.RawMessage
		if err := json.Unmarshal(data, &elements); err != nil {
			return nil, fmt.Errorf("choose fields: %w", err)
		}
		b.WriteByte('[')
		for i, element := range elements {
			if i > 0 {
				b.WriteByte(',')
			}
			picked, err := pick(element, fields)
			if err != nil {
				return nil, err
			}
			b.Write(picked)
		}
		b.WriteByte(']')
	case bytes.HasPrefix(data, []byte("{")):
		var members map[string]json.RawMessage
		if err := json.Unmarshal(data, &members); err != nil {
			return nil, fmt.Errorf("choose fields: %w", err)
		}
		for i, field := range fields {
			name, err := encode(field)
			if err != nil {
				return nil, err
			}
			value, ok := members[field]
			if !ok {
				value = json.RawMessage("null")
			}
			lead := byte(',')
			if i == 0 {
				lead = '{'
			}
			b.WriteByte(lead)
			b.Write(name)
			b.WriteByte(':')
			b.Write(value)
		}
		b.WriteByte('}')
	default:
		return nil, errors.New("choose fields: it is no JSON object")
	}
	return b.Bytes(), nil
}
