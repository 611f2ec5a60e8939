package core

import (
	"context"
	"sync"

	"github.com/confab-go/confab/internal/server/store"
)

// Patient returns the context of a request that is to wait for something:
// whatever it does before costs little memory while it waits.
func Patient(ctx context.Context) context.Context { return store.Apart(ctx) }

// hub wakes those who wait for a conversation to change. Who waits takes the
// channel before it reads: a change between the two closes that very channel.
type hub struct {
	mu     sync.Mutex
	topics map[string]*topic
	done   chan struct{}
	once   sync.Once
	// arrived is closed when somebody begins to wait; nil unless AwaitWaiters wants to know.
	arrived chan struct{}
}

type topic struct {
	changed chan struct{}
	waiters int
}

// watch returns a channel that is closed at the next change of the
// conversation, and a function that must be called when it is no longer needed.
func (h *hub) watch(token string) (changed <-chan struct{}, release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[token]
	if t == nil {
		if h.topics == nil {
			h.topics = map[string]*topic{}
		}
		t = &topic{changed: make(chan struct{})}
		h.topics[token] = t
	}
	t.waiters++
	if h.arrived != nil {
		close(h.arrived)
		h.arrived = nil
	}
	return t.changed, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if t.waiters--; t.waiters == 0 && h.topics[token] == t {
			delete(h.topics, token)
		}
	}
}

// notify wakes everybody who waits for the conversation. Call it after the commit.
func (h *hub) notify(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[token]; t != nil {
		close(t.changed)
		delete(h.topics, token)
	}
}

// notifyAll wakes everybody who waits for anything.
func (h *hub) notifyAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for token, t := range h.topics {
		close(t.changed)
		delete(h.topics, token)
	}
}

func (h *hub) stop() { h.once.Do(func() { close(h.done) }) }

// AwaitWaiters returns when at least n polls wait for a conversation, or when
// the server has stopped. Tests use it in place of sleeping.
func (c *Core) AwaitWaiters(token string, n int) {
	for {
		c.hub.mu.Lock()
		t := c.hub.topics[token]
		if t != nil && t.waiters >= n {
			c.hub.mu.Unlock()
			return
		}
		if c.hub.arrived == nil {
			c.hub.arrived = make(chan struct{})
		}
		arrived := c.hub.arrived
		c.hub.mu.Unlock()
		select {
		case <-arrived:
		case <-c.hub.done:
			return
		}
	}
}
