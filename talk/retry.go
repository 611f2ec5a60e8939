package talk

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	backOffBase = 500 * time.Millisecond // longest wait after a first failure
	backOffMax  = 30 * time.Second       // longest wait of all
)

// isFinal reports whether a read that failed will fail for ever.
func isFinal(err error) bool {
	for _, final := range []error{ErrUnauthorized, ErrForbidden, ErrNotFound, ErrInvalid, ErrUnsupported, ErrRedirect} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}

// isElsewhere reports whether a refusal does not come from Talk: the server is amid an upgrade, and has no Talk for a while, or what
// stands before it does not find it. Where Talk has answered before, that passes.
func isElsewhere(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.StatusCode == http.StatusNotFound || e.StatusCode == http.StatusForbidden) && (e.OCSCode == 0 || e.OCSCode == 998)
}

// mayHaveArrived reports whether a request that failed could have had its effect all the same.
func mayHaveArrived(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Unsent() || errors.Is(err, ErrMaintenance) || errors.Is(err, ErrRedirect) {
		return false
	}
	switch e.StatusCode {
	case http.StatusNotImplemented, http.StatusInsufficientStorage: // the server says that it did nothing
		return false
	}
	return errors.Is(err, ErrConnection) || errors.Is(err, ErrBadResponse) || e.StatusCode >= http.StatusInternalServerError
}

// backOff waits after the n-th failure in a row: longer from failure to failure, or as long as the server asks to.
func (c *Client) backOff(ctx context.Context, what string, n int, cause error) error {
	wait := backOffMax
	if n < 10 {
		wait = min(backOffMax, backOffBase<<(n-1))
	}
	jitter := rand.Float64
	if c.retry.Jitter != nil {
		jitter = c.retry.Jitter
	}
	wait = time.Duration(float64(wait) * (0.5 + jitter()/2))
	var e *Error
	if errors.As(cause, &e) && e.RetryAfter > wait {
		wait = e.RetryAfter
	}
	c.log.WarnContext(ctx, "trying again", "what", what, "failures", n, "wait", wait, "error", cause)
	return c.sleep(ctx, wait)
}

// sleep waits for d, or until the context ends.
func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.retry.Sleep != nil {
		return c.retry.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// now tells the time.
func (c *Client) now() time.Time {
	if c.retry.Now != nil {
		return c.retry.Now()
	}
	return time.Now()
}
