// Package ocs speaks to a Nextcloud server: it sends requests, follows the OCS
// envelope, retries what is safe to retry, and turns every failure into an
// [*Error]. It knows nothing of what the requests are about.
package ocs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

// DefaultMaxBody is the limit in bytes of a buffered answer when
// [Config.MaxBody] is 0: 64 MiB.
const DefaultMaxBody = 64 << 20

// defaultUserAgent is what servers are told when the configuration says nothing.
const defaultUserAgent = "confab"

// Config says how a [Client] reaches its server. Only BaseURL is required.
type Config struct {
	// BaseURL is the address of the server, with its sub-path if it has one:
	// "https://cloud.example.com" or "https://example.com/nextcloud".
	BaseURL string
	// HTTPClient carries the requests; nil means a new one, which notices
	// connections that lead nowhere, HTTP/2's included. A given client is
	// copied and never modified: the copy gets a cookie jar when it has none,
	// and its CheckRedirect is replaced.
	HTTPClient *http.Client
	// Auth identifies the caller on each request; nil means nobody.
	Auth Auth
	// UserAgent is sent with each request; empty means "confab".
	UserAgent string
	// Logger receives one debug record per attempt: method, path, status,
	// duration and number of the attempt, never headers, queries or bodies.
	// Nil means no log.
	Logger *slog.Logger
	// MaxBody limits a buffered answer, in bytes; 0 means [DefaultMaxBody].
	// A longer answer fails with [ErrBadResponse].
	MaxBody int64
	// IdleTimeout is how long an attempt waits while nothing is sent and
	// nothing arrives; 0 means [DefaultIdleTimeout].
	IdleTimeout time.Duration
	// Retry says how often and how patiently to try again.
	Retry Retry
	// OnResponse, when set, sees the status and the headers of every answer,
	// refused and repeated ones included, before anything else is done with
	// it. The response it is given has no body and no request. It may be
	// called from several goroutines at once.
	OnResponse func(*http.Response)
}

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	base       *url.URL
	http       *http.Client
	auth       Auth
	userAgent  string
	log        *slog.Logger
	maxBody    int64
	idle       time.Duration
	retry      Retry
	onResponse func(*http.Response)
	gate       *gate
	clock      *serverClock
}

// New returns a client for the server at cfg.BaseURL. It sends nothing. A
// configuration that cannot work fails with [ErrInvalid], naming the field.
func New(cfg Config) (*Client, error) {
	const op = "new client"
	base, err := parseBaseURL(cfg.BaseURL)
	if err != nil {
		return nil, Invalid(op, "base URL", "%w", err)
	}
	if c, ok := cfg.Auth.(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			return nil, Invalid(op, "auth", "%w", err)
		}
	}
	if cfg.MaxBody < 0 {
		return nil, Invalid(op, "max body", "must not be negative, is %d", cfg.MaxBody)
	}
	if cfg.IdleTimeout < 0 {
		return nil, Invalid(op, "idle timeout", "must not be negative, is %v", cfg.IdleTimeout)
	}
	if err := checkHeaderValue(cfg.UserAgent); err != nil {
		return nil, Invalid(op, "user agent", "%w", err)
	}
	retry, err := cfg.Retry.withDefaults()
	if err != nil {
		return nil, err
	}
	hc, err := ownHTTPClient(cfg.HTTPClient)
	if err != nil {
		return nil, fmt.Errorf("talk: %s: %w", op, err)
	}
	c := &Client{
		base:       base,
		http:       hc,
		auth:       cfg.Auth,
		userAgent:  cfg.UserAgent,
		log:        cfg.Logger,
		maxBody:    cfg.MaxBody,
		idle:       cfg.IdleTimeout,
		retry:      retry,
		onResponse: cfg.OnResponse,
		gate:       &gate{},
		clock:      &serverClock{},
	}
	if c.auth == nil {
		c.auth = None()
	}
	if c.userAgent == "" {
		c.userAgent = defaultUserAgent
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.idle == 0 {
		c.idle = DefaultIdleTimeout
	}
	if c.maxBody == 0 {
		c.maxBody = DefaultMaxBody
	}
	return c, nil
}

