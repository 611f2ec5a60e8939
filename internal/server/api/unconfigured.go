package api

import "net/http"

// unconfiguredRoutes are of parts that this server does not have. They answer
// as a server where nobody has set them up: with an empty list, or a refusal.
func unconfiguredRoutes() []route {
	recording, bridge := talk1+"/recording/{token}", talk1+"/bridge/{token}"
	return []route{
		{http.MethodPost, recording, user, startRecording},
		{http.MethodDelete, recording, user, loggedInModeratorsOnly(ok(nil))},
		{http.MethodDelete, recording + "/notification", user, loggedInModeratorsOnly(ok(nil))},
		{http.MethodPost, recording + "/share-chat", user, loggedInModeratorsOnly(refusedWith("file"))},

		{http.MethodGet, talk1 + "/federation/invitation", user, always(ok(list{}))},
		{http.MethodPost, talk1 + "/federation/invitation/{invitationId}", user, always(noInvitation())},
		{http.MethodDelete, talk1 + "/federation/invitation/{invitationId}", user, always(noInvitation())},

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
	enabled, err := rq.flag("enabled", false)
	if err != nil {
		return reply{}, err
	}
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
