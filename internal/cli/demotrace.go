package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// wireLog keeps what went over the wire, in the order of the answers.
type wireLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *wireLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

// take gives the lines that came since it was last asked.
func (l *wireLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}

// trace sees the requests of one client of the demo, as they really go over the wire.
type trace struct {
	who     string
	log     *wireLog
	next    http.RoundTripper
	now     func() time.Time
	polling chan struct{} // gets a value when a request begins that waits for new messages; never blocks one
}

func newTrace(who string, log *wireLog, next http.RoundTripper, now func() time.Time) *trace {
	if next == nil {
		next = &http.Transport{}
	}
	return &trace{who: who, log: log, next: next, now: now, polling: make(chan struct{}, 1)}
}

// RoundTrip passes a request on and notes it with its answer.
func (t *trace) RoundTrip(req *http.Request) (*http.Response, error) {
	start := t.now()
	if waits(req.URL) {
		select {
		case t.polling <- struct{}{}:
		default:
		}
	}
	resp, err := t.next.RoundTrip(req)
	outcome := "no answer"
	if err == nil {
		outcome = resp.Status
	}
	took := t.now().Sub(start).Round(100 * time.Microsecond)
	t.log.add(fmt.Sprintf("%s: %s %s → %s, %s", t.who, req.Method, shortURL(req.URL), outcome, took))
	return resp, err
}

func waits(u *url.URL) bool {
	timeout := u.Query().Get("timeout")
	return u.Query().Get("lookIntoFuture") == "1" && timeout != "" && timeout != "0"
}

// shortURL shows the path and the parts of the query that tell what is asked for.
func shortURL(u *url.URL) string {
	query := u.Query()
	var told []string
	for _, name := range []string{"lookIntoFuture", "lastKnownMessageId", "limit", "timeout"} {
		if value := query.Get(name); value != "" {
			told = append(told, name+"="+value)
		}
	}
	if told == nil {
		return u.Path
	}
	return u.Path + "?" + strings.Join(told, "&")
}
