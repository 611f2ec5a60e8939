package ocs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fails answers the first n requests with a status, and those after with success.
func fails(n, status int, header ...string) http.HandlerFunc {
	var seen counter
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if seen.add() > n {
			answer(200, okBody)(w, r)
			return
		}
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

func TestRetriesByStatus(t *testing.T) {
	t.Parallel()
	read := Request{Path: room}
	write := Request{Method: "POST", Path: room, Body: map[string]string{"a": "b"}}
	repeatable := Request{Method: "PUT", Path: room, Body: url.Values{"a": {"b"}}, Repeatable: true}
	once := Request{Path: room, NoRetry: true}
	streamed := func() Request {
		return Request{Method: "PUT", Path: room, Body: &Raw{Reader: io.MultiReader(strings.NewReader("x"))}, Repeatable: true}
	}
	const ms = time.Millisecond
	tests := []struct {
		name    string
		req     Request
		handler http.HandlerFunc
		waits   []time.Duration
		want    error
	}{
		{"read, 502", read, fails(1, 502), []time.Duration{200 * ms}, nil},
		{"read, 503", read, fails(2, 503), []time.Duration{200 * ms, 400 * ms}, nil},
		{"read, 504", read, fails(3, 504), []time.Duration{200 * ms, 400 * ms, 800 * ms}, nil},
		{"read, 429", read, fails(1, 429), []time.Duration{200 * ms}, nil},
		{"read, too often", read, fails(4, 503), []time.Duration{200 * ms, 400 * ms, 800 * ms}, ErrUnavailable},
		{"read, 500", read, fails(1, 500), nil, &Error{StatusCode: 500}},
		{"read, 404", read, fails(1, 404), nil, ErrNotFound},
		{"read, maintenance", read, fails(1, 503, "X-Nextcloud-Maintenance-Mode", "1"), nil, ErrMaintenance},
		{"read, not to be retried", once, fails(1, 503), nil, ErrUnavailable},
		{"write, 429", write, fails(1, 429), []time.Duration{200 * ms}, nil},
		{"write, 502", write, fails(1, 502), nil, ErrUnavailable},
		{"write, 503", write, fails(1, 503), nil, ErrUnavailable},
		{"write, 504", write, fails(1, 504), nil, ErrUnavailable},
		{"repeatable write, 504", repeatable, fails(1, 504), []time.Duration{200 * ms}, nil},
		{"body that cannot be sent again, 429", streamed(), fails(1, 429), nil, ErrRateLimited},
		{"body that cannot be sent again, 503", streamed(), fails(1, 503), nil, ErrUnavailable},
		{"retry-after", read, fails(1, 429, "Retry-After", "7"), []time.Duration{7 * time.Second}, nil},
		{"retry-after of 503", read, fails(1, 503, "Retry-After", "60"), []time.Duration{time.Minute}, nil},
		{"retry-after too long", read, fails(1, 429, "Retry-After", "61"), nil, ErrRateLimited},
		{"retry-after absurdly long", read, fails(1, 429, "Retry-After", "99999999999999999999"), nil, ErrRateLimited},
		{"retry-after past", read, fails(1, 429, "Retry-After", "-5"), []time.Duration{200 * ms}, nil},
		{"retry-after nonsense", read, fails(1, 429, "Retry-After", "soon"), []time.Duration{200 * ms}, nil},
		{
			"retry-after as a date by a clock years off", read,
			fails(1, 429, "Date", "Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After", "Mon, 02 Jan 2006 15:04:35 GMT"),
			[]time.Duration{30 * time.Second},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, n := newServer(t, tt.handler)
			c, w := newClient(t, srv.URL, nil)
			_, err := c.Do(t.Context(), &tt.req)
			switch want := tt.want.(type) { //nolint:errorlint // it is a test's own
			case nil:
				if err != nil {
					t.Fatal(err)
				}
			case *Error:
				if e := asError(t, err); e.StatusCode != want.StatusCode {
					t.Errorf("err = %v, want status %d", err, want.StatusCode)
				}
			default:
				if !errors.Is(err, want) {
					t.Errorf("err = %v, want %v", err, want)
				}
			}
			if d := cmp.Diff(tt.waits, w.got); d != "" {
				t.Errorf("waits (-want +got):\n%s", d)
			}
			if n.get() != len(tt.waits)+1 {
				t.Errorf("%d requests, want %d", n.get(), len(tt.waits)+1)
			}
			if err != nil && asError(t, err).Attempts != n.get() {
				t.Errorf("Attempts = %d, want %d", asError(t, err).Attempts, n.get())
			}
			if said := strings.Contains(fmt.Sprint(err), fmt.Sprintf("tried %d times", n.get())); said != (err != nil && n.get() > 1) {
				t.Errorf("the number of attempts is told wrongly: %v", err)
			}
		})
	}
}

