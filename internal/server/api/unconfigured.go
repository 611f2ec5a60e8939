package api

import "net/http"

// unconfiguredRoutes are of parts that this server does not have. They answer
// as a server where nobody has set them up: with an empty list, or a refusal.
func unconfiguredRoutes() []route {
	recording, bridge, room := talk1+"/recording/{token}", talk1+"/bridge/{token}", talk4+"/room/{token}"
	return []route{
		{http.MethodPost, recording, user, startRecording},
		{http.MethodDelete, recording, user, loggedInModeratorsOnly(ok(nil))},
		{http.MethodDelete, recording + "/notification", user, loggedInModeratorsOnly(ok(nil))},
		{http.MethodPost, recording + "/share-chat", user, loggedInModeratorsOnly(refusedWith("file"))},

		{http.MethodGet, talk1 + "/recording/welcome/{serverId}", admin, always(reply{status: http.StatusNotFound})},
		{http.MethodPost, talk1 + "/recording/backend", public, always(unproven(http.StatusForbidden))},
		{http.MethodPost, recording + "/store", public, inRoom(unproven(http.StatusUnauthorized))},

		{http.MethodGet, talk1 + "/federation/invitation", user, always(ok(list{}))},
		{http.MethodPost, talk1 + "/federation/invitation/{invitationId}", user, always(noInvitation())},
		{http.MethodDelete, talk1 + "/federation/invitation/{invitationId}", user, always(noInvitation())},

		{http.MethodPost, room + "/federation/active", public, always(reply{status: http.StatusNotFound})},
		{http.MethodDelete, room + "/federation/active", public, always(reply{status: http.StatusNotFound})},
		{http.MethodPost, talk4 + "/call/{token}/federation", public, always(noRoom())},
		{http.MethodPut, talk4 + "/call/{token}/federation", public, always(noRoom())},
		{http.MethodDelete, talk4 + "/call/{token}/federation", public, always(noRoom())},

		{http.MethodGet, room + "/pin/{pin}", public, inRoom(reply{status: http.StatusNotImplemented})},
		{http.MethodPost, room + "/verify-dialin", public, inRoom(reply{status: http.StatusNotImplemented})},
		{http.MethodPost, room + "/verify-dialout", public, inRoom(reply{status: http.StatusNotImplemented})},
		{http.MethodPost, room + "/open-dial-in", public, inRoom(reply{status: http.StatusUnauthorized})},
		{http.MethodDelete, room + "/rejected-dialout", public, inRoom(reply{status: http.StatusNotImplemented})},
		{http.MethodPost, talk4 + "/room/direct-dial-in", public, always(reply{status: http.StatusNotImplemented})},

		{http.MethodDelete, talk1 + "/bridge", admin, always(ok(true))},
		{http.MethodGet, talk1 + "/bridge/version", admin, always(reply{status: http.StatusNotFound, data: list{}})},
		{http.MethodGet, bridge, user, loggedInModeratorsOnly(ok(object{
			{"enabled", false}, {"pid", 0}, {"parts", list{}}, {"running", false}, {"log", ""},
		}))},
		{http.MethodPut, bridge, user, setBridge},
		{http.MethodDelete, bridge, user, loggedInModeratorsOnly(ok(true))},
		{http.MethodGet, bridge + "/process", user, loggedInModeratorsOnly(bridgeProcess())},

		{http.MethodGet, talk4 + "/dashboard/events", user, always(ok(list{}))},
		{http.MethodGet, talk4 + "/room/{token}/mutual-events", user, mutualEvents},
		{http.MethodPost, talk4 + "/room/{token}/meeting", user, scheduleMeeting},

		{http.MethodPost, talk1 + "/chat/{token}/summarize", public, summarize},
		{http.MethodGet, talk1 + "/publicshare/{shareToken}", public, always(reply{status: http.StatusNotFound})},
		{http.MethodPost, talk1 + "/publicshareauth", public, needing("shareToken", reply{status: http.StatusNotFound})},
		// Nobody else's certificate is looked at: this server connects to bots alone.
		{http.MethodGet, talk1 + "/certificate/expiration", admin, needing("host", reply{status: http.StatusBadRequest})},
	}
}

func always(rep reply) func(*request) (reply, error) {
	return func(*request) (reply, error) { return rep, nil }
}

func refusedWith(reason string) reply {
	return reply{status: http.StatusBadRequest, data: object{{"error", reason}}}
}

// noRoom is what those get who have no place in a conversation.
func noRoom() reply { return failure(http.StatusNotFound, http.StatusNotFound, "") }

// unproven is for servers beside this one, of which there is none: nobody can prove to be one.
func unproven(status int) reply {
	return reply{status: status, data: object{{"type", "error"}, {"error", object{
		{"code", "invalid_request"}, {"message", "The request could not be authenticated."},
	}}}}
}

// inRoom answers where there is such a conversation.
func inRoom(rep reply) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		return rep, rq.core.RequireRoom(rq.r.Context(), rq.caller, rq.token())
	}
}

func noInvitation() reply {
	return reply{status: http.StatusNotFound, data: object{{"error", "invitation"}}}
}

func bridgeProcess() reply { return ok(object{{"running", false}, {"log", ""}}) }

// loggedInModeratorsOnly answers moderators with accounts, and refuses others.
func loggedInModeratorsOnly(rep reply) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		return rep, rq.core.RequireLoggedInModerator(rq.r.Context(), rq.caller, rq.token())
	}
}

// needing answers who gives a text.
func needing(name string, rep reply) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		_, err := rq.needText(name)
		return rep, err
	}
}

func startRecording(rq *request) (reply, error) {
	status, err := rq.needNumber("status")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.StartRecording(rq.r.Context(), rq.caller, rq.token(), clampInt(status))
}

// setBridge takes the wish for no bridge; there is no program that would be one.
func setBridge(rq *request) (reply, error) {
	enabled := rq.flag("enabled", false)
	if err := rq.core.RequireLoggedInModerator(rq.r.Context(), rq.caller, rq.token()); err != nil || !enabled {
		return bridgeProcess(), err
	}
	return reply{status: http.StatusNotAcceptable, data: object{{"error", "There are no bridges on this server"}}}, nil
}

func mutualEvents(rq *request) (reply, error) {
	return ok(list{}), rq.core.RequirePair(rq.r.Context(), rq.caller, rq.token())
}

// scheduleMeeting finds no calendar to put the meeting into.
func scheduleMeeting(rq *request) (reply, error) {
	if _, err := rq.needText("calendarUri"); err != nil {
		return reply{}, err
	}
	if _, err := rq.needNumber("start"); err != nil {
		return reply{}, err
	}
	return refusedWith("calendar"), rq.core.RequireLoggedInModerator(rq.r.Context(), rq.caller, rq.token())
}

// summarize finds nothing that could write a summary.
func summarize(rq *request) (reply, error) {
	if _, err := rq.needNumber("fromMessageId"); err != nil {
		return reply{}, err
	}
	return refusedWith("ai-error"), rq.core.RequireReader(rq.r.Context(), rq.caller, rq.token())
}
