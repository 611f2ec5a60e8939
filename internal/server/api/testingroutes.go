package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

// testingRoot begins the paths of the testing aids, which are no part of Nextcloud.
const testingRoot = "_confab"

func testingRoutes() []route {
	path := "/" + testingRoot
	return []route{
		{http.MethodPost, path + "/reset", admin, testReset},
		{http.MethodPost, path + "/snapshot", admin, testSnapshot},
		{http.MethodDelete, path + "/snapshot/{snapshotId}", admin, testForget},
		{http.MethodPost, path + "/restore", admin, testRestore},
		{http.MethodGet, path + "/bots", admin, testListBots},
		{http.MethodPost, path + "/bots", admin, testInstallBot},
		{http.MethodPost, path + "/bots/await", admin, testAwaitBots},
		{http.MethodDelete, path + "/bots/{botId}", admin, testRemoveBot},
		{http.MethodGet, path + "/clock", admin, testClock},
		{http.MethodPost, path + "/clock", admin, testMoveClock},
		{http.MethodGet, path + "/faults", admin, testListFaults},
		{http.MethodPost, path + "/faults", admin, testInjectFault},
		{http.MethodDelete, path + "/faults", admin, testClearFaults},
		{http.MethodDelete, path + "/faults/{faultId}", admin, testRemoveFault},
		{http.MethodGet, path + "/requests", admin, testRequests},
	}
}

// isTesting reports whether a request is for the testing aids.
func (rq *request) isTesting() bool { return rq.testing != nil && rq.segments[0] == testingRoot }

// said is an answer that says what is wrong.
func said(status int, format string, args ...any) reply {
	return reply{status: status, data: object{{"error", fmt.Sprintf(format, args...)}}}
}

// serveTesting answers a request for the testing aids. It is an
// administrator's, proven by the request itself: a cookie is not enough.
func (rq *request) serveTesting() {
	rep, ok := rq.testingLogin()
	if ok {
		rep = rq.testingAnswer()
	}
	rq.send(rep)
}

func (rq *request) testingLogin() (rep reply, ok bool) {
	user, password, basic := rq.r.BasicAuth()
	var err error
	if bearer, isBearer := strings.CutPrefix(rq.r.Header.Get("Authorization"), "Bearer "); isBearer {
		rq.caller, err = rq.core.LoginToken(rq.r.Context(), bearer)
	} else if basic {
		rq.caller, err = rq.core.Login(rq.r.Context(), user, password)
	} else {
		err = core.ErrBadCredentials
	}
	switch {
	case errors.Is(err, core.ErrBadCredentials):
		return said(http.StatusUnauthorized, "needs an administrator's name and password, by basic authentication").
			with("WWW-Authenticate", `Basic realm="Testing aids"`), false
	case err != nil:
		return rq.refusal(err), false
	case !rq.caller.Admin:
		return said(http.StatusForbidden, "%s is no administrator", rq.caller.UserID), false
	}
	return reply{}, true
}

func (rq *request) testingAnswer() reply {
	rt, params, known := rq.testing.find(rq.r.Method, rq.segments)
	switch {
	case rt == nil && known:
		return said(http.StatusMethodNotAllowed, "%s is not for %s", rq.r.URL.Path, rq.r.Method)
	case rt == nil:
		return said(http.StatusNotFound, "there is no testing aid at %s", rq.r.URL.Path)
	}
	rq.params = params
	rep, err := rt.handle(rq)
	var tooLarge *http.MaxBytesError
	var bad *bodyError
	switch {
	case err == nil:
		return rep
	case errors.As(err, &tooLarge):
		return said(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	case errors.Is(err, ErrNoSuchSnapshot), errors.Is(err, core.ErrNoSuchBot):
		return said(http.StatusNotFound, "%v", err)
	case errors.Is(err, ErrTooManySnapshots):
		return said(http.StatusConflict, "%v", err)
	case errors.As(err, &bad), errors.Is(err, ErrBadFault), errors.Is(err, core.ErrBadBot), errors.Is(err, core.ErrBadClock):
		return said(http.StatusBadRequest, "%v", err)
	}
	rq.log.Error("request failed", "method", rq.r.Method, "path", rq.r.URL.Path, "request", rq.id, "error", err)
	return said(http.StatusInternalServerError, "%v", err) // whoever tests wants to know
}

// bodyError says what is wrong with a body.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "body: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// decode reads the body, which must be one JSON object with nothing unknown in it.
func (rq *request) decode(v any) error {
	d := json.NewDecoder(http.MaxBytesReader(rq.w, rq.r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case errors.Is(err, io.EOF):
		return &bodyError{errors.New("it is empty, and must be a JSON object")}
	case err != nil:
		return &bodyError{err}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &bodyError{errors.New("there is more after the JSON object")}
	}
	return nil
}

// period is a duration in JSON: a text like "90m", or a number of seconds.
type period time.Duration

// UnmarshalJSON reads either form.
func (p *period) UnmarshalJSON(b []byte) error {
	var seconds float64
	if json.Unmarshal(b, &seconds) == nil {
		if seconds < -1e9 || seconds > 1e9 {
			return fmt.Errorf("%s seconds are too many", b)
		}
		*p = period(seconds * float64(time.Second))
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("%s is neither a duration like \"90m\" nor a number of seconds", b)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no duration like \"90m\"", text)
	}
	*p = period(d)
	return nil
}

// MarshalJSON writes the text.
func (p period) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(p).String()) }

