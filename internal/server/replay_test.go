package server_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
)

// replayFloors is how many exchanges of each recorded story are answered as
// the real server answered them, status, headers and whole body, and how many
// deliveries bots received as the real ones did, to the byte. A story may
// only get better. What differs by choice is in the table of differences.
var replayFloors = map[string]int{
	"avatars":                25,
	"bans":                   18,
	"bots":                   54,
	"breakout_rooms":         36,
	"calls":                  23,
	"chat_edit_delete":       24,
	"chat_markers":           17,
	"chat_mentions":          27,
	"chat_objects":           19,
	"chat_read":              32,
	"chat_reminders":         13,
	"chat_send":              27,
	"conversations_create":   30,
	"conversations_read":     21,
	"conversations_settings": 77,
	"files":                  40,
	"guests":                 19,
	"lobby":                  15,
	"login":                  4,
	"participants":           44,
	"polls":                  46,
	"provisioning":           18,
	"reactions":              27,
	"server":                 20,
	"sessions":               21,
	"signaling":              10,
	"startup":                16,
	"system_messages":        29,
	"the_rest":               35,
}

// exchange is one line of a recording.
type exchange struct {
	N               int
	As              *string
	Method          string
	Path            string
	Query           map[string]any
	Headers         map[string]string
	Body            json.RawMessage
	BodyText        *string           `json:"body_text"`
	BodyBase64      *string           `json:"body_base64"`
	ContentType     string            `json:"content_type"`
	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"response_headers"`
	Response        json.RawMessage
	ResponseText    *string `json:"response_text"`
	ResponseBase64  *string `json:"response_base64"`
	Delivery        string  // the bot that received it; Path, Headers and Body are its request's
	Capture         map[string]string
	Captured        map[string]any
	setup
}

func TestReplayRecordings(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/recordings/talk-21.1.7/*.ndjson")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		story := strings.TrimSuffix(filepath.Base(file), ".ndjson")
		t.Run(story, func(t *testing.T) {
			t.Parallel()
			r := newReplay(t)
			r.story = story
			r.run(readStory(t, file))
			t.Logf("%s: %d of %d served exchanges agree, %d are not served yet", story, r.agreed, r.served, r.skipped)
			if floor := replayFloors[story]; r.agreed < floor {
				t.Errorf("%d exchanges agree, %d did before", r.agreed, floor)
			} else if r.agreed > floor {
				t.Logf("raise the floor of %q to %d", story, r.agreed)
			}
		})
	}
}

func readStory(t *testing.T, file string) []exchange {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []exchange
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e exchange
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if e.Method != "" || e.Setup != "" || e.Delivery != "" { // the other one is the story's head
			out = append(out, e)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// replay runs one story against a server of its own.
type replay struct {
	t       *testing.T
	story   string
	n       int // the exchange
	srv     *server.Server
	url     string
	clock   *clock
	vars    map[string]any
	clients map[string]*http.Client
	same    *correspondence
	bots    map[string]*replayBot

	served, agreed, skipped int
}

// clock is a time that moves when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newReplay(t *testing.T) *replay {
	t.Helper()
	r := &replay{
		t: t, vars: map[string]any{}, clients: map[string]*http.Client{}, same: newCorrespondence(), bots: map[string]*replayBot{},
		clock: &clock{now: time.Unix(1795486400, 0)},
	}
	h := newHarness(t, func(cfg *server.Config) {
		cfg.BaseURL = "https://cloud.example.com"
		cfg.Welcome = true
		cfg.Now = r.clock.Now
		cfg.LongPollMax = 20 * time.Millisecond
		cfg.Users = []server.User{{ID: "admin", Password: "admin", Admin: true}}
		for _, name := range []string{"Anna", "Ben", "Cleo"} {
			u := server.User{
				ID: strings.ToLower(name), DisplayName: name, Password: "Rec-" + strings.ToLower(name) + "-12345",
				Email: strings.ToLower(name) + "@example.com",
			}
			if name != "Cleo" {
				u.Groups = []string{"crew"}
			}
			cfg.Users = append(cfg.Users, u)
		}
	})
	r.srv, r.url = h.srv, h.url
	return r
}

func (r *replay) run(story []exchange) {
	for i := range story {
		e := &story[i]
		if e.Setup != "" {
			r.prepare(e.setup)
			continue
		}
		if e.Delivery != "" {
			r.served++
			if diff := r.compareDelivery(e); diff != "" {
				r.t.Logf("#%d delivery to %s differs: %s", e.N, e.Delivery, diff)
			} else {
				r.agreed++
			}
			continue
		}
		r.clock.advance(time.Second)
		res, body, err := r.ask(e)
		if err != nil {
			r.skipped++
			r.t.Logf("#%d %s %s: %v", e.N, e.Method, e.Path, err)
			continue
		}
		if r.unserved(e, res, body) {
			r.skipped++
			continue
		}
		r.served++
		if diff := r.compare(e, res, body); diff != "" {
			r.t.Logf("#%d %s %s differs: %s", e.N, e.Method, e.Path, diff)
		} else {
			r.agreed++
		}
		r.capture(e, res, body)
	}
}

// unserved reports whether this server has no such endpoint, where the real one has.
func (r *replay) unserved(e *exchange, res *http.Response, body []byte) bool {
	if strings.HasPrefix(e.Path, "/remote.php/") {
		return false
	}
	if !strings.HasPrefix(e.Path, "/ocs/") {
		return res.StatusCode == http.StatusNotFound && e.Status != http.StatusNotFound && !bytes.Contains(body, []byte("installed"))
	}
	if res.StatusCode == http.StatusMethodNotAllowed && e.Status != http.StatusMethodNotAllowed {
		return true
	}
	return bytes.Contains(body, []byte("Invalid query")) && !bytes.Contains(e.Response, []byte("Invalid query"))
}

var template = regexp.MustCompile(`\{([A-Za-z0-9_]+)\}`)

// fill replaces the variables of a text; a missing one is an error.
func (r *replay) fill(text string) (string, error) {
	var missing error
	out := template.ReplaceAllStringFunc(text, func(m string) string {
		v, ok := r.vars[m[1:len(m)-1]]
		if !ok {
			missing = fmt.Errorf("%s was not captured", m)
			return m
		}
		return fmt.Sprint(v)
	})
	return out, missing
}

// fillValue replaces the variables in a JSON value; a text that is one variable gets its type.
func (r *replay) fillValue(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		if m := template.FindString(v); m == v && m != "" {
			if value, ok := r.vars[m[1:len(m)-1]]; ok {
				return value, nil
			}
			return v, fmt.Errorf("%s was not captured", m)
		}
		if !template.MatchString(v) {
			return v, nil
		}
		if filled, err := r.fill(v); err == nil {
			return filled, nil
		} // otherwise it is a brace that is no variable
	case map[string]any:
		for k := range v {
			if v[k], err = r.fillValue(v[k]); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range v {
			if v[i], err = r.fillValue(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func decodeJSON(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

func (r *replay) ask(e *exchange) (*http.Response, []byte, error) {
	path, err := r.fill(e.Path)
	if err != nil {
		return nil, nil, err
	}
	query := url.Values{}
	for k, v := range e.Query {
		if v, err = r.fillValue(v); err != nil {
			return nil, nil, err
		}
		query.Set(k, fmt.Sprint(v))
	}
	body, kind, err := r.body(e)
	if err != nil {
		return nil, nil, err
	}
	target := r.url + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(r.t.Context(), e.Method, target, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for k, v := range e.Headers {
		if v, err = r.fill(v); err != nil {
			return nil, nil, err
		}
		req.Header.Set(k, v)
	}
	res, err := r.client(e, req).Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	return res, answer, err
}

func (r *replay) body(e *exchange) (body []byte, kind string, err error) {
	// The recorded server was reached by another address than its links say now: to it, this one was a stranger's.
	e.Body = bytes.ReplaceAll(e.Body, []byte("https://cloud.example.com/deck"), []byte("https://elsewhere.example.com/deck"))
	switch {
	case e.BodyBase64 != nil:
		body, err = base64.StdEncoding.DecodeString(*e.BodyBase64)
		return body, e.ContentType, err
	case e.BodyText != nil:
		text, err := r.fill(*e.BodyText)
		if err != nil {
			text = *e.BodyText
		}
		return []byte(text), e.ContentType, nil
	case len(e.Body) == 0 || string(e.Body) == "null":
		return nil, e.ContentType, nil
	}
	v, err := decodeJSON(e.Body)
	if err != nil {
		return nil, "", err
	}
	if v, err = r.fillValue(v); err != nil {
		return nil, "", err
	}
	body, err = json.Marshal(v)
	return body, "application/json", err
}

// client returns the client of who asks: users have basic authentication, and everybody a cookie jar of their own.
func (r *replay) client(e *exchange, req *http.Request) *http.Client {
	if e.As == nil {
		return &http.Client{}
	}
	name := *e.As
	c := r.clients[name]
	if c == nil {
		h := harness{t: r.t}
		c = h.as(name).http
		r.clients[name] = c
	}
	if !strings.HasPrefix(name, "guest:") && req.Header.Get("Authorization") == "" {
		password := "Rec-" + name + "-12345"
		if name == "admin" {
			password = "admin"
		}
		req.SetBasicAuth(name, password)
	}
	return c
}

// capture takes the variables out of an answer.
func (r *replay) capture(e *exchange, res *http.Response, body []byte) {
	answer, _ := decodeJSON(body) // what is no JSON has nothing to capture but headers
	for name, from := range e.Capture {
		if header, ok := strings.CutPrefix(from, "header."); ok {
			if v := res.Header.Get(header); v != "" {
				r.vars[name] = v
			}
			continue
		}
		if v := lookUp(answer, from); v != nil {
			r.vars[name] = v
		}
	}
}

// lookUp follows a path like ocs.data.[actorId=ben].attendeeId.
func lookUp(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		if cond, ok := strings.CutPrefix(step, "["); ok {
			key, want, _ := strings.Cut(strings.TrimSuffix(cond, "]"), "=")
			items, _ := v.([]any)
			v = nil
			for _, item := range items {
				if m, ok := item.(map[string]any); ok && fmt.Sprint(m[key]) == want {
					v = item
				}
			}
			continue
		}
		switch node := v.(type) {
		case map[string]any:
			v = node[step]
		case []any:
			var i int
			if _, err := fmt.Sscanf(step, "%d", &i); err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}
