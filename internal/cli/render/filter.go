package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/itchyny/gojq"
)

// Filter is a filter in the language of jq.
type Filter struct{ code *gojq.Code }

// NewFilter compiles a filter. It sees nothing of the environment, and reads no files.
func NewFilter(expression string) (*Filter, error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	return &Filter{code}, nil
}

// write writes the results for a document, each on a line, strings without quotes. When one fails, none is written.
func (f *Filter) write(ctx context.Context, w io.Writer, form Form, data []byte) error {
	input, err := decode(data)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	results := f.code.RunWithContext(ctx, input)
	for {
		result, more := results.Next()
		if !more {
			break
		}
		if err, ok := result.(error); ok {
			if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.Value() == nil {
				break
			}
			return fmt.Errorf("jq: %w", err)
		}
		if text, ok := result.(string); ok {
			if form.Terminal {
				text = Clean(text)
			}
			b.WriteString(text + "\n")
			continue
		}
		encoded, err := gojq.Marshal(result)
		if err != nil {
			return fmt.Errorf("jq: %w", err)
		}
		if err := form.writeJSON(&b, harmless(encoded)); err != nil {
			return err
		}
	}
	_, err = w.Write(b.Bytes())
	return err
}
