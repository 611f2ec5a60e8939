package talk

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// Option changes how a [Client] is made.
type Option func(*settings)

type settings struct{ ocs.Config }

// WithAppPassword identifies the client as a user, by an app password: one that the user made for it in the security
// settings, or by logging in through the browser. A real password works, too, but costs the server a slow check each time,
// and sessions in conversations and calls end with the request that opened them.
func WithAppPassword(user, password string) Option {
	return func(s *settings) { s.Auth = ocs.Basic(user, password) }
}

// WithBearerToken identifies the client by a token, of OpenID Connect for instance.
func WithBearerToken(token string) Option {
	return func(s *settings) { s.Auth = ocs.Bearer(token) }
}

// WithHTTPClient lets a client of the caller's carry the requests. It is copied: the copy keeps cookies, which Talk's
// sessions need, and refuses redirects to other hosts. Without it, and without a Transport of its own, connections that lead nowhere
// are noticed, HTTP/2's included.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) { s.HTTPClient = client }
}

// WithIdleTimeout changes how long a request waits while nothing is sent and nothing arrives, before it counts as broken: 2
// minutes. A long poll waits for as long as the server holds it, and this much or 15 seconds longer, whichever is less.
func WithIdleTimeout(d time.Duration) Option {
	return func(s *settings) { s.IdleTimeout = d }
}

// WithLogger gets a line for each request at level debug, and for each failure that the client recovers from at level
// warning. Credentials, queries and bodies are never logged.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) { s.Logger = logger }
}

// WithUserAgent replaces the name by which the client introduces itself.
func WithUserAgent(name string) Option {
	return func(s *settings) { s.UserAgent = name }
}

// Retry says how often and how patiently to try again. The zero value means four attempts in all, with waits that double
// from 200 milliseconds up to 10 seconds, each shortened at random.
//
//   - Attempts is how often to try in all, 1 for no repetition
//   - Base is the longest first wait, Max the longest of all
//   - MaxRetryAfter is the longest Retry-After of a server to wait for; a longer one is an error that tells it
//   - Sleep, Now and Jitter stand in for time and chance, in tests
type Retry = ocs.Retry

// WithRetry changes how often and how patiently the client tries again.
func WithRetry(retry Retry) Option {
	return func(s *settings) { s.Retry = retry }
}

// userAgent names the program's version of this module.
func userAgent() string {
	const name = "confab"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return name
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == "github.com/confab-go/confab" && m.Version != "" && m.Version != "(devel)" {
			return name + "/" + m.Version
		}
	}
	return name
}
