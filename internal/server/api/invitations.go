package api

import "net/http"

func invitationRoutes() []route {
	path := talk4 + "/room/{token}/"
	return []route{
		{http.MethodPost, path + "participants/resend-invitations", user, resendInvitations},
		{http.MethodDelete, path + "object", public, unbindRoom},
	}
}

func resendInvitations(rq *request) (reply, error) {
	id, err := rq.number("attendeeId", 0)
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.ResendInvitations(rq.r.Context(), rq.caller, rq.token(), id)
}

func unbindRoom(rq *request) (reply, error) {
	return rq.roomReply(rq.core.Unbind(rq.r.Context(), rq.caller, rq.token()))
}
