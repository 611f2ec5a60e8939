package ocs

import (
	"net/http"
	"sync"
	"time"
)

// serverClock is what the server's clock showed at its last answer.
type serverClock struct {
	mu   sync.Mutex
	date string // as the server wrote it
	at   time.Time
}

func (c *serverClock) hear(date string, now time.Time) {
	c.mu.Lock()
	c.date, c.at = date, now
	c.mu.Unlock()
}

// ServerTime tells the time on the server's clock, as of its last answer;
// before there is one, the time on ours.
func (c *Client) ServerTime() time.Time {
	now := c.retry.Now()
	c.clock.mu.Lock()
	date, at := c.clock.date, c.clock.at
	c.clock.mu.Unlock()
	then, err := http.ParseTime(date)
	if err != nil {
		return now
	}
	return then.Add(now.Sub(at))
}