func made(id int64) reply { return reply{status: http.StatusCreated, data: object{{"id", id}}} }

func done() (reply, error) { return ok(object{}), nil }

func testReset(rq *request) (reply, error) {
	if err := rq.Reset(rq.r.Context()); err != nil {
		return reply{}, err
	}
	return done()
}

func testSnapshot(rq *request) (reply, error) {
	id, err := rq.Snapshot(rq.r.Context())
	return made(id), err
}

func testForget(rq *request) (reply, error) {
	if err := rq.ForgetSnapshot(rq.r.Context(), rq.pathID("snapshotId")); err != nil {
		return reply{}, err
	}
	return done()
}

func testRestore(rq *request) (reply, error) {
	var in struct {
		ID *int64 `json:"id"`
	}
	if err := rq.decode(&in); err != nil {
		return reply{}, err
	}
	if in.ID == nil {
		return reply{}, &bodyError{errors.New("id is missing")}
	}
	if err := rq.Restore(rq.r.Context(), *in.ID); err != nil {
		return reply{}, err
	}
	return done()
}

func testClock(rq *request) (reply, error) {
	now := rq.core.Now()
	return ok(object{{"unix", now.Unix()}, {"time", now.UTC().Format(time.RFC3339Nano)}, {"ahead", rq.core.ClockAhead().String()}}), nil
}

func testMoveClock(rq *request) (reply, error) {
	var in struct {
		Advance *period `json:"advance"`
		Set     *int64  `json:"set"`
	}
	err := rq.decode(&in)
	switch {
	case err != nil:
	case (in.Advance == nil) == (in.Set == nil):
		err = &bodyError{errors.New("give either advance or set")}
	case in.Set != nil:
		err = rq.core.SetClock(rq.r.Context(), time.Unix(*in.Set, 0))
	default:
		err = rq.core.AdvanceClock(rq.r.Context(), time.Duration(*in.Advance))
	}
	if err != nil {
		return reply{}, err
	}
	return testClock(rq)
}

// keptRequest is a request on the wire.
type keptRequest struct {
	Time       string  `json:"time"`
	Method     string  `json:"method"`
	Path       string  `json:"path"`
	Query      string  `json:"query"`
	Status     int     `json:"status"`
	DurationMs float64 `json:"durationMs"`
	User       string  `json:"user"`
}

func testRequests(rq *request) (reply, error) {
	limit := 0
	if text := rq.r.URL.Query().Get("limit"); text != "" {
		if limit, _ = strconv.Atoi(text); limit < 1 { // 0 is no number either
			return said(http.StatusBadRequest, "limit is %q, and must be a number above 0", text), nil
		}
	}
	out := []keptRequest{}
	for _, r := range rq.Requests(limit) {
		out = append(out, keptRequest{
			r.Time.UTC().Format(time.RFC3339Nano), r.Method, r.Path, r.Query, r.Status, float64(r.Duration) / float64(time.Millisecond), r.User,
		})
	}
	return ok(out), nil
}
