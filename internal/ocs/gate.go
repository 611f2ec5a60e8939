package ocs

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// gate holds back all requests of a client when the server has refused one of
// them for what is no fault of that request: too many of them, or the
// credentials. A server that counts failures shall not be given more of them.
type gate struct {
	mu      sync.Mutex
	until   time.Time // nothing is sent before
	refused time.Time // when the credentials were refused, zero for never
}

// pass waits until a request may be sent, or says why it must not be.
// Waited is until when the request has waited on its own account already.
func (c *Client) pass(ctx context.Context, p *prepared, waited time.Time) *Error {
	for {
		c.gate.mu.Lock()
		until, refused := c.gate.until, c.gate.refused
		c.gate.mu.Unlock()
		if !refused.IsZero() {
			e := p.newError()
			e.StatusCode, e.unsent = http.StatusUnauthorized, true
			e.Message = "not sent, since the server refused the credentials at " + refused.Format(time.RFC3339)
			return e
		}
		wait := until.Sub(c.retry.Now()).Round(time.Millisecond)
		if wait <= 0 || !until.After(waited) {
			return nil
		}
		if wait > c.retry.MaxRetryAfter {
			e := p.newError()
			e.StatusCode, e.RetryAfter, e.unsent = http.StatusTooManyRequests, wait.Round(time.Second), true
			e.Message = "not sent, since the server has asked to wait"
			return e
		}
		if err := c.retry.Sleep(ctx, wait); err != nil {
			e := p.newError()
			e.Err, e.unsent = err, true
			if ctx.Err() != nil {
				e.Err = givenUp(ctx)
			}
			return e
		}
		waited = until
	}
}

// learn takes note of what a failure means for all requests, and returns until
// when none of them is sent.
func (c *Client) learn(fail *Error, n int) time.Time {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	switch {
	case fail.StatusCode == http.StatusTooManyRequests:
		hold := fail.RetryAfter
		if hold == 0 {
			hold = c.retry.backOff(n)
		}
		if until := c.retry.Now().Add(hold); until.After(c.gate.until) {
			c.gate.until = until
		}
	case fail.credentials && c.auth != None():
		if c.gate.refused.IsZero() {
			c.gate.refused = c.retry.Now()
		}
	}
	return c.gate.until
}

// Readmit sends requests again after the server has refused the credentials.
func (c *Client) Readmit() {
	c.gate.mu.Lock()
	c.gate.refused = time.Time{}
	c.gate.mu.Unlock()
}
