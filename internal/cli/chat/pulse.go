package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Pulse carries requests, and finds out by those that are sent again and again whether there is a connection to the server:
// the list of conversations, and the wait for messages of the one that is open.
type Pulse struct {
	// Base carries the requests; nil is [http.DefaultTransport].
	Base http.RoundTripper
	// Now is the clock.
	Now func() time.Time
	// Tell is told when the connection is lost, and when it is back.
	Tell func(Link)

	mu    sync.Mutex
	beats map[string]beat
	lost  bool
}

// beat is how the last request of a kind went.
type beat int

const (
	beatGood   beat = iota
	beatFailed      // and the next one is not sent yet
	beatTrying      // the last one failed, the next one is on its way
)

// RoundTrip carries a request.
func (p *Pulse) RoundTrip(req *http.Request) (*http.Response, error) {
	base := p.Base
	if base == nil {
		base = http.DefaultTransport
	}
	kind := kindOf(req)
	if kind == "" {
		return base.RoundTrip(req)
	}
	p.begin(kind)
	resp, err := base.RoundTrip(req)
	p.end(kind, req.Context(), resp, err)
	return resp, err
}

// kindOf tells of which kind a request is; empty for one that happens once.
func kindOf(req *http.Request) string {
	switch {
	case req.Method != http.MethodGet:
		return ""
	case strings.HasSuffix(req.URL.Path, "/apps/spreed/api/v4/room"):
		return "list"
	case strings.Contains(req.URL.Path, "/apps/spreed/api/v1/chat/") && req.URL.Query().Get("lookIntoFuture") == "1" && req.URL.Query().Get("timeout") != "0":
		return "wait"
	}
	return ""
}

func (p *Pulse) begin(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.beats == nil {
		p.beats = map[string]beat{}
	}
	if p.beats[kind] == beatFailed {
		p.beats[kind] = beatTrying
	}
}

func (p *Pulse) end(kind string, ctx context.Context, resp *http.Response, err error) { //nolint:revive // the context is one of the results
	why := reason(resp, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled) || ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		delete(p.beats, kind) // nobody wants it any more
	case why != "":
		p.beats[kind] = beatFailed
		if !p.lost {
			p.lost = true
			p.Tell(Link{Lost: true, Why: why, Since: p.Now()})
		}
	default:
		p.beats[kind] = beatGood
		p.recover()
	}
}

// recover tells that the connection is back, unless requests of some kind still fail. One that is on its way does not count:
// it may wait long for its answer.
func (p *Pulse) recover() {
	for _, b := range p.beats {
		if b == beatFailed {
			return
		}
	}
	if p.lost {
		p.lost = false
		p.Tell(Link{Since: p.Now()})
	}
}

// reason tells why there is no connection, empty when there is one.
func reason(resp *http.Response, err error) string {
	var dns *net.DNSError
	switch {
	case err == nil && resp.StatusCode == http.StatusTooManyRequests:
		return "the server wants a pause"
	case err == nil && resp.Header.Get("X-Nextcloud-Maintenance-Mode") == "1":
		return "the server is in maintenance mode"
	case err == nil && resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Sprintf("the server answers %d", resp.StatusCode)
	case err == nil:
		return ""
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.As(err, &dns):
		return dns.Name + " is not found"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	}
	return err.Error()
}
