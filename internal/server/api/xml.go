package api

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
)

var xmlName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`) })

// encodeXML writes a value as Nextcloud writes OCS answers in XML: keys are
// elements, the items of a list are elements called "element".
func encodeXML(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := appendJSON(&b, v); err != nil {
		return nil, err
	}
	d := json.NewDecoder(&b)
	d.UseNumber()
	out := bytes.NewBufferString("<?xml version=\"1.0\"?>\n")
	if _, err := d.Token(); err != nil { // the outermost brace, which has no element
		return nil, err
	}
	if err := xmlChildren(out, d, 0, true); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// xmlChildren writes the members of an object, or the items of a list, that has just begun.
func xmlChildren(out *bytes.Buffer, d *json.Decoder, depth int, isObject bool) error {
	for d.More() {
		name := "element"
		if isObject {
			key, err := d.Token()
			if err != nil {
				return err
			}
			if s, ok := key.(string); ok && xmlName().MatchString(s) {
				name = s
			}
		}
		if err := xmlElement(out, d, depth, name); err != nil {
			return err
		}
	}
	_, err := d.Token() // the closing brace or bracket
	return err
}

func xmlElement(out *bytes.Buffer, d *json.Decoder, depth int, name string) error {
	tok, err := d.Token()
	if err != nil {
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	indent := strings.Repeat(" ", depth)
	switch v := tok.(type) {
	case json.Delim:
		if !d.More() {
			fmt.Fprintf(out, "%s<%s/>\n", indent, name)
			_, err := d.Token()
			return err
		}
		fmt.Fprintf(out, "%s<%s>\n", indent, name)
		if err := xmlChildren(out, d, depth+1, v == '{'); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s</%s>\n", indent, name)
	case nil:
		fmt.Fprintf(out, "%s<%s/>\n", indent, name)
	case bool:
		text := ""
		if v {
			text = "1"
		}
		fmt.Fprintf(out, "%s<%s>%s</%s>\n", indent, name, text, name)
	default:
		fmt.Fprintf(out, "%s<%s>", indent, name)
		if err := xml.EscapeText(out, []byte(fmt.Sprint(v))); err != nil {
			return err
		}
		fmt.Fprintf(out, "</%s>\n", name)
	}
	return nil
}