func TestRepeatedBodyIsWhole(t *testing.T) {
	t.Parallel()
	const want = "the whole body"
	buffered := strings.NewReader("skipped" + want)
	_, _ = io.CopyN(io.Discard, buffered, 7)
	for name, body := range map[string]any{
		"form":    url.Values{"b": {want}},
		"json":    want,
		"reader":  &Raw{Reader: buffered},
		"getbody": &Raw{GetBody: func() (io.Reader, error) { return io.MultiReader(strings.NewReader(want)), nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				got = append(got, string(b))
				if len(got) < 3 {
					w.WriteHeader(429)
					return
				}
				answer(200, okBody)(w, r)
			})
			c, _ := newClient(t, srv.URL, nil)
			if _, err := c.Do(t.Context(), &Request{Method: "POST", Path: room, Body: body}); err != nil {
				t.Fatal(err)
			}
			if len(got) != 3 || got[0] != got[1] || got[1] != got[2] || len(got[0]) < len(want) {
				t.Errorf("bodies: %q", got)
			}
		})
	}
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, answer(503, ""))
	c, w := newClient(t, srv.URL, func(cfg *Config) {
		cfg.Retry.Attempts, cfg.Retry.Base, cfg.Retry.Max = 6, time.Second, 5*time.Second
		cfg.Retry.Jitter = func() float64 { return 0.5 }
	})
	_, err := c.Do(t.Context(), &Request{Path: room})
	if !errors.Is(err, ErrUnavailable) {
		t.Fatal(err)
	}
	want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 2500 * time.Millisecond, 2500 * time.Millisecond}
	if d := cmp.Diff(want, w.got); d != "" {
		t.Errorf("waits (-want +got):\n%s", d)
	}
	r, err := Retry{Jitter: func() float64 { return 1 }, Attempts: 1000, Base: 1, Max: math.MaxInt64}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	p := &prepared{req: Request{Method: "GET"}, body: source{empty: true}}
	for n := 1; n < 1000; n++ {
		if wait, again := r.next(t.Context(), p, &Error{StatusCode: 503}, n); !again || wait < 0 {
			t.Fatalf("after attempt %d: %v, %v", n, wait, again)
		}
	}
}

// tripper is a transport that fails as it is told to.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetriesByConnection(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused")}
	absent := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: errors.New("reset")}
	tests := []struct {
		name, method string
		fail         error
		tries        int
	}{
		{"read, no connection", "GET", dial, 4},
		{"read, broken connection", "GET", reset, 4},
		{"read, connection closed", "GET", io.EOF, 4},
		{"read, no such host", "GET", absent, 1},
		{"write, no connection", "POST", dial, 4},
		{"write, broken connection", "POST", reset, 1},
		{"write, connection closed", "POST", io.EOF, 1},
		{"write, no such host", "POST", absent, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n counter
			c, _ := newClient(t, "https://cloud.example.com", func(cfg *Config) {
				cfg.HTTPClient = &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) {
					n.add()
					return nil, tt.fail
				})}
			})
			_, err := c.Do(t.Context(), &Request{Method: tt.method, Path: room, Query: url.Values{"q": {"hush"}}})
			if !errors.Is(err, ErrConnection) || !errors.Is(err, tt.fail) {
				t.Errorf("err = %v, want ErrConnection and %v", err, tt.fail)
			}
			if n.get() != tt.tries {
				t.Errorf("tried %d times, want %d", n.get(), tt.tries)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the error tells the query: %v", err)
			}
		})
	}
}

