package api

import (
	"net/http"
	"time"
)

// faultBody is a fault on the wire.
type faultBody struct {
	Path        string `json:"path"`
	Method      string `json:"method"`
	Count       int    `json:"count"`
	Delay       period `json:"delay"`
	Status      int    `json:"status"`
	Maintenance bool   `json:"maintenance"`
	Cut         Cut    `json:"cut"`
	Truncate    int64  `json:"truncate"`
	RetryAfter  period `json:"retryAfter"`
}

// injectedBody is a fault that was injected, on the wire.
type injectedBody struct {
	ID   int64 `json:"id"`
	Hits int   `json:"hits"`
	faultBody
}

func testListFaults(rq *request) (reply, error) {
	out := []injectedBody{}
	for _, f := range rq.Faults() {
		out = append(out, injectedBody{f.ID, f.Hits, faultBody{
			f.Path, f.Method, f.Count, period(f.Delay), f.Status, f.Maintenance, f.Cut, f.Truncate, period(f.RetryAfter),
		}})
	}
	return ok(out), nil
}

func testInjectFault(rq *request) (reply, error) {
	var in faultBody
	if err := rq.decode(&in); err != nil {
		return reply{}, err
	}
	id, err := rq.InjectFault(Fault{
		Path: in.Path, Method: in.Method, Count: in.Count, Delay: time.Duration(in.Delay), Status: in.Status, Maintenance: in.Maintenance,
		Cut: in.Cut, Truncate: in.Truncate, RetryAfter: time.Duration(in.RetryAfter),
	})
	return made(id), err
}

func testClearFaults(rq *request) (reply, error) {
	rq.ClearFaults()
	return done()
}

func testRemoveFault(rq *request) (reply, error) {
	id := rq.pathID("faultId")
	if !rq.RemoveFault(id) {
		return said(http.StatusNotFound, "there is no fault %d", id), nil
	}
	return done()
}
