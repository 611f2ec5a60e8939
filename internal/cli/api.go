package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// maxAPIInput limits what is read for the body of a request, in bytes.
const maxAPIInput = 16 << 20

type apiOptions struct {
	text, typed       []string
	input             string
	include, paginate bool
}

func newAPI(f *factory) *cobra.Command {
	var o apiOptions
	cmd := &cobra.Command{
		Use:   "api METHOD PATH",
		Short: "Ask any endpoint of the server, and print its answer as JSON",
		Long: `Ask any endpoint of the server that answers JSON, and print the data of its answer, without the envelope.

A PATH is one of Talk's, as in room/TOKEN or chat/TOKEN, with its version before it where it is not the usual one, as
in v3/signaling/settings; one of Nextcloud's, as in cloud/user; or begins with a slash, at the server's address. It
may have a query.

Fields are sent in the query of GET, HEAD and DELETE, and as JSON by other methods; there a[b]=1 and a[]=1 make
objects and lists. Exit codes are those of the other commands: 4 for 401, 5 for 404, 1 for other refusals.

With --paginate, further pages are asked for: of messages by the header X-Chat-Last-Given, of other lists by their
offset when the query has a limit. All of them are one list then.`,
		Example: `  $ confab api GET room --jq '.[].displayName'
  $ confab api POST chat/a1b2c3d4 -f message="v1.4 is live" -F silent=true
  $ confab api GET chat/a1b2c3d4 -F lookIntoFuture=0 --paginate --jq length
  $ confab api PUT room/a1b2c3d4/description --input description.json`,
		Args: want("METHOD", "PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			method := strings.ToUpper(given[0])
			if method == "" || strings.ContainsFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) {
				return usagef("%q is no method such as GET or POST", given[0])
			}
			inQuery := method == http.MethodGet || method == http.MethodHead || method == http.MethodDelete
			switch {
			case o.paginate && method != http.MethodGet:
				return usagef("--paginate is for GET")
			case o.paginate && o.include:
				return usagef("--paginate and --include exclude each other")
			case cmd.Flags().Changed("input") && (len(o.text)+len(o.typed) > 0):
				return usagef("--input and fields exclude each other")
			case cmd.Flags().Changed("input") && o.input == "":
				return usagef("--input: the file is empty")
			case o.input != "" && inQuery:
				return usagef("--input: %s takes no body", method)
			}
			fields, err := o.fields(f)
			if err != nil {
				return err
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			path, query, err := endpoint(client.BaseURL(), given[1])
			if err != nil {
				return err
			}
			r := apiRequest{client: client, method: method, path: path, query: query}
			if inQuery {
				for _, field := range fields {
					r.query.Add(field.key, field.inQuery())
				}
			} else if r.body, err = o.body(cmd.Context(), f, fields); err != nil {
				return err
			}
			if o.paginate {
				return f.apiPages(cmd.Context(), r)
			}
			return f.apiCall(cmd.Context(), r, o.include)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVarP(&o.text, "raw-field", "f", nil, "send a `KEY=VALUE` as text; repeatable")
	flags.StringArrayVarP(&o.typed, "field", "F", nil, "send a `KEY=VALUE`, where true, false, null and numbers are such, and @FILE or @- is what that holds; repeatable")
	flags.StringVar(&o.input, "input", "", "send what this `FILE` holds, JSON, as the body; - for standard input")
	flags.BoolVarP(&o.include, "include", "i", false, "print the status and the headers of the answer, too")
	flags.BoolVar(&o.paginate, "paginate", false, "ask for all pages of a list")
	return shows[json.RawMessage](f, cmd)
}

// apiRequest is a request to any endpoint.
type apiRequest struct {
	client       *talk.Client
	method, path string
	query        url.Values
	body         any
}

func (r *apiRequest) do(ctx context.Context) (json.RawMessage, *talk.Response, error) {
	var data json.RawMessage
	resp, err := r.client.Do(ctx, r.method, r.path, r.query, r.body, &data)
	return data, resp, err
}

func (f *factory) apiCall(ctx context.Context, r apiRequest, include bool) error {
	data, resp, err := r.do(ctx)
	if err != nil {
		return err
	}
	if include {
		form := f.form()
		fmt.Fprintf(f.out, "HTTP %d %s\n", resp.StatusCode, http.StatusText(resp.StatusCode))
		for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
			if name == "Set-Cookie" { // a session is a secret
				continue
			}
			for _, value := range resp.Header[name] {
				fmt.Fprintf(f.out, "%s: %s\n", form.Value(name), form.Value(value))
			}
		}
		fmt.Fprintln(f.out)
	}
	if len(data) == 0 { // 304 and 204 have no answer
		return nil
	}
	return f.show(ctx, data)
}

// apiPages prints the pages of a list as one.
func (f *factory) apiPages(ctx context.Context, r apiRequest) error {
	array := f.writer().Array(f.out)
	if r.query.Get("lookIntoFuture") == "1" && !r.query.Has("timeout") {
		r.query.Set("timeout", "0") // the last page shall not wait for messages to come
	}
	var before json.RawMessage
	for {
		data, resp, err := r.do(ctx)
		if err != nil {
			return err
		}
		if bytes.Equal(data, before) && len(data) > len("[]") {
			return fmt.Errorf("%s gives the same page again: it cannot be paged", r.path)
		}
		before = data
		elements := list(data)
		for _, element := range elements {
			if err := array.Add(element); err != nil {
				return err
			}
		}
		if !r.next(resp.Header.Get("X-Chat-Last-Given"), len(elements)) {
			return array.Close(ctx)
		}
	}
}

// next turns to the next page, if there may be one after so many elements.
func (r *apiRequest) next(last string, got int) bool {
	if last != "" {
		known := r.query.Get("lastKnownMessageId")
		r.query.Set("lastKnownMessageId", last)
		return last != known
	}
	limit, err := strconv.Atoi(r.query.Get("limit"))
	if err != nil || limit < 1 || got < limit || strings.HasPrefix(r.path, spreed+"v1/chat/") {
		return false
	}
	offset, err := strconv.Atoi(r.query.Get("offset"))
	if err != nil {
		offset = 0
	}
	r.query.Set("offset", strconv.Itoa(offset+got))
	return true
}

// list gives the elements of a page: those of an array, or of the only array in an object; what is neither is an element
// itself.
func list(data json.RawMessage) []json.RawMessage {
	var elements []json.RawMessage
	if len(data) == 0 || json.Unmarshal(data, &elements) == nil {
		return elements
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) == nil && len(object) == 1 {
		for _, value := range object {
			if json.Unmarshal(value, &elements) == nil {
				return elements
			}
		}
	}
	return []json.RawMessage{data}
}
