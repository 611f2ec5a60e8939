package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func participantRoutes() []route {
	path := talk4 + "/room/{token}/"
	return []route{
		{http.MethodGet, path + "participants", public, listParticipants},
		{http.MethodPost, path + "participants", user, addParticipant},
		{http.MethodDelete, path + "participants/self", user, leaveRoom},
		{http.MethodDelete, path + "attendees", public, removeAttendee},
		{http.MethodPut, path + "attendees/permissions", public, setAttendeePermissions},
		{http.MethodPut, path + "attendees/permissions/all", public, setAllPermissions},
		{http.MethodPost, path + "moderators", public, promote},
		{http.MethodDelete, path + "moderators", public, demote},
	}
}

func listParticipants(rq *request) (reply, error) {
	status := rq.flag("includeStatus", false)
	views, err := rq.core.Participants(rq.r.Context(), rq.caller, rq.token())
	if err != nil {
		return reply{}, err
	}
	return rq.participantsReply(views, status)
}

func addParticipant(rq *request) (reply, error) {
	id, err := rq.needText("newParticipant")
	if err != nil {
		return reply{}, err
	}
	source, err := rq.text("source", "users")
	if err != nil {
		return reply{}, err
	}
	newType, err := rq.core.AddParticipant(rq.r.Context(), rq.caller, rq.token(), id, source)
	if newType != 0 {
		return ok(object{{"type", newType}}), err
	}
	return ok(list{}), err
}

func leaveRoom(rq *request) (reply, error) {
	return ok(nil), rq.core.Leave(rq.r.Context(), rq.caller, rq.token())
}

func removeAttendee(rq *request) (reply, error) {
	id, err := rq.needNumber("attendeeId")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.RemoveParticipant(rq.r.Context(), rq.caller, rq.token(), id)
}

func setAttendeePermissions(rq *request) (reply, error) {
	id, err := rq.needNumber("attendeeId")
	if err != nil {
		return reply{}, err
	}
	method, err := rq.needText("method")
	if err != nil {
		return reply{}, err
	}
	bits, err := rq.needNumber("permissions")
	if err != nil {
		return reply{}, err
	}
	views, err := rq.core.SetPermissions(rq.r.Context(), rq.caller, rq.token(), id, method, clampInt(bits))
	if err != nil {
		return reply{}, err
	}
	return rq.participantsReply(views, true)
}

// maxStatuses is how many participants there may be to be told what they say of themselves, and one more.
const maxStatuses = 100

// participantsReply answers with participants and, to users, with what they say of themselves.
func (rq *request) participantsReply(views []core.ParticipantView, statuses bool) (reply, error) {
	out := wireParticipants(views)
	if !statuses || rq.caller.UserID == "" || len(views) >= maxStatuses {
		return ok(out), nil
	}
	err := rq.addParticipantStatuses(out)
	return ok(out).with("X-Nextcloud-Has-User-Statuses", "1"), err
}

// setAllPermissions is a feature that Talk has given up: it refuses everybody who may ask.
func setAllPermissions(rq *request) (reply, error) {
	if err := rq.core.RequireModerator(rq.r.Context(), rq.caller, rq.token()); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusBadRequest}, nil
}

func promote(rq *request) (reply, error) {
	id, err := rq.needNumber("attendeeId")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.Promote(rq.r.Context(), rq.caller, rq.token(), id)
}

func demote(rq *request) (reply, error) {
	id, err := rq.needNumber("attendeeId")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.Demote(rq.r.Context(), rq.caller, rq.token(), id)
}
