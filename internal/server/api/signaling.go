package api

import (
	"errors"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func signalingRoutes() []route {
	return []route{
		{http.MethodGet, talk3 + "/signaling/settings", public, signalingSettings},
		{http.MethodPost, talk3 + "/signaling/backend", public, signalingBackend},
		{http.MethodGet, talk3 + "/signaling/welcome/{serverId}", admin, signalingWelcome},
		{http.MethodGet, talk3 + "/signaling/{token}", public, pullSignals},
		{http.MethodPost, talk3 + "/signaling/{token}", public, sendSignals},
		{http.MethodPost, talk1 + "/settings/sip", admin, setSIPSettings},
	}
}

func signalingSettings(rq *request) (reply, error) {
	token, err := rq.text("token", "")
	if err != nil {
		return reply{}, err
	}
	s, err := rq.core.SignalingSettings(rq.r.Context(), rq.caller, token)
	if err != nil {
		return reply{}, err
	}
	var userID any
	if rq.caller.UserID != "" {
		userID = rq.caller.UserID
	}
	return ok(object{
		{"signalingMode", "internal"},
		{"userId", userID},
		{"hideWarning", false},
		{"server", ""},
		{"ticket", s.Ticket},
		{"helloAuthParams", object{
			{"1.0", object{{"userid", userID}, {"ticket", s.Ticket}}},
			{"2.0", object{{"token", s.HelloToken}}},
		}},
		{"federation", nil},
		{"stunservers", list{}}, // a server on a developer's machine sends nobody elsewhere
		{"turnservers", list{}},
		{"sipDialinInfo", ""},
	}), nil
}

// signal is one thing that a pull gets.
type signal struct {
	Type string `json:"type"`
	Data any    `json:"data"`
}

// signalingSession is who is present in a conversation, on the wire.
type signalingSession struct {
	UserID      string `json:"userId"`
	RoomID      int64  `json:"roomId"`
	LastPing    int64  `json:"lastPing"`
	SessionID   string `json:"sessionId"`
	InCall      int    `json:"inCall"`
	Permissions int    `json:"participantPermissions"`
	ActorType   string `json:"actorType"`
	ActorID     string `json:"actorId"`
}

func pullSignals(rq *request) (reply, error) {
	got, err := rq.core.PullSignals(rq.r.Context(), rq.caller, rq.token())
	status := http.StatusOK
	if refused, ok := errors.AsType[*core.Error](err); ok {
		status = statusOf(refused.Kind)
	} else if err != nil {
		return reply{}, err
	}
	out := make([]signal, 0, len(got.Messages)+1)
	for _, m := range got.Messages {
		out = append(out, signal{"message", m})
	}
	sessions := make([]signalingSession, 0, len(got.Sessions))
	for _, s := range got.Sessions {
		w := signalingSession{
			RoomID: s.RoomID, LastPing: s.LastPing, SessionID: s.SessionID, InCall: s.InCall,
			Permissions: s.Permissions, ActorType: s.ActorType, ActorID: s.ActorID,
		}
		if s.ActorType == core.ActorUsers {
			w.UserID = s.ActorID
		}
		sessions = append(sessions, w)
	}
	return reply{status: status, data: append(out, signal{"usersInRoom", sessions})}, nil
}

func sendSignals(rq *request) (reply, error) {
	messages, err := rq.needText("messages")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.SendSignals(rq.r.Context(), rq.caller, rq.token(), messages)
}

// signalingBackend is for signaling servers, of which there is none: nobody can prove to be one.
func signalingBackend(*request) (reply, error) {
	return unproven(http.StatusOK), nil
}

// signalingWelcome would pass on what a signaling server says of itself.
func signalingWelcome(*request) (reply, error) { return reply{status: http.StatusNotFound}, nil }

// setSIPSettings would set up a bridge to telephones. There is none.
func setSIPSettings(*request) (reply, error) {
	return reply{status: http.StatusPreconditionFailed, data: object{{"error", "config"}}}, nil
}
