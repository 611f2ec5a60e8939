package bot

import (
	"slices"
	"sync"
	"time"

	"github.com/confab-go/confab/talk"
)

const (
	maxEchoes = 1000
	echoTime  = time.Minute // far longer than a server takes to deliver
)

// echoes are the bot's own reactions whose deliveries are still to come. Before Talk 24 they look like everybody else's, so one of
// each kind is left out; whose does not matter, since they are alike.
type echoes struct {
	mu       sync.Mutex
	expected []expectation // oldest first
}

type echo struct {
	token string
	id    int64
	emoji string
	kind  EventType
}

type expectation struct {
	echo  echo
	until time.Time
}

func (e *echoes) expect(one echo) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expire()
	if len(e.expected) >= maxEchoes {
		e.expected = slices.Delete(e.expected, 0, 1)
	}
	e.expected = append(e.expected, expectation{one, time.Now().Add(echoTime)})
}

// cancel takes back an expectation, and reports whether there was one.
func (e *echoes) cancel(one echo) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expire()
	i := slices.IndexFunc(e.expected, func(x expectation) bool { return x.echo == one })
	if i < 0 {
		return false
	}
	e.expected = slices.Delete(e.expected, i, i+1)
	return true
}

func (e *echoes) expire() {
	now, n := time.Now(), 0
	for n < len(e.expected) && e.expected[n].until.Before(now) {
		n++
	}
	e.expected = slices.Delete(e.expected, 0, n)
}

// own reports whether an event tells of what a bot did, this one above all: were that handled, bots could keep each other busy for ever.
func (c *Client) own(e *Event) bool {
	switch e.Type {
	case EventReactionAdded, EventReactionRemoved:
		if !e.Actor.IsZero() && e.Actor.Type != talk.ActorBot {
			return false
		}
		expected := c.echoes.cancel(echo{e.Conversation.Token, e.Note.ID, e.Emoji, e.Type})
		return expected || e.Actor.Type == talk.ActorBot
	case EventSystem:
		return e.Actor.Type == talk.ActorBot
	}
	return false
}
