package talk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const opOutbox = "send message from outbox"

// settleTime is how long a message that an earlier process has tried to send is given to arrive.
const settleTime = 2 * time.Second

// Run sends what waits and what is put, until the context ends, the outbox is closed or cannot be written, or the server makes clear that
// nothing can be sent: it refuses the credentials ([ErrUnauthorized]) or leads elsewhere ([ErrRedirect]). It always gives an error; the
// messages stay, and Run can be called again.
//
// When the server is down, busy or in maintenance, or has no Talk for the time of an upgrade, it tries again with growing waits.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}
//talk:operation GET /chat/{token}
func (o *Outbox) Run(ctx context.Context) error { return o.run(ctx, false) }

// Flush returns when nothing waits any more, or with the error that keeps it from that, for which it does not wait longer than the
// context. It sends what there is unless Run does. What was refused and is held is an error; what was refused and reported is none.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}
//talk:operation GET /chat/{token}
func (o *Outbox) Flush(ctx context.Context) error {
	for {
		o.mu.Lock()
		left, held, running, changed := len(o.waiting), o.heldError(), o.running, o.changed
		o.mu.Unlock()
		switch {
		case left == 0:
			return nil
		case !running:
			if err := o.run(ctx, true); !errors.Is(err, ErrOutboxRuns) { // since a moment ago
				return err
			}
			continue
		case held != nil && o.idle():
			return held
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("talk: flush outbox: %d messages wait: %w", left, context.Cause(ctx))
		}
	}
}

// idle reports whether there is nothing to send but what is held.
func (o *Outbox) idle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, room := range o.rooms {
		if room.busy || len(room.queue) > 0 && room.held == nil {
			return false
		}
	}
	return true
}

// heldError says why messages are held, nil when none are. The mutex is held.
func (o *Outbox) heldError() error {
	var all []error
	for _, room := range o.rooms {
		if room.held != nil && len(room.queue) > 0 {
			all = append(all, room.held)
		}
	}
	return errors.Join(all...)
}

func (o *Outbox) run(ctx context.Context, flush bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := o.begin(); err != nil {
		return err
	}
	var workers sync.WaitGroup
	turns := make(chan struct{}, o.options.Parallel)
	err := o.dispatch(ctx, flush, func(room *outboxRoom) {
		workers.Go(func() {
			if err := o.work(ctx, room, turns); err != nil {
				cancel(err)
			}
		})
	})
	cancel(err)
	workers.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running = false
	o.todo = nil
	for _, room := range o.rooms {
		room.busy = false
		for _, entry := range room.queue {
			entry.sending = false
		}
	}
	o.tell()
	return err
}

// begin takes up all conversations in which something waits.
func (o *Outbox) begin() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return ErrOutboxClosed
	case o.running:
		return ErrOutboxRuns
	}
	o.running = true
	for _, room := range o.rooms {
		room.held = nil
		o.wake(room)
	}
	return nil
}

// dispatch starts work where there is some, until there is to be none, and says why.
func (o *Outbox) dispatch(ctx context.Context, flush bool, start func(*outboxRoom)) error {
	for {
		o.mu.Lock()
		todo, changed, closed, failed := o.todo, o.changed, o.closed, o.failed
		o.todo = nil
		left, held := len(o.waiting), o.heldError()
		o.mu.Unlock()
		switch {
		case failed != nil:
			return failed
		case closed:
			return ErrOutboxClosed
		}
		for _, room := range todo {
			start(room)
		}
		if flush && left == 0 {
			return nil
		}
		if flush && held != nil && o.idle() {
			return held
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("talk: run outbox: %d messages wait: %w", left, context.Cause(ctx))
		}
	}
}

// work sends what waits in a conversation, one after the other. An error ends the whole run.
func (o *Outbox) work(ctx context.Context, room *outboxRoom, turns chan struct{}) error {
	for failures := 0; ; {
		entry := o.next(room)
		if entry == nil {
			return nil
		}
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		sent, err := o.attempt(ctx, room, entry)
		<-turns
		switch {
		case ctx.Err() != nil && sent == nil:
			return ctx.Err()
		case errors.Is(err, ErrUnauthorized), errors.Is(err, ErrRedirect):
			return err
		case o.failure() != nil:
			return o.failure()
		case err != nil && !refusal(err) && !entry.vanished():
			o.release(entry)
			failures++
			if err := o.client.backOff(ctx, "outbox "+room.token, failures, err); err != nil {
				return err
			}
			continue
		}
		failures = 0
		if err := o.settle(room, entry, sent, err); err != nil {
			return err
		}
	}
}

// next gives the message that is to be sent now; nil when there is none, and nobody works on the conversation then.
func (o *Outbox) next(room *outboxRoom) *outboxEntry {
	o.mu.Lock()
	defer o.mu.Unlock()
	// One that is not on the disk yet would be forgotten by a crash, and put again: its Put wakes the conversation.
	if o.closed || room.held != nil || len(room.queue) == 0 || o.journal != nil && !o.journal.isSynced(room.queue[0].written) {
		room.busy = false
		o.tell()
		return nil
	}
	room.queue[0].sending = true
	return room.queue[0]
}

