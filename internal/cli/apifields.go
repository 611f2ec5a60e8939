package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// spreed is where the API of Talk stands.
const spreed = "/ocs/v2.php/apps/spreed/api/"

// versions are the current ones of the parts of Talk's API.
var versions = map[string]string{
	"room": "v4", "call": "v4", "listed-room": "v4", "dashboard": "v4", "signaling": "v3",
	"ban": "v1", "bot": "v1", "breakout-rooms": "v1", "bridge": "v1", "certificate": "v1", "chat": "v1", "federation": "v1",
	"file": "v1", "guest": "v1", "hostedsignalingserver": "v1", "poll": "v1", "proxy": "v1", "publicshare": "v1",
	"publicshareauth": "v1", "reaction": "v1", "recording": "v1", "settings": "v1",
}

// endpoint gives the path, below the server's address, that somebody means, and the query that they wrote with it.
func endpoint(base *url.URL, given string) (path string, query url.Values, err error) {
	u, err := url.Parse(given)
	if err != nil {
		return "", nil, usagef("the path cannot be read")
	}
	if query, err = url.ParseQuery(u.RawQuery); err != nil {
		return "", nil, usagef("the path's query cannot be read: %w", err)
	}
	path = u.Path
	if u.IsAbs() {
		below, ok := strings.CutPrefix(path, base.Path)
		if !ok || u.Host != base.Host || u.Scheme != base.Scheme {
			return "", nil, usagef("the address is not one of %s", base.Redacted())
		}
		path = "/" + strings.TrimPrefix(below, "/")
	}
	if !u.IsAbs() && u.Host != "" || strings.HasPrefix(path, "//") {
		return "", nil, usagef("the path begins with two slashes")
	}
	segments := strings.Split(path, "/")
	if slices.Contains(segments, "..") || slices.Contains(segments, ".") {
		return "", nil, usagef("the path has . or .. in it")
	}
	if strings.HasPrefix(path, "/") {
		return path, query, nil
	}
	switch segments[0] {
	case "":
		return "", nil, usagef("the path is empty")
	case "v1", "v2", "v3", "v4":
		return spreed + path, query, nil
	case "cloud", "core", "apps":
		return "/ocs/v2.php/" + path, query, nil
	}
	version, ok := versions[segments[0]]
	if !ok {
		return "", nil, usagef("%q is no part of Talk's API; paths elsewhere begin with a slash", segments[0])
	}
	if segments[0] == "room" && len(segments) > 2 && segments[2] == "avatar" {
		version = "v1"
	}
	return spreed + version + "/" + path, query, nil
}

// apiField is a field of a request.
type apiField struct {
	key   string
	value any // as JSON has it: a string, a number, a boolean or nil
}

// inQuery writes the value for a query, booleans as PHP reads them.
func (a apiField) inQuery() string {
	switch v := a.value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return fmt.Sprint(a.value)
}

// fields reads the fields that the flags give.
func (o *apiOptions) fields(f *factory) ([]apiField, error) {
	var fields []apiField
	for _, given := range o.text {
		key, value, err := cutField("--raw-field", given)
		if err != nil {
			return nil, err
		}
		fields = append(fields, apiField{key, value})
	}
	for _, given := range o.typed {
		key, text, err := cutField("--field", given)
		if err != nil {
			return nil, err
		}
		value, err := f.typed(text)
		if err != nil {
			return nil, fmt.Errorf("--field %s: %w", key, err)
		}
		fields = append(fields, apiField{key, value})
	}
	return fields, nil
}

func cutField(flag, given string) (key, value string, err error) {
	key, value, ok := strings.Cut(given, "=")
	if !ok || key == "" {
		return "", "", usagef("%s: %q is not KEY=VALUE", flag, given)
	}
	return key, value, nil
}

// typed reads a value whose look says what it is.
func (f *factory) typed(text string) (any, error) {
	if name, isFile := strings.CutPrefix(text, "@"); isFile {
		file, err := f.openInput(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		data, err := io.ReadAll(io.LimitReader(file, maxAPIInput+1))
		if err == nil && len(data) > maxAPIInput {
			err = errors.New("it is too long")
		}
		return string(data), err
	}
	switch text {
	case "true", "false":
		return text == "true", nil
	case "null":
		return nil, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if n := json.Number(text); json.Valid([]byte(text)) && !strings.ContainsAny(text, `"{[`) {
		return n, nil
	}
	return text, nil
}

// body gives the body of a request, nil for none.
func (o *apiOptions) body(ctx context.Context, f *factory, fields []apiField) (any, error) {
	if o.input != "" {
		return f.apiInput(ctx, o.input)
	}
	if len(fields) == 0 {
		return nil, nil
	}
	body := map[string]any{}
	for _, field := range fields {
		name, rest, _ := strings.Cut(field.key, "[")
		keys := []string{name}
		if rest != "" {
			inner, closed := strings.CutSuffix(rest, "]")
			if !closed {
				return nil, usagef("the field %q lacks a bracket", field.key)
			}
			keys = append(keys, strings.Split(inner, "][")...)
		}
		value, err := nest(body, keys, field.value)
		if err != nil {
			return nil, usagef("the field %q %w", field.key, err)
		}
		body, _ = value.(map[string]any)
	}
	return body, nil
}

// nest puts a value into objects and lists, which are made as their keys demand; the key "" is the next place of a list.
func nest(into any, keys []string, value any) (any, error) {
	if len(keys) == 0 {
		if into != nil {
			return nil, errors.New("is given twice")
		}
		return value, nil
	}
	if keys[0] == "" {
		elements, ok := into.([]any)
		if !ok && into != nil {
			return nil, errors.New("is a list, and something else, too")
		}
		element, err := nest(nil, keys[1:], value)
		return append(elements, element), err
	}
	object, ok := into.(map[string]any)
	if !ok && into != nil {
		return nil, errors.New("is an object, and something else, too")
	}
	if object == nil {
		object = map[string]any{}
	}
	member, err := nest(object[keys[0]], keys[1:], value)
	object[keys[0]] = member
	return object, err
}

// apiInput reads a body.
func (f *factory) apiInput(ctx context.Context, name string) (json.RawMessage, error) {
	var text string
	if name == "-" {
		var err error
		if text, err = f.readInput(ctx, "the body", maxAPIInput); err != nil {
			return nil, err
		}
	} else {
		value, err := f.typed("@" + name)
		if err != nil {
			return nil, fmt.Errorf("--input: %w", err)
		}
		text, _ = value.(string)
	}
	if !json.Valid([]byte(text)) {
		return nil, usagef("--input: it is no JSON")
	}
	return json.RawMessage(text), nil
}
