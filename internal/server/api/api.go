// Package api speaks HTTP for the embedded Talk server: it authenticates,
// reads arguments, calls the rules of core, and encodes answers as Nextcloud
// does. No rule of Talk lives here.
package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

// Options are what an API is made with.
type Options struct {
	BaseURL string       // what links start with, "" = from the request
	Logger  *slog.Logger // nil discards
	Testing bool         // serves the testing aids, and keeps the last requests
}

// maxBody is the longest request body, in bytes.
const maxBody = 1 << 20

// API answers the requests to one server. It is an http.Handler.
type API struct {
	core    *core.Core
	baseURL string
	log     *slog.Logger
	routes  router
	bots    *botQueue
	faults  faults
	// The aids to testing; nil without them.
	testing  *router
	requests *requestLog

	snapshots snapshots
	// talkHash tells clients when to read the capabilities again.
	talkHash string
}

// New makes the API over the rules.
func New(c *core.Core, opts Options) *API {
	a := &API{core: c, baseURL: strings.TrimRight(opts.BaseURL, "/"), log: opts.Logger}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.talkHash = a.hashCapabilities()
	a.bots = newBotQueue(c, a.baseURL, a.log)
	c.OnBotDelivery(a.bots.add)
	if opts.Testing {
		a.testing, a.requests = &router{}, &requestLog{}
		a.testing.add(testingRoutes()...)
	}
	a.routes.add(statusRoutes()...)
	a.routes.add(capabilityRoutes()...)
	a.routes.add(provisioningRoutes()...)
	a.routes.add(groupRoutes()...)
	a.routes.add(appPasswordRoutes()...)
	a.routes.add(conversationRoutes()...)
	a.routes.add(settingRoutes()...)
	a.routes.add(participantRoutes()...)
	a.routes.add(sessionRoutes()...)
	a.routes.add(chatRoutes()...)
	a.routes.add(messageRoutes()...)
	a.routes.add(reactionRoutes()...)
	a.routes.add(pollRoutes()...)
	a.routes.add(botRoutes()...)
	a.routes.add(botAnswerRoutes()...)
	a.routes.add(shareRoutes()...)
	a.routes.add(fileConversationRoutes()...)
	a.routes.add(avatarRoutes()...)
	a.routes.add(sharedObjectRoutes()...)
	a.routes.add(preferenceRoutes()...)
	a.routes.add(lobbyRoutes()...)
	a.routes.add(expirationRoutes()...)
	a.routes.add(callRoutes()...)
	a.routes.add(breakoutRoomRoutes()...)
	a.routes.add(signalingRoutes()...)
	a.routes.add(unconfiguredRoutes()...)
	a.routes.add(appRoutes()...)
	a.routes.add(importEmailRoutes()...)
	a.routes.add(guestRoutes()...)
	a.routes.add(banRoutes()...)
	a.routes.add(userStatusRoutes()...)
	a.routes.add(reminderRoutes()...)
	a.routes.add(shareObjectRoutes()...)
	a.routes.add(invitationRoutes()...)
	a.routes.add(autocompleteRoutes()...)
	a.routes.add(loginFlowRoutes()...)
	a.routes.add(searchRoutes()...)
	return a
}

// Close ends what goes on apart from requests: bots have a moment to hear what
// has happened. It takes less than a second.
func (a *API) Close() { a.bots.close() }

