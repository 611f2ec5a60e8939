package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Cut says where a fault ends the connection.
type Cut string

// Where a connection is cut.
const (
	CutBefore  Cut = "before"  // before the request is handled: nothing happens
	CutHeaders Cut = "headers" // when it has been handled, before the answer's first byte: the answer is lost
	CutBody    Cut = "body"    // in the middle of the answer's body; one without a body arrives whole
)

// Fault is something that goes wrong on purpose: one of Status, Maintenance,
// Cut and Truncate, a Delay, or a Delay before one of them.
type Fault struct {
	Path   string // of the requests that it concerns; * is any number of characters, "" every path
	Method string // "" for every method
	Count  int    // how many requests it concerns, 0 for all until it is removed

	Delay       time.Duration // before anything else
	Status      int           // is answered, 400 to 599, in place of handling the request
	Maintenance bool          // answers as a server under maintenance, in place of handling the request
	Cut         Cut
	Truncate    int64         // cuts the answer's body after that many bytes, 0 = not
	RetryAfter  time.Duration // is told with Status and Maintenance, in whole seconds; 0 = not told
}

// ErrBadFault is returned for a fault that cannot be injected; the message names the field.
var ErrBadFault = errors.New("bad fault")

func (f *Fault) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrBadFault, fmt.Sprintf(format, args...))
	}
	effects := 0
	for _, has := range []bool{f.Status != 0, f.Maintenance, f.Cut != "", f.Truncate != 0} {
		if has {
			effects++
		}
	}
	switch {
	case f.Path != "" && f.Path[0] != '/' && f.Path[0] != '*':
		return bad("path %q begins with neither / nor *", f.Path)
	case f.Count < 0:
		return bad("count is %d, less than 0", f.Count)
	case f.Delay < 0:
		return bad("delay is %v, less than 0", f.Delay)
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return bad("status is %d, not 400 to 599", f.Status)
	case f.Truncate < 0:
		return bad("truncate is %d, less than 0", f.Truncate)
	case f.RetryAfter < 0:
		return bad("retryAfter is %v, less than 0", f.RetryAfter)
	case f.RetryAfter > 0 && f.Status == 0 && !f.Maintenance:
		return bad("retryAfter is told with status or maintenance only")
	case !slices.Contains([]Cut{"", CutBefore, CutHeaders, CutBody}, f.Cut):
		return bad("cut is %q, not before, headers or body", f.Cut)
	case effects > 1:
		return bad("only one of status, maintenance, cut and truncate can be")
	case effects == 0 && f.Delay == 0:
		return bad("none of status, maintenance, cut, truncate and delay is given")
	}
	return nil
}

// concerns reports whether a request is one that the fault is for.
func (f *Fault) concerns(method, path string) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, method)) && (f.Path == "" || glob(f.Path, path))
}

// glob reports whether a text is what a pattern says, in which * is any number of characters.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	if last == 0 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		if _, rest, ok = strings.Cut(rest, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, parts[last])
}

// InjectedFault is a fault that waits for requests.
type InjectedFault struct {
	Fault
	ID   int64
	Hits int // how many requests it has concerned
}

// faults are what goes wrong on purpose.
type faults struct {
	some atomic.Bool // spares requests the lock when there is none
	mu   sync.Mutex
	next int64
	list []*InjectedFault
}

func (fs *faults) add(f Fault) (int64, error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.next++
	fs.list = append(fs.list, &InjectedFault{Fault: f, ID: fs.next})
	fs.some.Store(true)
	return fs.next, nil
}

// take returns the first fault for a request and counts it, nil for none.
// What has concerned as many requests as it was for concerns no more.
func (fs *faults) take(method, path string) *Fault {
	if !fs.some.Load() {
		return nil
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.list {
		if (f.Count == 0 || f.Hits < f.Count) && f.concerns(method, path) {
			f.Hits++
			taken := f.Fault
			return &taken
		}
	}
	return nil
}

func (fs *faults) all() []InjectedFault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	out := make([]InjectedFault, 0, len(fs.list))
	for _, f := range fs.list {
		out = append(out, *f)
	}
	return out
}

