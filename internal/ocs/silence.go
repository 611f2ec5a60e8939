package ocs

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// DefaultIdleTimeout is [Config.IdleTimeout] when that is 0. Proxies before
// a Nextcloud give up earlier, as a rule.
const DefaultIdleTimeout = 2 * time.Minute

const (
	// pingAfter is how long an HTTP/2 connection may be silent before it is
	// asked whether it is still there, and pingTimeout how long that is
	// waited for. A connection that leads nowhere would be used for every
	// further request until the system gives it up, which takes it minutes.
	pingAfter   = 15 * time.Second
	pingTimeout = 15 * time.Second
)

// silence ends an attempt in which nothing is sent and nothing arrives for too
// long, so that a connection that leads nowhere is not waited for. It counts
// while the network is waited for, and not while the caller is.
type silence struct {
	timer *time.Timer
	after atomic.Int64 // nanoseconds that are being counted
	over  atomic.Bool  // the request is answered, whether it was sent to its end or not
}

// watch calls end after d of silence.
func (s *silence) watch(d time.Duration, end func(after time.Duration)) {
	s.after.Store(int64(d))
	s.timer = time.AfterFunc(d, func() { end(time.Duration(s.after.Load())) })
}

func (s *silence) begin(d time.Duration) {
	s.after.Store(int64(d))
	s.timer.Reset(d)
}

func (s *silence) pause() { s.timer.Stop() }

// answerBody is an answer's body whose sender must not fall silent.
type answerBody struct {
	io.ReadCloser

	x *exchange
}

func (b *answerBody) Read(p []byte) (int, error) {
	b.x.silence.begin(b.x.c.idle)
	n, err := b.ReadCloser.Read(p)
	b.x.silence.pause()
	if timeout := b.x.timedOut(); err != nil && timeout != nil {
		err = timeout
	}
	return n, err
}

// ownTransport is what carries requests when the caller has no wishes: as
// the default one, but aware of connections that lead nowhere.
func ownTransport(pingAfter, pingTimeout time.Duration) http.RoundTripper {
	given, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := given.Clone()
	if t.HTTP2 == nil {
		t.HTTP2 = &http.HTTP2Config{}
	}
	t.HTTP2.SendPingTimeout, t.HTTP2.PingTimeout = pingAfter, pingTimeout
	return t
}
