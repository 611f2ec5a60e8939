package playback

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Server answers the requests of a story as they were answered when it was recorded, each of them once. A conversation can
// be asked for whenever it is there, and so can the capabilities, of which nobody can tell when a client asks for them.
type Server struct {
	*httptest.Server
	// Vars are the values of the story's variables, as in "room".
	Vars map[string]string
	// AnyLimit answers who asks for another number of things than was asked for when the story was recorded. It is set
	// before the first request.
	AnyLimit bool

	capabilities []byte

	mu        sync.Mutex
	left      []*Exchange
	always    []*Exchange
	rooms     map[string]json.RawMessage
	unmatched []string
}

// Start begins to play a story such as "talk-23/pins". Whoever plays it closes it.
func Start(story string) (*Server, error) {
	all, vars, err := Story(story)
	if err != nil {
		return nil, err
	}
	about, _, err := Story(path.Dir(story) + "/server")
	if err != nil {
		return nil, err
	}
	s := &Server{Vars: vars, left: all, rooms: map[string]json.RawMessage{}}
	for _, e := range about {
		if e.As != nil && e.Status == http.StatusOK && strings.HasSuffix(e.Path, "/v2.php/cloud/capabilities") {
			s.capabilities = e.Response
		}
	}
	for _, e := range all {
		if token := e.conversation(); token != "" && s.rooms[token] == nil {
			s.rooms[token] = e.Response
		}
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	return s, nil
}

// New plays a story to a test, which fails when it sends a request that is not in the story, or when requests to the paths
// that contain one of the given parts remain in the end.
func New(t testing.TB, story string, whole ...string) *Server {
	t.Helper()
	s, err := Start(story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		for _, request := range s.Unmatched() {
			t.Errorf("%s: not in the story: %s", story, request)
		}
		for _, e := range s.Left(whole...) {
			t.Errorf("%s: was not asked for: %v", story, e)
		}
	})
	return s
}

// Unmatched tells which requests were not in the story.
func (s *Server) Unmatched() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unmatched)
}

// Left gives the exchanges that have not been played, of those whose paths contain one of the parts.
func (s *Server) Left(parts ...string) (left []*Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.left {
		if slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(e.Path, part) }) {
			left = append(left, e)
		}
	}
	return left
}

// Skip takes exchanges out of the story that cannot be played, by their numbers.
func (s *Server) Skip(numbers ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = slices.DeleteFunc(s.left, func(e *Exchange) bool { return slices.Contains(numbers, e.N) })
}

// Repeat lets exchanges be played as often as they are asked for, by their numbers.
func (s *Server) Repeat(numbers ...int) { s.repeat(numbers, func(*Exchange) {}) }

// RepeatFor does so for another user than the one who asked in the story.
func (s *Server) RepeatFor(user string, numbers ...int) {
	s.repeat(numbers, func(e *Exchange) { e.As = &user })
}

// RepeatAs does so for a bare request with another method, whose answer would have been the same.
func (s *Server) RepeatAs(method, path string, numbers ...int) {
	s.repeat(numbers, func(e *Exchange) { e.Method, e.Path, e.Body = method, path, nil })
}

func (s *Server) repeat(numbers []int, change func(*Exchange)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.left {
		if slices.Contains(numbers, e.N) {
			again := *e
			change(&again)
			s.always = append(s.always, &again)
		}
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(s.capabilities)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, e := range s.left {
		if e.matches(r, body, s.AnyLimit) {
			s.left = slices.Delete(s.left, i, i+1)
			e.write(w)
			return
		}
	}
	for _, e := range s.always {
		if e.matches(r, body, s.AnyLimit) {
			e.write(w)
			return
		}
	}
	token := path.Base(r.URL.Path)
	if room := s.rooms[token]; room != nil && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/v4/room/"+token) {
		_, _ = w.Write(room)
		return
	}
	user, _, _ := r.BasicAuth()
	s.unmatched = append(s.unmatched, fmt.Sprintf("%s: %s %s %s", user, r.Method, r.URL, body))
	http.Error(w, "this was not recorded", http.StatusTeapot)
}

func (e *Exchange) matches(r *http.Request, body []byte, anyLimit bool) bool {
	user, _, _ := r.BasicAuth()
	if e.Method != r.Method || e.Path != r.URL.Path || e.As != nil && *e.As != user || e.As == nil && user != "" {
		return false
	}
	sent := r.URL.Query()
	sent.Del("noStatusUpdate") // which leaves no trace
	for key := range e.Query {
		if !sent.Has(key) {
			sent.Set(key, "0")
		}
	}
	if anyLimit {
		sent.Del("limit")
	}
	for key := range sent {
		want := "0"
		if value, ok := e.Query[key]; ok {
			want = text(value)
		}
		if sent.Get(key) != want {
			return false
		}
	}
	want, err := meaning(e.Body)
	if err != nil {
		return false
	}
	got, err := meaning(body)
	return err == nil && got == want
}

func (e *Exchange) write(w http.ResponseWriter) {
	for key, value := range e.ResponseHeaders {
		w.Header().Set(key, value)
	}
	w.WriteHeader(e.Status)
	if e.Response != nil {
		_, _ = w.Write(e.Response)
		return
	}
	_, _ = io.WriteString(w, e.ResponseText)
}

// conversation gives the token of the conversation that is the answer, if one is.
func (e *Exchange) conversation() string {
	if e.Status >= http.StatusBadRequest || !strings.Contains(e.Path, "/v4/room") {
		return ""
	}
	var answer struct {
		OCS struct {
			Data struct {
				Token string `json:"token"`
			} `json:"data"`
		} `json:"ocs"`
	}
	if json.Unmarshal(e.Response, &answer) != nil { // a list
		return ""
	}
	return answer.OCS.Data.Token
}
