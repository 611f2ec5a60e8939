package faultproxy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Kind is something that goes wrong with a request.
type Kind int

// The kinds. What is not said to be done by the server is not.
const (
	// KindDelay: the server gets the request late.
	KindDelay Kind = iota
	// KindCutBefore: the connection breaks before the server has the request.
	KindCutBefore
	// KindCutRequest: it breaks in the middle of the request's body.
	KindCutRequest
	// KindCutAnswered: the server does it, and the connection breaks before the answer.
	KindCutAnswered
	// KindCutAnswer: the server does it, and the connection breaks in the middle of the answer's body.
	KindCutAnswer
	// KindCutAfter: the server does it, and the connection breaks after the answer.
	KindCutAfter
	// KindHalfOpen: nothing ever comes back.
	KindHalfOpen
	// KindHalfOpenAnswered: the server does it, and nothing ever comes back.
	KindHalfOpenAnswered
	// KindTooManyRequests: 429, with a Retry-After or without.
	KindTooManyRequests
	// KindServerError: 500.
	KindServerError
	// KindServerErrorAnswered: the server does it, and the answer is 500.
	KindServerErrorAnswered
	// KindBadGateway: 502.
	KindBadGateway
	// KindGatewayTimeout: the server does it, and the answer is 504.
	KindGatewayTimeout
	// KindUnavailable: 503.
	KindUnavailable
	// KindMaintenance: 503, as Nextcloud says that it is in maintenance.
	KindMaintenance
	// KindServerGone: the server does not answer, through no fault of the proxy's.
	KindServerGone

	kinds
)

// String names the kind.
func (k Kind) String() string {
	names := [kinds]string{
		"delays", "cut before the request", "cut inside the request", "cut before the answer", "cut inside the answer", "cut after the answer",
		"half-open", "half-open after the server acted", "429", "500", "500 after the server acted", "502", "504 after the server acted", "503",
		"maintenance", "server gone",
	}
	if k < 0 || k >= kinds {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return names[k]
}

// Plan says what goes wrong, and how often.
type Plan struct {
	// Seed decides on the sequence of faults.
	Seed uint64
	// Every is in how many requests one goes wrong, on average; 0 for none.
	Every int
	// HalfOpenEvery is how many times rarer half-open connections are than the other kinds: they take the client's patience.
	HalfOpenEvery int
	// MaxDelay is the longest delay.
	MaxDelay time.Duration
}

// Proxy stands before a server and makes requests fail by chance.
type Proxy struct {
	plan   Plan
	server http.Server
	url    string
	client http.Transport

	mu     sync.Mutex
	target string
	random *rand.Rand
	counts [kinds]int
	total  int
	still  bool
}

// NewProxy listens on loopback, for a server such as "http://127.0.0.1:8080".
func NewProxy(ctx context.Context, target string, plan Plan) (*Proxy, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		plan: plan, target: target, url: "http://" + listener.Addr().String(),
		random: rand.New(rand.NewPCG(plan.Seed, 0)), //nolint:gosec // chance is to be repeatable
	}
	p.client.MaxIdleConnsPerHost = 200
	p.server.Handler = p
	p.server.ReadHeaderTimeout = time.Minute
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// URL is where clients find the proxy.
func (p *Proxy) URL() string { return p.url }

// Close ends the proxy and all connections.
func (p *Proxy) Close() error {
	err := p.server.Close()
	p.client.CloseIdleConnections()
	return err
}

// Calm has nothing go wrong any more.
func (p *Proxy) Calm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.still = true
}

// Faults tells how often what went wrong.
func (p *Proxy) Faults() map[Kind]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[Kind]int{}
	for kind, count := range p.counts {
		all[Kind(kind)] = count
	}
	return all
}

// String tells how many requests there were, and how often what went wrong.
func (p *Proxy) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	faults := 0
	for kind, count := range p.counts {
		fmt.Fprintf(&b, "\n  %-33s %6d", Kind(kind), count)
		faults += count
	}
	return fmt.Sprintf("%d requests, %d faults:%s", p.total, faults, b.String())
}

// draw decides on the next request.
func (p *Proxy) draw() (kind Kind, happens bool, chance uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total++
	chance = p.random.Uint32()
	if p.plan.Every <= 0 || p.still || p.random.IntN(p.plan.Every) > 0 {
		return 0, false, chance
	}
	kind = Kind(p.random.IntN(int(KindServerGone)))
	if kind == KindHalfOpen || kind == KindHalfOpenAnswered {
		if p.plan.HalfOpenEvery > 1 && p.random.IntN(p.plan.HalfOpenEvery) > 0 {
			kind = KindCutBefore
		}
	}
	p.counts[kind]++
	return kind, true, chance
}