// remove removes a fault; ok is false when there is none with the id.
func (fs *faults) remove(id int64) (ok bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	i := slices.IndexFunc(fs.list, func(f *InjectedFault) bool { return f.ID == id })
	if i < 0 {
		return false
	}
	fs.list = slices.Delete(fs.list, i, i+1)
	fs.some.Store(len(fs.list) > 0)
	return true
}

func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = nil
	fs.some.Store(false)
}

// suffer has a request suffer a fault. handled says that nothing is left to be
// done for it; finish is to be called when the request has been handled otherwise.
func (rq *request) suffer(f *Fault) (handled bool, finish func()) {
	finish = func() {}
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-rq.r.Context().Done():
			abort()
		}
	}
	switch {
	case f.Cut == CutBefore:
		abort()
	case f.Maintenance:
		rq.sendUnavailable(f)
		return true, finish
	case f.Status != 0:
		rq.sendFault(f.Status, http.StatusText(f.Status), f.RetryAfter)
		return true, finish
	case f.Cut != "" || f.Truncate > 0:
		w := &cutWriter{ResponseWriter: rq.w, cut: f.Cut, left: f.Truncate}
		rq.w = w
		return false, w.finish
	}
	return false, finish
}

// maintenanceRetry is how long clients are to wait when a fault does not say.
const maintenanceRetry = 120 * time.Second

// sendUnavailable answers as a server under maintenance does: one page still tells of it.
func (rq *request) sendUnavailable(f *Fault) {
	if rq.r.URL.Path == "/status.php" {
		rq.send(ok(statusObject(true)))
		return
	}
	rq.w.Header().Set("X-Nextcloud-Maintenance-Mode", "1")
	rq.sendFault(http.StatusServiceUnavailable, "Service unavailable", cmp.Or(f.RetryAfter, maintenanceRetry))
}

// sendFault answers with a status, in the manner of what was asked.
func (rq *request) sendFault(status int, message string, retryAfter time.Duration) {
	header := map[string]string{}
	if retryAfter > 0 {
		header["Retry-After"] = strconv.FormatInt(int64((retryAfter+time.Second-1)/time.Second), 10)
	}
	if rq.isDAV() {
		exception := "Exception"
		if status == http.StatusServiceUnavailable {
			exception = `Sabre\DAV\Exception\ServiceUnavailable`
		}
		rq.sendDAVError(&davError{status: status, exception: exception, message: message, header: header})
		return
	}
	rep := failure(status, status, message)
	rep.header = header
	rq.send(rep)
}

// abort ends the connection without an answer, or without more of it.
func abort() {
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http knows no other way
}

// cutWriter lets only a part of an answer through.
type cutWriter struct {
	http.ResponseWriter
	cut     Cut
	left    int64 // bytes of the body that still go through; with CutBody found out when the body begins
	begun   bool
	swallow bool // some of the body did not go through
}

// WriteHeader lets the headers through, unless they are to be lost.
func (w *cutWriter) WriteHeader(status int) {
	if w.cut == CutHeaders {
		return
	}
	if w.cut == CutBody && !w.begun {
		w.begun = true
		length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
		if err != nil {
			length = 2 // nobody knows: one byte goes through
		}
		w.left = length / 2
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if w.cut == CutHeaders {
		return len(p), nil
	}
	if w.cut == CutBody && !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	through := min(int64(len(p)), w.left)
	w.left -= through
	w.swallow = w.swallow || through < int64(len(p))
	if through > 0 {
		if n, err := w.ResponseWriter.Write(p[:through]); err != nil {
			return n, err
		}
	}
	return len(p), nil // as if all had arrived: what is done for the request does not depend on it
}

// Unwrap gives http.ResponseController the writer inside.
func (w *cutWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish ends the connection, if anything of the answer is missing.
func (w *cutWriter) finish() {
	if w.cut == CutHeaders {
		abort()
	}
	if w.swallow {
		_ = http.NewResponseController(w.ResponseWriter).Flush() // what is to arrive does
		abort()
	}
}
