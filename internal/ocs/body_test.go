package ocs

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// cut answers with the given bytes and closes the connection.
func cut(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { hijacked(w, raw, false) }
}

// reset answers with the given bytes and breaks the connection.
func reset(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { hijacked(w, raw, true) }
}

func hijacked(w http.ResponseWriter, raw string, broken bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, raw)
	if tcp, ok := conn.(*net.TCPConn); ok && broken {
		_ = tcp.SetLinger(0)
	}
}

func TestAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	half := okBody[:40]
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    error
	}{
		{"before the headers", cut(""), ErrConnection},
		{"within the headers", cut("HTTP/1.1 200 OK\r\nConte"), ErrConnection},
		{"shorter than its length", cut(head + "Content-Length: 500\r\n\r\n" + half), ErrBadResponse},
		{"within a chunk", cut(head + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + half), ErrBadResponse},
		{"between chunks", cut(head + "Transfer-Encoding: chunked\r\n\r\n28\r\n" + half + "\r\n"), ErrBadResponse},
		{"reset within the body", reset(head + "Content-Length: 500\r\n\r\n" + half), ErrBadResponse},
		{"JSON cut, length right", answer(200, half), ErrBadResponse},
		{"JSON cut, until the connection ends", cut(head + "\r\n" + half), ErrBadResponse},
		{"nothing at all", answer(200, ""), ErrBadResponse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for method, tries := range map[string]int{"GET": 4, "POST": 1} {
				srv, n := newServer(t, tt.handler)
				c, w := newClient(t, srv.URL, nil)
				_, err := c.Do(t.Context(), &Request{Method: method, Path: room})
				if !errors.Is(err, tt.want) {
					t.Errorf("%s: err = %v, want %v", method, err, tt.want)
				}
				if tt.want == ErrBadResponse && !errors.Is(err, io.ErrUnexpectedEOF) { //nolint:errorlint // it is the sentinel itself
					t.Errorf("%s: %v does not wrap io.ErrUnexpectedEOF", method, err)
				}
				if len(w.got) != tries-1 || n.get() < tries {
					t.Errorf("%s: %d requests with %d waits, want %d tries", method, n.get(), len(w.got), tries)
				}
			}
		})
	}
}

func TestBrokenReadIsMadeWhole(t *testing.T) {
	t.Parallel()
	var n counter
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if n.add() < 3 {
			cut("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")(w, r)
			return
		}
		answer(200, okBody)(w, r)
	})
	c, _ := newClient(t, srv.URL, nil)
	res, err := c.Do(t.Context(), &Request{Path: room})
	if err != nil || string(res.Data) != `{"id":1}` {
		t.Errorf("%v, %v", res, err)
	}
}

func TestMaxBody(t *testing.T) {
	t.Parallel()
	const limit = int64(len(okBody))
	endless := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"ocs":{"meta":{"statuscode":200},"data":"`)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("x", 4096)); err != nil {
				return
			}
		}
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		ok      bool
	}{
		{"just fits", answer(200, okBody), true},
		{"just fits, in chunks", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, okBody[:9])
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, okBody[9:])
		}, true},
		{"one byte too many", answer(200, okBody+"\n"), false},
		{"one byte too many, in chunks", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, okBody)
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "\n")
		}, false},
		{"without end", endless, false},
		{"small when packed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, okBody+strings.Repeat(" ", 1<<20))
			_ = z.Close()
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, n := newServer(t, tt.handler)
			c, _ := newClient(t, srv.URL, func(cfg *Config) { cfg.MaxBody = limit })
			_, err := c.Do(t.Context(), &Request{Path: room})
			switch {
			case tt.ok && err != nil:
				t.Error(err)
			case !tt.ok && (!errors.Is(err, ErrBadResponse) || !strings.Contains(err.Error(), fmt.Sprint(limit))):
				t.Errorf("err = %v, want ErrBadResponse that tells the limit", err)
			}
			if n.get() != 1 {
				t.Errorf("%d requests, want 1", n.get())
			}
		})
	}
}

func TestEndlessRefusal(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(403)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat(" ", 4096)); err != nil {
				return
			}
		}
	})
	c, _ := newClient(t, srv.URL, nil)
	if _, err := c.Do(t.Context(), &Request{Path: room}); !errors.Is(err, ErrForbidden) {
		t.Errorf("err = %v, want ErrForbidden", err)
	}
}

func TestContextEndsASilentBody(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	srv, n := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, okBody[:20])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	c, _ := newClient(t, srv.URL, nil)
	_, err := c.Do(ctx, &Request{Path: room})
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrBadResponse) {
		t.Errorf("err = %v, want Canceled", err)
	}
	if n.get() != 1 {
		t.Errorf("%d requests, want 1", n.get())
	}
}

func TestCorruptGzip(t *testing.T) {
	t.Parallel()
	srv, n := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "this is not packed at all")
	})
	c, _ := newClient(t, srv.URL, nil)
	if _, err := c.Do(t.Context(), &Request{Path: room}); !errors.Is(err, ErrBadResponse) || !errors.Is(err, gzip.ErrHeader) {
		t.Errorf("err = %v, want ErrBadResponse", err)
	}
	if n.get() != 1 {
		t.Errorf("%d requests, want 1: the same would come again", n.get())
	}
}
