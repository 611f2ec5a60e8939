package ocs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const listHead = `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":[`

// drain reads a stream to its end, which is what the error tells.
func drain(s *Stream) (got []string, err error) {
	for {
		b, err := s.Next()
		if err != nil {
			return got, err
		}
		got = append(got, string(b))
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"list", listHead + `{"id":1},{"id":[2]} , "x"]}}`, []string{`{"id":1}`, `{"id":[2]}`, `"x"`}},
		{"empty list", listHead + `]}}`, nil},
		{"byte order mark", "\xef\xbb\xbf" + listHead + `1]}}`, []string{"1"}},
	} {
		srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Nextcloud-Talk-Hash", "h")
			answer(200, tt.body)(w, r)
		})
		c, _ := newClient(t, srv.URL, nil)
		s, err := c.Stream(t.Context(), &Request{Path: room})
		if err != nil {
			t.Fatal(err)
		}
		got, err := drain(s)
		if err != io.EOF { //nolint:errorlint // io.EOF itself is promised
			t.Errorf("%s: ends with %v", tt.name, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
		if s.StatusCode != 200 || s.Header.Get("X-Nextcloud-Talk-Hash") != "h" {
			t.Errorf("%s: status %d, headers %v", tt.name, s.StatusCode, s.Header)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
		if _, err := s.Next(); err == nil {
			t.Error("a closed stream goes on")
		}
	}
}

func TestStreamGivesElementsAsTheyArrive(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		answer(200, listHead+`"first",`)(w, r)
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, `"last"]}}`)
	})
	c, _ := newClient(t, srv.URL, nil)
	s, err := c.Stream(t.Context(), &Request{Path: room, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if b, err := s.Next(); err != nil || string(b) != `"first"` {
		t.Fatalf("%s, %v", b, err)
	}
	close(more)
	if got, err := drain(s); !errors.Is(err, io.EOF) || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestStreamNotModified(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, answer(304, ""))
	c, _ := newClient(t, srv.URL, nil)
	s, err := c.Stream(t.Context(), &Request{Path: room, NotModifiedOK: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := drain(s); !s.NotModified() || got != nil || !errors.Is(err, io.EOF) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestStreamFailsBeforeItBegins(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		want    error
		waits   int
	}{
		{"refused", answer(404, `{"ocs":{"meta":{"statuscode":404},"data":[]}}`), ErrNotFound, 0},
		{"unavailable", answer(503, ""), ErrUnavailable, 3},
		{"no answer", cut(""), ErrConnection, 3},
		{"no body", cut("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), io.ErrUnexpectedEOF, 3},
		{"empty", answer(200, ""), ErrBadResponse, 3},
		{"HTML", answer(200, "<!DOCTYPE html><html>"), ErrBadResponse, 0},
		{"XML", answer(200, "<?xml version='1.0'?><ocs/>"), errXML, 0},
		{"XML behind a byte order mark", answer(200, "\xef\xbb\xbf<?xml version='1.0'?><ocs/>"), errXML, 0},
	} {
		srv, _ := newServer(t, tt.handler)
		c, w := newClient(t, srv.URL, nil)
		s, err := c.Stream(t.Context(), &Request{Path: room})
		if s != nil || !errors.Is(err, tt.want) || len(w.got) != tt.waits {
			t.Errorf("%s: %v after %d waits, want %v after %d", tt.name, err, len(w.got), tt.want, tt.waits)
		}
	}
	c, _ := newClient(t, "https://cloud.example.com", nil)
	if _, err := c.Stream(t.Context(), &Request{Path: "/ocs/v1.php/cloud/users"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("v1: %v, want ErrInvalid", err)
	}
}

func TestStreamFailsWithin(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		want    error
	}{
		{"cut", cut(head + listHead + `1,{"id":`), io.ErrUnexpectedEOF},
		{"reset", reset(head + listHead + `1,{"id":`), io.ErrUnexpectedEOF},
		{"text cut", answer(200, listHead+`1,{"id":`), io.ErrUnexpectedEOF},
		{"not a list", answer(200, `{"ocs":{"meta":{},"data":5}}`), ErrBadResponse},
		{"no envelope", answer(200, `{"installed":true}`), ErrBadResponse},
		{"no comma", answer(200, listHead+`1 2]}}`), ErrBadResponse},
	} {
		srv, n := newServer(t, tt.handler)
		c, _ := newClient(t, srv.URL, nil)
		s, err := c.Stream(t.Context(), &Request{Op: "list", Path: room})
		if err == nil {
			_, err = drain(s)
			if _, again := s.Next(); !errors.Is(again, tt.want) {
				t.Errorf("%s: the error does not stay: %v", tt.name, again)
			}
			_ = s.Close()
		} else if tt.name != "reset" {
			// A reset may overtake what was sent before it.
			t.Errorf("%s: fails at once: %v", tt.name, err)
		}
		if !errors.Is(err, tt.want) || !errors.Is(err, ErrBadResponse) {
			t.Errorf("%s: err = %v, want ErrBadResponse and %v", tt.name, err, tt.want)
		}
		if n.get() != 1 && tt.name != "reset" {
			t.Errorf("%s: %d requests, want 1", tt.name, n.get())
		}
	}
}

func TestStreamIsBounded(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]string{
		"element without end": listHead + `"`,
		"head without end":    `{"ocs":{"meta":{"message":"`,
		"only spaces":         listHead,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				_, err := io.WriteString(w, begin)
				for err == nil && r.Context().Err() == nil {
					_, err = io.WriteString(w, strings.Repeat(" ", 4096))
				}
			})
			c, _ := newClient(t, srv.URL, func(cfg *Config) { cfg.MaxBody = 1 << 20 })
			s, err := c.Stream(t.Context(), &Request{Path: room})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := drain(s); !errors.Is(err, ErrBadResponse) || errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("err = %v, want ErrBadResponse", err)
			}
		})
	}
}

func TestLongStreamsAreNotBounded(t *testing.T) {
	t.Parallel()
	const elements = 20000
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		answer(200, listHead)(w, r)
		for i := range elements {
			_, _ = fmt.Fprintf(w, `{"id":%d,"text":%q},`, i, strings.Repeat("x", 100))
		}
		_, _ = io.WriteString(w, `0]}}`)
	})
	c, _ := newClient(t, srv.URL, func(cfg *Config) { cfg.MaxBody = 64 << 10 })
	s, err := c.Stream(t.Context(), &Request{Path: room})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := drain(s); !errors.Is(err, io.EOF) || len(got) != elements+1 {
		t.Errorf("%d elements, %v", len(got), err)
	}
}

func TestContextEndsAStream(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		answer(200, listHead+`1,`)(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := newClient(t, srv.URL, nil)
	s, err := c.Stream(ctx, &Request{Path: room})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := s.Next(); !errors.Is(err, context.Canceled) || errors.Is(err, ErrBadResponse) {
		t.Errorf("err = %v, want Canceled", err)
	}
}