// AwaitBots returns when bots were told all that has happened before, or could not be.
func (a *API) AwaitBots(ctx context.Context) error { return a.bots.await(ctx) }

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now() //nolint:forbidigo // how long it really takes, whatever the server's clock shows
	w.Header().Set("Date", a.core.Now().UTC().Format(http.TimeFormat))
	sw := &statusWriter{ResponseWriter: w}
	rq := &request{API: a, r: r, w: sw, id: requestID()}
	rq.parsePath()
	defer func() { rq.finished(sw, began) }()
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the documented way to compare it
				panic(p) //nolint:forbidigo // it is net/http's, and meant for it
			}
			a.log.Error("panic", "method", r.Method, "path", r.URL.Path, "request", rq.id, "panic", p, "stack", string(debug.Stack()))
			rq.send(internalError())
		}
	}()
	if rq.isTesting() {
		rq.serveTesting()
		return
	}
	if f := a.faults.take(r.Method, r.URL.Path); f != nil {
		handled, finish := rq.suffer(f)
		if !handled {
			rq.serve()
			finish()
		}
		return
	}
	rq.serve()
}

func (rq *request) serve() {
	if rq.isDAV() {
		rq.serveDAV()
		return
	}
	rq.send(rq.answer(rq))
}

func requestID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// answer makes the answer to a request.
func (a *API) answer(rq *request) reply {
	rt, params, known := a.routes.find(rq.r.Method, rq.segments)
	if rt != nil && rt.waits() {
		rq.r = rq.r.WithContext(core.Patient(rq.r.Context()))
	}
	if rt == nil || rt.access != open {
		if rep, ok := rq.authenticate(); !ok {
			return rep
		}
	}
	switch {
	case rt == nil && known:
		return reply{status: http.StatusMethodNotAllowed, bare: true}
	case rt == nil:
		return unknownRoute()
	}
	rq.params = params
	if (rt.access == user || rt.access == admin) && rq.caller.UserID == "" {
		return failure(http.StatusUnauthorized, 997, "Current user is not logged in")
	}
	if rt.access == admin && !rq.caller.Admin {
		return failure(http.StatusForbidden, http.StatusForbidden, "Logged in account must be an admin")
	}
	if rq.forged(rt) {
		return reply{status: http.StatusPreconditionFailed, plain: true, kind: "application/json; charset=utf-8", data: object{{"message", "CSRF check failed"}}}
	}
	if err := rq.parseArguments(limitOf(rt.path)); err != nil {
		return rq.refusal(err)
	}
	if err := a.core.Settle(rq.r.Context()); err != nil {
		return rq.refusal(err)
	}
	rep, err := rt.handle(rq)
	if err != nil {
		return rq.refusal(err)
	}
	return rep
}

// refusal is the answer to an error.
func (rq *request) refusal(err error) reply {
	var bad *argumentError
	var tooLarge *http.MaxBytesError
	var refused *core.Error
	switch {
	case errors.As(err, &bad):
		return reply{status: http.StatusBadRequest, message: bad.Error(), data: object{{"error", bad.name}}}
	case errors.As(err, &tooLarge):
		return failure(http.StatusRequestEntityTooLarge, http.StatusRequestEntityTooLarge,
			fmt.Sprintf("The request body is larger than %d bytes", tooLarge.Limit))
	case errors.As(err, &refused):
		rep := reply{status: statusOf(refused.Kind)}
		switch {
		case refused.Access:
			rep.data = list{}
		case refused.Reason != "":
			rep.data = object{{"error", refused.Reason}}
		}
		return rep
	case rq.r.Context().Err() != nil:
		return reply{status: http.StatusServiceUnavailable, bare: true} // nobody is there to read it
	default:
		rq.log.Error("request failed", "method", rq.r.Method, "path", rq.r.URL.Path, "request", rq.id, "error", err)
		return internalError()
	}
}

func statusOf(k core.Kind) int {
	switch k {
	case core.Forbidden:
		return http.StatusForbidden
	case core.NotFound:
		return http.StatusNotFound
	case core.Conflict:
		return http.StatusConflict
	case core.LobbyActive, core.NotConfigured:
		return http.StatusPreconditionFailed
	case core.TooLarge:
		return http.StatusRequestEntityTooLarge
	case core.NotImplemented:
		return http.StatusNotImplemented
	case core.NotAllowed:
		return http.StatusMethodNotAllowed
	default:
		return http.StatusBadRequest
	}
}