// ServeHTTP implements [http.Handler].
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, happens, chance := p.draw()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		cut(w)
		return
	}
	if !happens {
		p.pass(r.Context(), w, r, body, chance)
		return
	}
	switch kind {
	case KindDelay:
		timer := time.NewTimer(time.Duration(chance) * p.plan.MaxDelay / (1 << 32))
		defer timer.Stop()
		select {
		case <-timer.C:
			p.pass(r.Context(), w, r, body, chance)
		case <-r.Context().Done():
		}
	case KindCutBefore:
		cut(w)
	case KindCutRequest:
		p.half(r, body)
		cut(w)
	case KindCutAnswered:
		p.act(r, body)
		cut(w)
	case KindCutAnswer:
		p.cutInside(w, r, body, chance)
	case KindCutAfter:
		w.Header().Set("Connection", "close")
		p.pass(r.Context(), w, r, body, chance)
	case KindHalfOpen:
		<-r.Context().Done()
	case KindHalfOpenAnswered:
		p.act(r, body)
		<-r.Context().Done()
	case KindTooManyRequests:
		if chance%2 == 0 {
			w.Header().Set("Retry-After", "1")
		}
		w.WriteHeader(http.StatusTooManyRequests)
	case KindServerErrorAnswered:
		p.act(r, body)
		w.WriteHeader(http.StatusInternalServerError)
	case KindGatewayTimeout:
		p.act(r, body)
		w.WriteHeader(http.StatusGatewayTimeout)
	case KindMaintenance:
		w.Header().Set("X-Nextcloud-Maintenance-Mode", "1")
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		w.WriteHeader(map[Kind]int{KindServerError: 500, KindBadGateway: 502, KindUnavailable: 503}[kind])
	}
}

// forward asks the server.
func (p *Proxy) forward(ctx context.Context, r *http.Request, body io.Reader, length int64) (*http.Response, error) {
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, r.Method, target+r.URL.RequestURI(), body)
	if err != nil {
		return nil, err
	}
	req.Header, req.ContentLength = r.Header.Clone(), length
	return p.client.RoundTrip(req)
}

// act has the server do what it is asked to, whatever becomes of the client.
// A long poll is not held: its answer is for nobody.
func (p *Proxy) act(r *http.Request, body []byte) {
	ctx := context.WithoutCancel(r.Context())
	if r.Method == http.MethodGet {
		ctx = r.Context()
	}
	if resp, err := p.forward(ctx, r, bytes.NewReader(body), int64(len(body))); err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// half gives the server the beginning of a request.
func (p *Proxy) half(r *http.Request, body []byte) {
	if len(body) == 0 {
		return
	}
	broken := io.MultiReader(bytes.NewReader(body[:len(body)/2]), BrokenReader{})
	if resp, err := p.forward(r.Context(), r, broken, int64(len(body))); err == nil {
		_ = resp.Body.Close()
	}
}

// pass asks the server and passes the answer on.
func (p *Proxy) pass(ctx context.Context, w http.ResponseWriter, r *http.Request, body []byte, chance uint32) {
	resp, err := p.forward(ctx, r, bytes.NewReader(body), int64(len(body)))
	if err != nil {
		p.gone(ctx, w, chance)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		p.gone(ctx, w, chance)
		return
	}
	copyHeader(w, resp, len(data))
	_, _ = w.Write(data)
}

// cutInside passes on a part of the answer.
func (p *Proxy) cutInside(w http.ResponseWriter, r *http.Request, body []byte, chance uint32) {
	resp, err := p.forward(r.Context(), r, bytes.NewReader(body), int64(len(body)))
	if err != nil {
		p.gone(r.Context(), w, chance)
		return
	}
	data, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err == nil && len(data) > 0 {
		copyHeader(w, resp, len(data))
		_, _ = w.Write(data[:int(chance)%len(data)])
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
	cut(w)
}

// gone is what a client sees when the server does not answer: nothing, or a proxy's word for it.
func (p *Proxy) gone(ctx context.Context, w http.ResponseWriter, chance uint32) {
	if ctx.Err() != nil { // it is the client that has gone
		return
	}
	p.mu.Lock()
	p.counts[KindServerGone]++
	p.mu.Unlock()
	if chance%2 == 0 {
		cut(w)
		return
	}
	w.WriteHeader(http.StatusBadGateway)
}

func copyHeader(w http.ResponseWriter, resp *http.Response, length int) {
	maps.Copy(w.Header(), resp.Header)
	if resp.StatusCode != http.StatusNotModified && resp.StatusCode != http.StatusNoContent {
		w.Header().Set("Content-Length", fmt.Sprint(length))
	}
	w.WriteHeader(resp.StatusCode)
}

// cut breaks the connection as a reset does.
func cut(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
