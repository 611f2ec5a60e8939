package talk

import (
	"errors"
	"io"
)

// Abandon leaves an outbox as a process does that is killed: the file as it is, and nobody who has it.
func (o *Outbox) Abandon() {
	o.journal.syncing.Lock()
	defer o.journal.syncing.Unlock()
	o.journal.mu.Lock()
	defer o.journal.mu.Unlock()
	if o.journal.err == nil {
		o.journal.err = errors.New("the process was killed")
	}
	o.journal.file.Close()
	o.journal.lock.Close()
}

// ReplayOutbox reads a journal for an outbox of a client's, and gives what waits in it and how it is written anew.
func ReplayOutbox(c *Client, journal io.Reader) (waiting []OutboxMessage, anew []byte, damage error, torn bool, err error) {
	o, err := c.OpenOutbox(nil)
	if err != nil {
		return nil, nil, nil, false, err
	}
	damage, torn, err = o.replay(journal)
	for _, r := range o.records() {
		line, err := r.line()
		if err != nil {
			return nil, nil, nil, false, err
		}
		anew = append(anew, line...)
	}
	return o.Waiting(), anew, damage, torn, err
}
