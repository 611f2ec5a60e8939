package api

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxRequests is how many of the last requests are kept.
const maxRequests = 1000

// Request is what is kept of a request: neither its body nor its headers.
type Request struct {
	Time     time.Time // when it arrived, by the server's clock
	Method   string
	Path     string
	Query    string // with its secrets replaced by ***
	Status   int    // 0 when the connection ended without an answer
	Duration time.Duration
	User     string // "" when nobody has proven to be one
}

// requestLog keeps the last requests.
type requestLog struct {
	mu   sync.Mutex
	ring []Request
	next int // where the oldest is, once the ring is full
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < maxRequests {
		l.ring = append(l.ring, r)
		return
	}
	l.ring[l.next] = r
	l.next = (l.next + 1) % maxRequests
}

// last returns the last n requests, oldest first.
func (l *requestLog) last(n int) []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Request, 0, len(l.ring))
	out = append(append(out, l.ring[l.next:]...), l.ring[:l.next]...)
	return out[max(0, len(out)-n):]
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring, l.next = nil, 0
}

// finished logs a request, and keeps it when that is wanted. Neither a query's
// secrets nor bodies are in what it writes.
func (rq *request) finished(w *statusWriter, began time.Time) {
	took := time.Since(began) //nolint:forbidigo // how long it really took, whatever the server's clock shows
	path := safePath(rq.r.URL.Path)
	rq.log.LogAttrs(rq.r.Context(), slog.LevelDebug, "request", slog.String("method", rq.r.Method), slog.String("path", path),
		slog.Int("status", w.status), slog.Duration("duration", took), slog.String("user", rq.caller.UserID), slog.String("request", rq.id))
	if rq.requests != nil && !rq.isTesting() {
		rq.requests.add(Request{
			Time: rq.core.Now(), Method: rq.r.Method, Path: path, Query: safeQuery(rq.r.URL.RawQuery),
			Status: w.status, Duration: took, User: rq.caller.UserID,
		})
	}
}

const hidden = "***"

// loginFlow begins the paths whose last part lets somebody log in.
const loginFlow = "/index.php/login/v2/"

// safePath hides what in a path would let somebody in.
func safePath(path string) string {
	if strings.HasPrefix(path, loginFlow) {
		if i := strings.LastIndexByte(path, '/'); len(path)-i > 32 {
			return path[:i+1] + hidden
		}
	}
	return path
}

// secretWords are in the names of arguments that nobody else should read.
var secretWords = []string{"pass", "secret", "token", "auth", "access", "credential", "signature", "checksum", "random", "key"}

// safeQuery hides the secrets in a query. What cannot be read is hidden as a whole.
func safeQuery(raw string) string {
	if raw == "" {
		return ""
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return hidden
	}
	for name, values := range query {
		for _, word := range secretWords {
			if strings.Contains(strings.ToLower(name), word) {
				for i := range values {
					values[i] = hidden
				}
			}
		}
	}
	return strings.ReplaceAll(query.Encode(), url.QueryEscape(hidden), hidden)
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int // 0 until there is one
}

// WriteHeader notes the status, unless it only announces another one.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets files go to the network without a copy in between.
func (w *statusWriter) ReadFrom(r io.Reader) (int64, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return io.Copy(w.ResponseWriter, r)
}

// Unwrap gives http.ResponseController the writer inside.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