// ownHTTPClient copies given, so that what is changed for our rules is not
// changed for its owner.
func ownHTTPClient(given *http.Client) (*http.Client, error) {
	var hc http.Client
	if given != nil {
		hc = *given
	}
	if hc.Jar == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		hc.Jar = jar
	}
	if hc.Transport == nil {
		hc.Transport = ownTransport(pingAfter, pingTimeout)
	}
	hc.Transport = locationGuard{hc.Transport}
	hc.CheckRedirect = checkRedirect
	return &hc, nil
}

// IdleTimeout returns how long an attempt waits in silence.
func (c *Client) IdleTimeout() time.Duration { return c.idle }

// BaseURL returns a copy of the server's address, without a trailing slash.
func (c *Client) BaseURL() *url.URL {
	u := *c.base
	return &u
}

// Do sends req and returns the answer with its OCS envelope taken off. It
// fails with an [*Error] when the server cannot be reached, refuses the
// request, or answers something else than OCS.
func (c *Client) Do(ctx context.Context, req *Request) (*Response, error) {
	return run(ctx, c, req, kindOCS, func(x *exchange) (*Response, *Error) {
		defer x.close()
		return x.response()
	})
}

// Raw sends req and returns the answer as it is, for what has no envelope:
// files, pictures, status.php, the login flow. Statuses of 400 and more, and
// redirects that are not followed, are errors. The caller reads the body,
// without limit, and closes it.
func (c *Client) Raw(ctx context.Context, req *Request) (*http.Response, error) {
	return run(ctx, c, req, kindRaw, func(x *exchange) (*http.Response, *Error) {
		if fail := x.refusal(); fail != nil {
			x.close()
			return nil, fail
		}
		x.res.Body = x.body()
		return x.res, nil
	})
}

// run tries a request until it succeeds, fails for good, or has been tried
// often enough. Once hands each answer to the caller's kind of decoding.
func run[T any](ctx context.Context, c *Client, req *Request, k kind, once func(*exchange) (T, *Error)) (T, error) {
	var zero T
	p, err := c.prepare(req, k)
	if err != nil {
		return zero, err
	}
	sent := false
	var waited time.Time
	for n := 1; ; n++ {
		if fail := c.pass(ctx, p, waited); fail != nil {
			fail.Attempts, fail.unsent = n-1, !sent
			return zero, fail
		}
		v, fail := attempt(ctx, c, p, n, once)
		if fail == nil {
			return v, nil
		}
		fail.Attempts = n
		sent = sent || !fail.unsent
		waited = c.learn(fail, n)
		wait, again := c.retry.next(ctx, p, fail, n)
		if !again {
			fail.unsent = !sent
			return zero, fail
		}
		if err := c.retry.Sleep(ctx, wait); err != nil {
			if ctx.Err() != nil {
				err = givenUp(ctx)
			}
			fail.Err = errors.Join(err, fail.Err)
			fail.unsent = !sent
			return zero, fail
		}
	}
}

// attempt sends the request once and decodes its answer.
func attempt[T any](ctx context.Context, c *Client, p *prepared, n int, once func(*exchange) (T, *Error)) (T, *Error) {
	start := time.Now()
	x, fail := c.send(ctx, p)
	var v T
	status := 0
	if fail == nil {
		status = x.res.StatusCode
		v, fail = once(x)
	}
	attrs := []slog.Attr{
		slog.String("method", p.req.Method),
		slog.String("path", p.req.Path),
		slog.Int("status", status),
		slog.Duration("duration", time.Since(start)),
		slog.Int("attempt", n),
	}
	if fail != nil {
		attrs = append(attrs, slog.String("error", fail.Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "talk: "+p.req.Op, attrs...)
	return v, fail
}
