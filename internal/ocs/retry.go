package ocs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Retry says how often and how patiently to try again. The zero value means
// four attempts in all, and waits that double from 200 milliseconds up to 10
// seconds, each shortened at random.
//
// Reads, and what is marked [Request.Repeatable], are repeated after 429, 502,
// 503 (but not maintenance), 504 and broken connections. Anything else is
// repeated only when nothing of it was acted on: after 429, and when no
// connection came about.
type Retry struct {
	// Attempts is how often to try in all: 0 means 4, 1 means no repetition.
	Attempts int
	// Base is the longest first wait, doubled for each further one; 0 means 200ms.
	Base time.Duration
	// Max limits those waits; 0 means 10s.
	Max time.Duration
	// MaxRetryAfter is the longest Retry-After of a server to wait for; a
	// longer one is the caller's to decide on. 0 means 60s.
	MaxRetryAfter time.Duration
	// Sleep waits for d or until ctx ends, then with the context's error. Nil
	// means a timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// Now tells the time by which a server's wish that nothing is sent for a
	// while is kept. Nil means the machine's clock.
	Now func() time.Time
	// Jitter returns a number in [0,1) by which a wait is multiplied. Nil
	// means a random one.
	Jitter func() float64
}

func (r Retry) withDefaults() (Retry, error) {
	const op = "new client"
	if r.Attempts < 0 {
		return r, Invalid(op, "retry attempts", "must not be negative, is %d", r.Attempts)
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		unset time.Duration
	}{
		{"retry base", &r.Base, 200 * time.Millisecond},
		{"retry max", &r.Max, 10 * time.Second},
		{"max retry-after", &r.MaxRetryAfter, time.Minute},
	} {
		if *d.value < 0 {
			return r, Invalid(op, d.name, "must not be negative, is %v", *d.value)
		}
		if *d.value == 0 {
			*d.value = d.unset
		}
	}
	if r.Attempts == 0 {
		r.Attempts = 4
	}
	if r.Sleep == nil {
		r.Sleep = sleep
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Jitter == nil {
		r.Jitter = rand.Float64
	}
	return r, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// next reports whether to try again after the n-th attempt failed, and how
// long to wait before.
func (r *Retry) next(ctx context.Context, p *prepared, fail *Error, n int) (time.Duration, bool) {
	switch {
	case n >= r.Attempts, p.req.NoRetry, ctx.Err() != nil, !p.body.sendable():
		return 0, false
	case !fail.harmless() && !(p.read() && fail.passing()):
		return 0, false
	case fail.RetryAfter > r.MaxRetryAfter:
		return 0, false
	case fail.RetryAfter > 0:
		return fail.RetryAfter, true
	}
	wait := r.backOff(n)
	if j := r.Jitter(); j < 1 {
		wait = time.Duration(max(j, 0) * float64(wait))
	}
	return wait, true
}

// backOff returns the longest wait after the n-th failure.
func (r *Retry) backOff(n int) time.Duration {
	// Shifting further than this would overflow long before it were waited for.
	if shift := n - 1; shift < 30 && r.Base < r.Max>>shift {
		return r.Base << shift
	}
	return r.Max
}

// harmless reports whether the request has certainly not been acted on, so
// that even a write may be repeated.
func (e *Error) harmless() bool {
	return e.unsent && e.broken || e.StatusCode == http.StatusTooManyRequests
}

// passing reports whether the failure may be gone at the next attempt.
func (e *Error) passing() bool {
	return e.broken || e.Is(ErrUnavailable) && !e.Is(ErrMaintenance)
}

// unsent reports whether an error of the transport says that no connection
// came about.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || permanent(err)
}

// permanent reports whether an error of the transport, one that kept a
// connection from coming about, will be the same next time.
func permanent(err error) bool {
	var (
		dns    *net.DNSError
		cert   *tls.CertificateVerificationError
		record tls.RecordHeaderError
		ca     x509.UnknownAuthorityError
		host   x509.HostnameError
	)
	return errors.As(err, &dns) && dns.IsNotFound ||
		errors.As(err, &cert) || errors.As(err, &record) || errors.As(err, &ca) || errors.As(err, &host) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

// retryAfter reads how long a server asks to wait. A date is measured against
// the server's own clock, so that ours may be wrong.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if secs, err := strconv.ParseInt(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		switch {
		case secs <= 0:
			return 0
		case secs > int64(math.MaxInt64/time.Second):
			return math.MaxInt64
		}
		return time.Duration(secs) * time.Second
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(until.Sub(now), 0)
}
