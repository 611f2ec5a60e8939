// Package playback plays exchanges with real servers again, out of testdata/recordings, for tests of what the embedded
// server does not serve. It answers the requests that were recorded, and no others.
package playback

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// Exchange is a recorded request and its answer.
type Exchange struct {
	N               int               `json:"n"`
	As              *string           `json:"as"` // the user, nil for nobody
	Method          string            `json:"method"`
	Path            string            `json:"path"`
	Query           map[string]any    `json:"query"`
	Body            json.RawMessage   `json:"body"`
	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"response_headers"`
	Response        json.RawMessage   `json:"response"`
	ResponseText    string            `json:"response_text"`
	Captured        map[string]any    `json:"captured"`
}

// String names the exchange for people.
func (e *Exchange) String() string {
	who := "nobody"
	if e.As != nil {
		who = *e.As
	}
	return fmt.Sprintf("#%d %s: %s %s", e.N, who, e.Method, e.Path)
}

// Story gives the exchanges of a story such as "talk-23/pins", with its variables filled in, and their values.
func Story(name string) ([]*Exchange, map[string]string, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, nil, err
	}
	data, err := os.ReadFile(filepath.Join(root, "testdata", "recordings", filepath.FromSlash(name)+".ndjson"))
	if err != nil {
		return nil, nil, err
	}
	var all []*Exchange
	vars := map[string]any{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		e := new(Exchange)
		if err := json.Unmarshal(lines.Bytes(), e); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if e.Method == "" { // the title, or what a bot was told
			continue
		}
		if err := e.fill(vars); err != nil {
			return nil, nil, fmt.Errorf("%s: %v: %w", name, e, err)
		}
		maps.Copy(vars, e.Captured)
		all = append(all, e)
	}
	values := map[string]string{}
	for key, value := range vars {
		values[key] = text(value)
	}
	return all, values, lines.Err()
}

var variable = regexp.MustCompile(`\{(\w+)\}`)

// fill puts the values of variables in their places.
func (e *Exchange) fill(vars map[string]any) error {
	insert := func(s string) string {
		return variable.ReplaceAllStringFunc(s, func(v string) string {
			if value, ok := vars[v[1:len(v)-1]]; ok {
				return text(value)
			}
			return v
		})
	}
	e.Path = insert(e.Path)
	for key, value := range e.Query {
		e.Query[key] = insert(text(value))
	}
	if len(e.Body) == 0 || string(e.Body) == "null" {
		e.Body = nil
		return nil
	}
	var body any
	if err := decode(e.Body, &body); err != nil {
		return err
	}
	filled, err := json.Marshal(walk(body, func(s string) any {
		if m := variable.FindString(s); m == s && m != "" {
			if value, ok := vars[m[1:len(m)-1]]; ok {
				return value // with its own type
			}
		}
		return insert(s)
	}))
	e.Body = filled
	return err
}

// walk changes all strings of a JSON value.
func walk(v any, change func(string) any) any {
	switch v := v.(type) {
	case string:
		return change(v)
	case []any:
		for i := range v {
			v[i] = walk(v[i], change)
		}
	case map[string]any:
		for key := range v {
			v[key] = walk(v[key], change)
		}
	}
	return v
}

// text writes a value as a query has it.
func text(value any) string {
	if n, ok := value.(float64); ok {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprint(value)
}

func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // ids are longer than a float64 is exact
	return d.Decode(v)
}

// moduleRoot finds the module that a test runs in.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("playback: there is no go.mod above the working directory")
		}
		dir = up
	}
}

// meaning brings the body of a request to the form in which requests are compared: servers take a member at zero for an
// absent one, and clients mark messages as they like.
func meaning(body []byte) (string, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "{}", nil
	}
	var v any
	if err := decode(body, &v); err != nil {
		return "", err
	}
	if members, ok := v.(map[string]any); ok {
		delete(members, "referenceId")
		for key, value := range members {
			if slices.Contains([]any{nil, false, ""}, value) || value == json.Number("0") {
				delete(members, key)
			}
		}
	}
	data, err := json.Marshal(v)
	return string(data), err
}