// release lets a message be discarded while nothing is done with it.
func (o *Outbox) release(entry *outboxEntry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	entry.sending = false
}

func (o *Outbox) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}

// refusal reports whether an error says that the message will never be taken. What does not come from Talk says nothing of the message:
// a proxy, a firewall, a server amid an upgrade.
func refusal(err error) bool {
	var e *Error
	switch {
	case errors.Is(err, ErrOutboxExpired), errors.Is(err, ErrUnsupported):
		return true
	case !errors.As(err, &e):
		return false
	case e.StatusCode == 0:
		return e.Field != "" // refused before it was sent
	case e.StatusCode == http.StatusRequestEntityTooLarge, e.StatusCode == http.StatusInsufficientStorage:
		return true
	case e.StatusCode == http.StatusTooManyRequests, e.OCSCode == 0, e.OCSCode == 998:
		return false
	}
	return e.StatusCode >= 400 && e.StatusCode < 500 || e.StatusCode == http.StatusNotImplemented
}

// attempt tries to send a message.
func (o *Outbox) attempt(ctx context.Context, room *outboxRoom, entry *outboxEntry) (*Message, error) {
	age := o.client.now().Sub(entry.Put)
	expired := o.options.MaxAge > 0 && age > o.options.MaxAge
	if expired && !entry.inDoubt() {
		return nil, entry.expired(age)
	}
	if err := o.base(ctx, room); err != nil {
		return nil, err
	}
	d := entry.delivery
	if d == nil {
		path, err := roomPath(opOutbox, apiV1+"/chat", entry.Token)
		if err != nil {
			return nil, err
		}
		d = o.client.Chat.delivery(opOutbox, path, entry.Token, entry.Options.request(entry.Text))
		d.after, d.doubt = room.after, entry.doubt
		send := d.send
		d.send = func(ctx context.Context) (*Message, error) {
			if err := o.client.Chat.checkSend(ctx, opOutbox, entry.Text, entry.Options); err != nil {
				return nil, err
			}
			return send(ctx)
		}
		entry.delivery = d
	}
	if entry.doubt && !room.settled {
		// It may have been on its way when the process ended that tried it, and be on its way still.
		if found, err := d.look(ctx); found != nil || err != nil {
			return found, err
		}
		if err := o.client.sleep(ctx, settleTime); err != nil {
			return nil, err
		}
		room.settled = true
	}
	if expired {
		found, err := d.look(ctx)
		if found == nil && err == nil {
			err = entry.expired(age)
		}
		return found, err
	}
	return d.try(ctx)
}

// inDoubt reports whether a message may have arrived.
func (e *outboxEntry) inDoubt() bool { return e.doubt || e.delivery != nil && e.delivery.doubt }

// vanished reports whether a message is not there though the server has taken it.
func (e *outboxEntry) vanished() bool { return e.delivery != nil && e.delivery.vanished }

func (e *outboxEntry) expired(age time.Duration) error {
	return fmt.Errorf("%w: it waited for %v", ErrOutboxExpired, age.Round(time.Second))
}

// base finds out, before the first attempt in a conversation, what its newest message is, and writes that down: whatever is sent from
// then on comes after it, and there a next process looks for it.
func (o *Outbox) base(ctx context.Context, room *outboxRoom) error {
	o.mu.Lock()
	based := room.based
	o.mu.Unlock()
	if based {
		return nil
	}
	page, err := o.client.Chat.Page(ctx, room.token, &PageOptions{Limit: 1})
	if err != nil {
		return err
	}
	after := page.LastGiven
	if len(page.Messages) > 0 {
		after = page.Messages[0].ID
	}
	if o.journal != nil {
		written, err := o.journal.append(baseRecord(room.token, after))
		if err == nil {
			err = o.journal.sync(written)
		}
		if err != nil {
			return o.fail(err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	room.based, room.after = true, after
	return nil
}

// settle reports what became of a message, and forgets it unless it is held.
func (o *Outbox) settle(room *outboxRoom, entry *outboxEntry, sent *Message, err error) error {
	if o.options.Result != nil {
		o.reporting.Lock()
		o.options.Result(OutboxResult{entry.OutboxMessage, sent, err})
		o.reporting.Unlock()
	} else if err != nil {
		o.client.log.Warn("a message was not sent", "conversation", entry.Token, "reference", entry.Options.ReferenceID, "error", err)
	}
	o.mu.Lock()
	if err != nil && o.options.HoldRefused {
		room.held, room.settled, entry.delivery, entry.sending = err, true, nil, false
		entry.doubt = true
		o.mu.Unlock()
		return nil
	}
	var id int64
	if sent != nil {
		id = sent.ID
	}
	err = o.forget(entry, id)
	o.mu.Unlock()
	if err != nil {
		return o.fail(err)
	}
	return nil
}
