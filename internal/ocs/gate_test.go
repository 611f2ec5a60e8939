package ocs

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// answering is a server without a network, in the time of a synctest bubble.
type answering struct {
	sent   atomic.Int64
	answer func(n int64) (status int, header http.Header, body string)
}

func (a *answering) RoundTrip(req *http.Request) (*http.Response, error) {
	status, header, body := a.answer(a.sent.Add(1))
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req, ContentLength: int64(len(body))}, nil
}

const fine = `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":[]}}`

func gated(t *testing.T, a *answering, auth Auth) *Client {
	t.Helper()
	c, err := New(Config{BaseURL: "https://cloud.example.com", HTTPClient: &http.Client{Transport: a}, Auth: auth, Retry: Retry{Jitter: func() float64 { return 1 }}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ask(ctx context.Context, c *Client, method string) error {
	_, err := c.Do(ctx, &Request{Op: "ask", Method: method, Path: "/ocs/v2.php/cloud/user"})
	return err
}

func TestARateLimitHoldsTheWholeClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		a := &answering{answer: func(n int64) (int, http.Header, string) {
			mu.Lock()
			at = append(at, time.Since(began))
			mu.Unlock()
			if n == 1 {
				return http.StatusTooManyRequests, http.Header{"Retry-After": {"7"}}, ""
			}
			return http.StatusOK, nil, fine
		}}
		c := gated(t, a, Basic("alice", "secret"))
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second) //nolint:forbidigo // in a bubble
				if err := ask(t.Context(), c, http.MethodPost); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i, d := range at {
			if want := 7 * time.Second; i > 0 && d != want {
				t.Errorf("request %d was sent after %v, want %v", i, d, want)
			}
		}
		if len(at) != 6 {
			t.Errorf("%d requests", len(at))
		}
	})
}

func TestARateLimitThatIsTooLongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &answering{answer: func(n int64) (int, http.Header, string) {
			if n == 1 {
				return http.StatusTooManyRequests, http.Header{"Retry-After": {"3600"}}, ""
			}
			return http.StatusOK, nil, fine
		}}
		c := gated(t, a, None())
		began := time.Now()
		for range 3 {
			var e *Error
			if err := ask(t.Context(), c, http.MethodGet); !errors.As(err, &e) || !errors.Is(err, ErrRateLimited) || e.RetryAfter != time.Hour {
				t.Errorf("told %v", err)
			}
		}
		if a.sent.Load() != 1 || time.Since(began) != 0 {
			t.Errorf("%d requests in %v", a.sent.Load(), time.Since(began))
		}
		time.Sleep(time.Hour) //nolint:forbidigo // in a bubble
		if err := ask(t.Context(), c, http.MethodGet); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}

func TestWaitingForARateLimitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &answering{answer: func(int64) (int, http.Header, string) {
			return http.StatusTooManyRequests, http.Header{"Retry-After": {"50"}}, ""
		}}
		c := gated(t, a, None())
		go func() { _ = ask(t.Context(), c, http.MethodGet) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var e *Error
		if err := ask(ctx, c, http.MethodPost); !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || !e.Unsent() {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestRefusedCredentialsAreNotSentAgain(t *testing.T) {
	t.Parallel()
	const refusal = `{"ocs":{"meta":{"status":"failure","statuscode":997,"message":"Unauthorised"},"data":[]}}`
	for _, tt := range []struct {
		name   string
		auth   Auth
		header http.Header
		body   string
		stops  bool
	}{
		{"OCS says so", Basic("alice", "wrong"), nil, refusal, true},
		{"a challenge", Bearer("wrong"), http.Header{"Www-Authenticate": {"Basic"}}, "", true},
		{"of something else than the account", Basic("alice", "right"), nil, `{"ocs":{"meta":{"status":"failure","statuscode":401,"message":""},"data":[]}}`, false},
		{"of a guest", None(), nil, refusal, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refuses := atomic.Bool{}
			refuses.Store(true)
			a := &answering{answer: func(int64) (int, http.Header, string) {
				if refuses.Load() {
					return http.StatusUnauthorized, tt.header, tt.body
				}
				return http.StatusOK, nil, fine
			}}
			c := gated(t, a, tt.auth)
			for range 5 {
				err := ask(t.Context(), c, http.MethodGet)
				if !errors.Is(err, ErrUnauthorized) {
					t.Errorf("refused with %v", err)
				}
				if strings.Contains(err.Error(), "wrong") {
					t.Errorf("the error has the credentials: %v", err)
				}
			}
			want := int64(5)
			if tt.stops {
				want = 1
			}
			if got := a.sent.Load(); got != want {
				t.Errorf("%d requests, want %d", got, want)
			}
			refuses.Store(false)
			c.Readmit()
			if err := ask(t.Context(), c, http.MethodGet); err != nil {
				t.Errorf("readmitted: %v", err)
			}
		})
	}
}
