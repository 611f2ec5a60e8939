package bot

import (
	"context"
	"slices"
	"sync"
)

// queue runs work: that of one conversation in its order, one at a time, and that of different ones together, up to a number of
// workers. What waits and what runs is bounded.
type queue struct {
	limit   int
	workers chan struct{}

	mu      sync.Mutex
	lanes   map[string]*lane
	pending int // waiting and running
	closed  bool
	idle    chan struct{} // closed when closed and nothing is pending
}

// lane is a conversation with something to do. Whoever is first has the turn.
type lane struct{ line []*turn }

// turn is a place in the line of a lane.
type turn struct {
	queue *queue
	key   string
	ready chan struct{} // closed when it is at the head

	mu   sync.Mutex
	away int  // how many wait for something outside of the line
	over bool // the work is done
}

func newQueue(limit, workers int) *queue {
	return &queue{limit: limit, workers: make(chan struct{}, workers), lanes: map[string]*lane{}, idle: make(chan struct{})}
}

// add runs work when its turn comes. It does not wait: the error is ErrFull or ErrClosed.
func (q *queue) add(key string, work func(*turn)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return ErrClosed
	case q.pending >= q.limit:
		return ErrFull
	}
	q.pending++
	t := q.enter(key, false)
	go func() {
		t.wait()
		defer q.done(t)
		work(t)
	}()
	return nil
}

// enter stands in line, at its head or end. The mutex is held.
func (q *queue) enter(key string, next bool) *turn {
	t := &turn{queue: q, key: key, ready: make(chan struct{})}
	l := q.lanes[key]
	switch {
	case l == nil:
		q.lanes[key] = &lane{line: []*turn{t}}
		close(t.ready)
	case next:
		l.line = slices.Insert(l.line, 1, t) // the first is at work
	default:
		l.line = append(l.line, t)
	}
	return t
}

// wait waits for the turn, and then for a worker. Nobody who has a worker waits for a turn, so it comes.
func (t *turn) wait() {
	<-t.ready
	t.queue.workers <- struct{}{}
}

// leave gives the turn to the next in line.
func (t *turn) leave() {
	<-t.queue.workers
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lanes[t.key]
	if l.line = l.line[1:]; len(l.line) == 0 {
		delete(q.lanes, t.key)
		return
	}
	close(l.line[0].ready)
}

// pause lets others have the turn while f waits for something, and takes the next one when it has come. Work that waits for several things
// at once is away until the last of them has come; what it leaves behind to wait when it is done has no turn any more.
func (t *turn) pause(f func()) {
	t.mu.Lock()
	if t.away++; t.away == 1 && !t.over {
		t.leave()
	}
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.away--; t.away > 0 || t.over {
			return
		}
		t.queue.mu.Lock()
		again := t.queue.enter(t.key, true)
		t.queue.mu.Unlock()
		again.wait()
	}()
	f()
}

func (q *queue) done(t *turn) {
	t.mu.Lock()
	if t.over = true; t.away == 0 {
		t.leave()
	}
	t.mu.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pending--
	q.settle()
}

func (q *queue) settle() {
	if !q.closed || q.pending > 0 {
		return
	}
	select {
	case <-q.idle:
	default:
		close(q.idle)
	}
}

// close takes no more work, and waits until what there is has been done, or until the context ends.
func (q *queue) close(ctx context.Context) error {
	q.mu.Lock()
	q.closed = true
	q.settle()
	q.mu.Unlock()
	select {
	case <-q.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// left counts what has not been done.
func (q *queue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pending
}
