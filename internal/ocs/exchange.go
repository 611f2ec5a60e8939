package ocs

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// maxErrorBody is how much of a refusal's body is looked at.
	maxErrorBody = 256 << 10
	// errorBodyTimeout is how long a refusal's body is waited for: the
	// status says enough.
	errorBodyTimeout = 10 * time.Second
)

// exchange is one attempt whose answer has begun to arrive.
type exchange struct {
	c      *Client
	p      *prepared
	parent context.Context // the caller's
	ctx    context.Context // the attempt's
	cancel context.CancelCauseFunc
	wait   time.Duration // for the answer to begin
	sent   *sentBody     // nil when the request has no body
	res    *http.Response

	silence silence
}

// timeoutError ends an attempt in which nothing came for longer than Request.Timeout or Config.IdleTimeout.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string   { return fmt.Sprintf("no answer within %v", e.after) }
func (e *timeoutError) Timeout() bool   { return true }
func (e *timeoutError) Is(t error) bool { return t == context.DeadlineExceeded }

// send sends the request and waits for the headers of its answer.
func (c *Client) send(parent context.Context, p *prepared) (*exchange, *Error) {
	body, err := p.body.open()
	if err != nil {
		e := p.newError()
		e.Err = fmt.Errorf("body to send: %w", err)
		return nil, e
	}
	x := &exchange{c: c, p: p, parent: parent, sent: body, wait: p.req.Timeout}
	if x.wait <= 0 {
		x.wait = c.idle
	}
	x.ctx, x.cancel = context.WithCancelCause(parent)
	x.silence.watch(x.wait, func(after time.Duration) { x.cancel(&timeoutError{after}) })
	req, err := http.NewRequestWithContext(x.ctx, p.req.Method, p.url.String(), nil)
	if err != nil {
		x.close()
		e := p.newError()
		e.Field, e.Err = "method", err
		return nil, e
	}
	req.Header = p.header.Clone()
	if body != nil {
		body.x = x
		req.Body, req.ContentLength = body, p.body.length
		if p.body.again != nil {
			req.GetBody = func() (io.ReadCloser, error) {
				again, err := p.body.reopen()
				if err == nil {
					again.x = x
				}
				return again, err
			}
		}
	}
	c.auth.Apply(req)
	x.res, err = c.http.Do(req) //nolint:bodyclose // x.close does
	x.silence.over.Store(true)
	x.silence.pause()
	if err != nil {
		x.res = nil // of a refused redirect; net/http has closed it
		defer x.close()
		return nil, x.unanswered(err)
	}
	x.res.Body = &answerBody{x.res.Body, x}
	if date := x.res.Header.Get("Date"); date != "" {
		c.clock.hear(date, c.retry.Now())
	}
	if c.onResponse != nil {
		c.onResponse(&http.Response{
			Status:     x.res.Status,
			StatusCode: x.res.StatusCode,
			Proto:      x.res.Proto,
			ProtoMajor: x.res.ProtoMajor,
			ProtoMinor: x.res.ProtoMinor,
			Header:     x.res.Header.Clone(),
			Body:       http.NoBody,
		})
	}
	return x, nil
}

// timedOut gives the error of an attempt that ended because of silence, nil of any other.
func (x *exchange) timedOut() error {
	if timeout, ok := errors.AsType[*timeoutError](context.Cause(x.ctx)); ok {
		return timeout
	}
	return nil
}

func (x *exchange) close() {
	if x.res != nil {
		_ = x.res.Body.Close()
	}
	x.silence.pause()
	x.cancel(nil)
}

// body is the answer's body, whose closing ends the exchange.
func (x *exchange) body() io.ReadCloser { return &exchangeBody{x.res.Body, x} }

type exchangeBody struct {
	io.ReadCloser
	x *exchange
}

func (b *exchangeBody) Close() error {
	err := b.ReadCloser.Close()
	b.x.cancel(nil)
	return err
}

func (p *prepared) newError() *Error {
	return &Error{Op: p.req.Op, Method: p.req.Method, Path: p.req.Path}
}

// unanswered makes the error for a request that got no answer.
func (x *exchange) unanswered(err error) *Error {
	e := x.p.newError()
	// The outer error repeats the whole address, query included.
	for ue, ok := errors.AsType[*url.Error](err); ok; ue, ok = errors.AsType[*url.Error](err) {
		err = ue.Err
	}
	var redirect *redirectError
	switch {
	case errors.As(err, &redirect):
		e.kind, e.Err = ErrRedirect, redirect
	case x.ended(e, err):
	case x.sent.err() != nil:
		e.Err = fmt.Errorf("body to send: %w", x.sent.err())
	default:
		e.kind, e.Err = ErrConnection, err
		e.unsent = unsent(err)
		e.broken = !permanent(err)
	}
	return e
}

// ended fills in e if the attempt failed because its time was up or the
// caller gave up, and reports whether that is so.
func (x *exchange) ended(e *Error, err error) bool {
	var timeout *timeoutError
	switch {
	case x.parent.Err() != nil:
		e.Err = givenUp(x.parent)
	case errors.As(context.Cause(x.ctx), &timeout):
		e.kind, e.Err, e.broken = ErrConnection, timeout, true
	case errors.Is(err, context.DeadlineExceeded): // of http.Client.Timeout, or of its dialer
		e.kind, e.Err, e.broken, e.unsent = ErrConnection, err, true, unsent(err)
	default:
		return false
	}
	return true
}

// givenUp is the error of a context that has ended, with the cause that was given for it.
func givenUp(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// unreadable makes the error for an answer whose body cannot be read to its end.
func (x *exchange) unreadable(err error) *Error {
	e := x.p.newError()
	e.StatusCode = x.res.StatusCode
	if x.ended(e, err) {
		return e
	}
	e.kind = ErrBadResponse
	switch {
	case corrupt(err):
		e.Err = fmt.Errorf("the answer cannot be unpacked: %w", err)
		return e
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Err = fmt.Errorf("the answer breaks off: %w", err)
	default:
		e.Err = fmt.Errorf("the answer breaks off: %w: %w", io.ErrUnexpectedEOF, err)
	}
	e.broken = true
	return e
}

// corrupt reports whether a body came whole, and is not what its compression promised.
func corrupt(err error) bool {
	var flated flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &flated)
}

// bad makes the error for an answer that is not what was asked for.
func (x *exchange) bad(err error) *Error {
	e := x.p.newError()
	e.StatusCode, e.Err, e.kind = x.res.StatusCode, err, ErrBadResponse
	e.broken = errors.Is(err, io.ErrUnexpectedEOF)
	if errors.Is(err, errHTML) {
		e.hint = hintAddress
	}
	return e
}

// read returns the body, up to the client's limit.
func (x *exchange) read() ([]byte, *Error) {
	limit := x.c.maxBody
	if x.res.ContentLength > limit {
		return nil, x.bad(fmt.Errorf("the answer has %d bytes, more than the limit of %d", x.res.ContentLength, limit))
	}
	b, err := io.ReadAll(io.LimitReader(x.res.Body, limit))
	if err != nil {
		return nil, x.unreadable(err)
	}
	if int64(len(b)) == limit {
		var more [1]byte
		switch n, err := io.ReadFull(x.res.Body, more[:]); {
		case n > 0:
			return nil, x.bad(fmt.Errorf("the answer has more than the limit of %d bytes", limit))
		case !errors.Is(err, io.EOF):
			return nil, x.unreadable(err)
		}
	}
	return b, nil
}
