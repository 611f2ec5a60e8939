package talk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// clockMargin is how much the time of a message may differ from the server's clock as its answers tell it: they may come from
// different machines.
const clockMargin = 5 * time.Minute

// delivery is a message on its way into a conversation: tried as often as need be, and there once.
type delivery struct {
	chat               *ChatService
	op, method, path   string
	token, referenceID string
	what               string // "message", for errors
	send               func(ctx context.Context) (*Message, error)
	after              int64     // a message that was there before the first attempt; 0 when none is known
	begun              time.Time // when the first attempt was made, on our clock; zero for long ago
	doubt              bool      // an earlier attempt may have arrived
	once               bool      // send must not be called twice
	taken              bool      // the server has said that it has it
	vanished           bool      // and it is not there
}

// deliver sends until the message is there, or as often as the client tries things. After a lost answer the message is looked
// for by its reference id before it is sent again.
func (d *delivery) deliver(ctx context.Context) (*Message, error) {
	attempts := d.chat.client.retry.Attempts
	if attempts == 0 {
		attempts = 4
	}
	d.begun = d.chat.client.now()
	for attempt := 1; ; attempt++ {
		message, err := d.try(ctx)
		switch {
		case err == nil, ctx.Err() != nil, d.vanished:
			return message, err
		case errors.Is(err, ErrUncertain):
		case !mayHaveArrived(err):
			return nil, err
		default:
			// Most often it can be told at once. What is still on its way is found by the look before the next attempt.
			found, lookErr := d.look(ctx)
			if found != nil {
				return found, nil
			}
			if lookErr != nil {
				err = d.uncertain(errors.Join(err, lookErr))
			}
		}
		if attempt >= attempts || d.once || errors.Is(err, ErrUncertain) && isFinal(err) {
			return nil, err
		}
		if wait := d.chat.client.backOff(ctx, d.op, attempt, err); wait != nil {
			return nil, errors.Join(wait, err)
		}
	}
}

// try makes one attempt. When an earlier one may have arrived it looks for that first.
func (d *delivery) try(ctx context.Context) (*Message, error) {
	if d.taken {
		return d.sent(ctx)
	}
	if d.doubt {
		found, err := d.look(ctx)
		if err != nil {
			return nil, d.uncertain(err)
		}
		if found != nil {
			return found, nil
		}
	}
	message, err := d.send(ctx)
	switch {
	case err == nil && message != nil && message.ID != 0:
		return message, nil
	case err == nil: // but not told as what
		d.taken = true
		return d.sent(ctx)
	}
	d.doubt = d.doubt || mayHaveArrived(err) || ctx.Err() != nil
	return nil, err
}

// sent gives the message that the server has taken without saying which it is.
func (d *delivery) sent(ctx context.Context) (*Message, error) {
	found, err := d.look(ctx)
	if found == nil && err == nil {
		d.vanished = true
		err = ocs.BadResponse(d.op, d.method, d.path, errors.New("no "+d.what+" came of it"))
	}
	return found, err
}

func (d *delivery) uncertain(err error) error {
	return &Error{Op: d.op, Method: d.method, Path: d.path, Err: fmt.Errorf("%w: %w", ErrUncertain, err)}
}

// look goes back through the conversation until what was there before the first attempt, and gives the message with the
// reference id, nil when it is not there.
func (d *delivery) look(ctx context.Context) (*Message, error) {
	var since time.Time
	for before := int64(0); ; {
		page, err := d.chat.Page(ctx, d.token, &PageOptions{LastKnown: before, Limit: maxPage})
		if err != nil {
			return nil, err
		}
		if before == 0 && d.after == 0 && !d.begun.IsZero() {
			// The answer has told the server's clock, which the times of messages are of.
			since = d.chat.client.ocs.ServerTime().Add(-d.chat.client.now().Sub(d.begun) - clockMargin)
		}
		for _, message := range page.Messages {
			switch {
			case message.ReferenceID == d.referenceID:
				return message, nil
			case message.ID <= d.after, message.Timestamp.Before(since) && !message.Timestamp.IsZero():
				return nil, nil
			}
		}
		if page.LastGiven == 0 || before != 0 && page.LastGiven >= before || page.LastGiven <= d.after {
			return nil, nil
		}
		before = page.LastGiven
	}
}
