package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/server/core"
)

// request is a request on its way through the API.
type request struct {
	*API
	r        *http.Request
	w        http.ResponseWriter
	id       string
	segments []string // the path, with /ocs/v1.php and /ocs/v2.php both as /ocs
	ocs      bool     // answers have the OCS envelope
	v1       bool     // … of version 1
	params   map[string]string
	args     map[string]any // string, float64 (as json.Number), bool, nil, []any, map[string]any
	caller   core.Caller
}

func (rq *request) parsePath() {
	path := rq.r.URL.EscapedPath()
	if len(path) > 0 && path[0] == '/' {
		path = path[1:]
	}
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if u, err := url.PathUnescape(p); err == nil {
			parts[i] = u
		}
	}
	if len(parts) > 2 && parts[0] == "ocs" && (parts[1] == "v1.php" || parts[1] == "v2.php") {
		rq.ocs, rq.v1 = true, parts[1] == "v1.php"
		parts = append([]string{"ocs"}, parts[2:]...)
	} else if parts[0] == "ocs" {
		parts = []string{""} // nothing is there without a version
		rq.ocs = true
	}
	rq.segments = parts
}

// argumentError says which argument is missing or of the wrong type.
type argumentError struct{ name, problem string }

func (e *argumentError) Error() string { return "argument " + e.name + " " + e.problem }

// parseArguments gathers the arguments as PHP does: the query's, and over them the body's,
// which has at most limit bytes.
func (rq *request) parseArguments(limit int64) error {
	rq.args = map[string]any{}
	addForm(rq.args, rq.r.URL.Query())
	if rq.r.Body == nil || rq.r.Method == http.MethodGet || rq.r.Method == http.MethodHead {
		return nil
	}
	rq.r.Body = http.MaxBytesReader(rq.w, rq.r.Body, limit)
	kind, _, err := mime.ParseMediaType(rq.r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	var tooLarge *http.MaxBytesError
	switch kind {
	case "multipart/form-data":
		if err := rq.r.ParseMultipartForm(maxBody); err != nil {
			if errors.As(err, &tooLarge) {
				return err
			}
			return nil // as PHP does: what cannot be read has no arguments
		}
		addForm(rq.args, rq.r.MultipartForm.Value)
	case "application/x-www-form-urlencoded":
		body, err := io.ReadAll(rq.r.Body)
		if err != nil {
			return err
		}
		form, _ := url.ParseQuery(string(body)) // keeps what it could read
		addForm(rq.args, form)
	case "application/json":
		body, err := io.ReadAll(rq.r.Body)
		if err != nil {
			return err
		}
		var object map[string]any
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		if d.Decode(&object) == nil { // what is no JSON object has no arguments
			maps.Copy(rq.args, object)
		}
	default:
		if _, err := io.Copy(io.Discard, rq.r.Body); err != nil && errors.As(err, &tooLarge) {
			return err
		}
	}
	return nil
}

// addForm adds form values, with PHP's brackets for lists and maps.
func addForm(args map[string]any, form url.Values) {
	for key, values := range form {
		name, rest, nested := strings.Cut(key, "[")
		if !nested || name == "" {
			args[key] = strings.ToValidUTF8(values[len(values)-1], "\ufffd")
			continue
		}
		var items []any
		for _, v := range values {
			items = append(items, strings.ToValidUTF8(v, "\ufffd"))
		}
		inner := strings.Split(strings.TrimSuffix(rest, "]"), "][")
		switch {
		case len(inner) == 1 && inner[0] == "":
			args[name] = items
		case len(inner) == 1:
			child(args, name)[inner[0]] = items[len(items)-1]
		default:
			child(args, name)[inner[0]] = items
		}
	}
}

func child(args map[string]any, name string) map[string]any {
	m, ok := args[name].(map[string]any)
	if !ok {
		m = map[string]any{}
		args[name] = m
	}
	return m
}

// has reports whether an argument was given and is not null.
func (rq *request) has(name string) bool { return rq.args[name] != nil }

// text returns an optional text.
func (rq *request) text(name, missing string) (string, error) {
	switch v := rq.args[name].(type) {
	case nil:
		return missing, nil
	case string:
		return v, nil
	default:
		return "", &argumentError{name, "must be a string"}
	}
}

// needText returns a text that must be given.
func (rq *request) needText(name string) (string, error) {
	if !rq.has(name) {
		return "", &argumentError{name, "is missing"}
	}
	return rq.text(name, "")
}

// number returns an optional number, cast as PHP casts.
func (rq *request) number(name string, missing int64) (int64, error) {
	switch v := rq.args[name].(type) {
	case nil:
		return missing, nil
	case string:
		return phpInt(v), nil
	case json.Number:
		return phpInt(v.String()), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	default:
		if phpEmpty(v) {
			return 0, nil
		}
		return 1, nil
	}
}

// phpEmpty reports whether a list or a map is empty, which PHP casts to 0 and false.
func phpEmpty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return v == nil
	}
}

// needNumber returns a number that must be given.
func (rq *request) needNumber(name string) (int64, error) {
	if !rq.has(name) {
		return 0, &argumentError{name, "is missing"}
	}
	return rq.number(name, 0)
}

// phpInt reads the number that a text begins with, 0 for none. What does not
// fit becomes the nearest number that does.
func phpInt(s string) int64 {
	s = strings.TrimLeft(s, " \t\n\r\v\f")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	if end < len(s) && strings.ContainsRune(".eE", rune(s[end])) {
		if f, err := strconv.ParseFloat(s, 64); err == nil && f > -1e18 && f < 1e18 {
			return int64(f)
		}
	}
	return n
}

// flag returns an optional yes or no, cast as PHP casts.
func (rq *request) flag(name string, missing bool) bool {
	switch v := rq.args[name].(type) {
	case nil:
		return missing
	case bool:
		return v
	case string:
		return v != "" && v != "0" && v != "false"
	case json.Number:
		f, _ := v.Float64() // what is too large is infinite, and not zero
		return f != 0
	default:
		return !phpEmpty(v)
	}
}

// texts returns an optional list of texts inside a map argument.
func (rq *request) texts(name, key string) ([]string, error) {
	outer, ok := rq.args[name].(map[string]any)
	if !ok {
		if rq.args[name] == nil {
			return nil, nil
		}
		if l, isList := rq.args[name].([]any); isList && len(l) == 0 { // PHP's empty map
			return nil, nil
		}
		return nil, &argumentError{name, "must be an object"}
	}
	if outer[key] == nil {
		return nil, nil
	}
	items, ok := outer[key].([]any)
	if !ok {
		return nil, &argumentError{fmt.Sprintf("%s.%s", name, key), "must be a list"}
	}
	var out []string
	for _, item := range items {
		s, ok := item.(string)
		if !ok {
			return nil, &argumentError{fmt.Sprintf("%s.%s", name, key), "must be a list of strings"}
		}
		out = append(out, s)
	}
	return out, nil
}

// token is the conversation's token in the path.
func (rq *request) token() string { return rq.params["token"] }

// base returns what links in the answer start with.
func (rq *request) base() string {
	if rq.baseURL != "" {
		return rq.baseURL
	}
	scheme := "http"
	if rq.r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + rq.r.Host
}
