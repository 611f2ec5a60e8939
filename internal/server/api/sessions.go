package api

import (
	"errors"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func sessionRoutes() []route {
	path := talk4 + "/room/{token}/participants/"
	return []route{
		{http.MethodPost, path + "active", public, joinRoom},
		{http.MethodDelete, path + "active", public, leaveSession},
		{http.MethodPut, path + "state", public, setSessionState},
	}
}

func joinRoom(rq *request) (reply, error) {
	password, err := rq.text("password", "")
	if err != nil {
		return reply{}, err
	}
	force := rq.flag("force", true)
	v, err := rq.core.Join(rq.r.Context(), rq.caller, rq.token(), password, force)
	if conflict, ok := errors.AsType[*core.SessionConflictError](err); ok {
		return reply{status: http.StatusConflict, data: object{
			{"sessionId", conflict.Session.SessionID},
			{"inCall", conflict.Session.InCall},
			{"lastPing", conflict.Session.LastPing},
		}}, nil
	}
	return rq.roomReply(v, err)
}

func leaveSession(rq *request) (reply, error) {
	return ok(nil), rq.core.LeaveSession(rq.r.Context(), rq.caller, rq.token())
}

func setSessionState(rq *request) (reply, error) {
	state, err := rq.needNumber("state")
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.SetSessionState(rq.r.Context(), rq.caller, rq.token(), clampInt(state)))
}
