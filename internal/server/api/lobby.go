package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func lobbyRoutes() []route {
	path := talk4 + "/room/{token}/"
	return []route{
		{http.MethodPut, path + "webinar/lobby", user, setLobby},
		{http.MethodPut, path + "webinar/sip", user, numberSetting("state", (*core.Core).SetSIP)},
		{http.MethodPut, path + "recording-consent", user, numberSetting("recordingConsent", (*core.Core).SetRecordingConsent)},
	}
}

func setLobby(rq *request) (reply, error) {
	state, err := rq.needNumber("state")
	if err != nil {
		return reply{}, err
	}
	timer, err := rq.number("timer", 0)
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.SetLobby(rq.r.Context(), rq.caller, rq.token(), clampInt(state), timer))
}