func TestUnsentSpeaksOfEveryAttempt(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused")}
	absent := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: errors.New("reset")}
	for _, tt := range []struct {
		name  string
		fails []error // the last one again and again
		want  bool
	}{
		{"no connection", []error{dial}, true},
		{"no such host", []error{absent}, true},
		{"broken connection", []error{reset}, false},
		{"broken, then no connection", []error{reset, dial}, false},
		{"broken, then no such host", []error{reset, absent}, false},
		{"no connection, then broken", []error{dial, reset}, false},
	} {
		var n counter
		c, _ := newClient(t, "https://cloud.example.com", func(cfg *Config) {
			cfg.HTTPClient = &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) {
				return nil, tt.fails[min(n.add(), len(tt.fails))-1]
			})}
		})
		_, err := c.Do(t.Context(), &Request{Method: "PUT", Path: room, Repeatable: true})
		if got := asError(t, err).Unsent(); got != tt.want {
			t.Errorf("%s: Unsent() = %v, want %v (%v)", tt.name, got, tt.want, err)
		}
	}
	if !asError(t, Invalid("o", "f", "x")).Unsent() || !asError(t, Unsupported("o", "f")).Unsent() {
		t.Error("what was refused here counts as sent")
	}
	if asError(t, BadResponse("o", "m", "p", io.EOF)).Unsent() {
		t.Error("what was answered counts as unsent")
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c, w := newClient(t, "http://"+addr, nil)
	_, err = c.Do(t.Context(), &Request{Method: "POST", Path: room})
	if !errors.Is(err, ErrConnection) || len(w.got) != 3 {
		t.Errorf("err = %v after %d waits, want ErrConnection after 3", err, len(w.got))
	}
}

func TestUnknownCertificateIsNotRetried(t *testing.T) {
	t.Parallel()
	srv, n := newTLSServer(t, answer(200, okBody))
	c, w := newClient(t, srv.URL, nil)
	_, err := c.Do(t.Context(), &Request{Path: room})
	if !errors.Is(err, ErrConnection) || len(w.got) != 0 || n.get() != 0 {
		t.Errorf("err = %v, %d waits, %d requests", err, len(w.got), n.get())
	}
}

func TestFailureOfTheBodyToSend(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	c, w := newClient(t, srv.URL, nil)
	broken := errors.New("disk on fire")
	_, err := c.Do(t.Context(), &Request{
		Method: "PUT", Path: room, Repeatable: true,
		Body: &Raw{GetBody: func() (io.Reader, error) { return io.MultiReader(strings.NewReader("x"), failing{broken}), nil }},
	})
	if !errors.Is(err, broken) || errors.Is(err, ErrConnection) || len(w.got) != 0 {
		t.Errorf("err = %v after %d waits, want the body's own, at once", err, len(w.got))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestContextEndsTheWait(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, answer(429, ""))
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := newClient(t, srv.URL, func(cfg *Config) {
		cfg.Retry.Sleep = func(ctx context.Context, _ time.Duration) error {
			cancel()
			return sleep(ctx, time.Hour)
		}
	})
	_, err := c.Do(ctx, &Request{Path: room})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrRateLimited) {
		t.Errorf("err = %v, want both Canceled and ErrRateLimited", err)
	}
}

func TestContextEndsTheRequest(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	srv, n := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	why := errors.New("the user went home")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() { <-arrived; cancel(why) }()
	c, _ := newClient(t, srv.URL, nil)
	_, err := c.Do(ctx, &Request{Path: room})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || errors.Is(err, ErrConnection) {
		t.Errorf("err = %v, want Canceled and its cause", err)
	}
	if n.get() != 1 {
		t.Errorf("%d requests, want 1", n.get())
	}
}

func TestSilenceEndsAnAttempt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		begin  bool // answer with headers and half a body before falling silent
		tries  int
	}{
		{"read", "GET", false, 2},
		{"read, within the body", "GET", true, 2},
		{"write", "POST", false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if tt.begin {
					_, _ = io.WriteString(w, okBody[:10])
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
			})
			c, _ := newClient(t, srv.URL, func(cfg *Config) { cfg.Retry.Attempts, cfg.IdleTimeout = 2, 20*time.Millisecond })
			_, err := c.Do(t.Context(), &Request{Method: tt.method, Path: room})
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrConnection) {
				t.Errorf("err = %v, want DeadlineExceeded and ErrConnection", err)
			}
			if e := asError(t, err); e.Attempts != tt.tries {
				t.Errorf("%d attempts, want %d", e.Attempts, tt.tries)
			}
		})
	}
}

func TestRetryAfterIsTold(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, fails(1, 429, "Retry-After", "3600"))
	c, _ := newClient(t, srv.URL, nil)
	_, err := c.Do(t.Context(), &Request{Path: room})
	if e := asError(t, err); e.RetryAfter != time.Hour || !strings.Contains(err.Error(), "1h0m0s") {
		t.Errorf("RetryAfter = %v in %v", e.RetryAfter, err)
	}
}
