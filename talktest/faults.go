package talktest

import (
	"fmt"
	"time"

	"github.com/confab-go/confab/internal/server"
)

// Cut says where a [Fault] ends a connection.
type Cut string

// Where a connection is cut.
const (
	CutBefore  = Cut(server.CutBefore)  // before the request is handled: nothing has happened
	CutHeaders = Cut(server.CutHeaders) // before the answer's first byte: it has happened, and the answer is lost
	CutBody    = Cut(server.CutBody)    // in the middle of the answer's body
)

// Fault is something that goes wrong on purpose: one of Status, Maintenance, Cut and Truncate, with a Delay before it or not, or a Delay
// alone, after which all is well.
type Fault struct {
	Method string // of the requests that it concerns; empty means every one
	// Path of the requests that it concerns, below that of [Server.URL], without the query; * stands for any characters. Empty means every path.
	Path  string
	Count int // how many requests it concerns; 0 means all, until it is removed

	Delay       time.Duration // before anything else, in real time
	Status      int           // 400 to 599: is answered, and nothing happens
	Maintenance bool          // answers as a server under maintenance, and nothing happens
	RetryAfter  time.Duration // is told with Status and Maintenance, in whole seconds; 0 means not told, and two minutes for Maintenance
	Cut         Cut
	Truncate    int64 // cuts the answer's body after so many bytes
}

// InjectedFault is a fault of a server.
type InjectedFault struct {
	Fault

	ID   int64
	Hits int // how many requests it has concerned
}

// InjectFault has something go wrong, and gives an id to remove it by. The testing aids themselves are spared. Of several faults for
// one request, the first that was injected is the one. What cannot be gives [ErrBadFault].
func (s *Server) InjectFault(f Fault) (id int64, err error) {
	id, err = s.talk.InjectFault(server.Fault{
		Method: f.Method, Path: f.Path, Count: f.Count, Delay: f.Delay, Status: f.Status, Maintenance: f.Maintenance, RetryAfter: f.RetryAfter,
		Cut: server.Cut(f.Cut), Truncate: f.Truncate,
	})
	if err != nil {
		return 0, fmt.Errorf("talktest: inject fault: %w", err)
	}
	return id, nil
}

// Faults gives the faults in the order in which they were injected, with those that have done their work.
func (s *Server) Faults() []InjectedFault {
	faults := s.talk.Faults()
	out := make([]InjectedFault, len(faults))
	for i, f := range faults {
		out[i] = InjectedFault{ID: f.ID, Hits: f.Hits, Fault: Fault{
			Method: f.Method, Path: f.Path, Count: f.Count, Delay: f.Delay, Status: f.Status, Maintenance: f.Maintenance, RetryAfter: f.RetryAfter,
			Cut: Cut(f.Cut), Truncate: f.Truncate,
		}}
	}
	return out
}

// RemoveFault removes a fault; ok is false when there is none with the id.
func (s *Server) RemoveFault(id int64) (ok bool) { return s.talk.RemoveFault(id) }

// ClearFaults removes all faults.
func (s *Server) ClearFaults() { s.talk.ClearFaults() }

// Request is what a server notes of a request: neither body nor headers.
type Request struct {
	Time     time.Time // when it arrived, by the server's clock
	Method   string
	Path     string        // below that of [Server.URL]
	Query    string        // with its secrets replaced by ***
	Status   int           // 0 when the connection ended without an answer
	Duration time.Duration // in real time
	User     string        // empty when nobody has proven to be one
}

// Requests gives up to limit of the last requests that were answered, the oldest first; 0 means all that are kept, which are the last 1000.
func (s *Server) Requests(limit int) []Request {
	requests := s.talk.Requests(limit)
	out := make([]Request, len(requests))
	for i, r := range requests {
		out[i] = Request(r)
	}
	return out
}
