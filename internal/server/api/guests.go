package api

import "net/http"

func guestRoutes() []route {
	return []route{{http.MethodPost, talk1 + "/guest/{token}/name", public, setGuestName}}
}

func setGuestName(rq *request) (reply, error) {
	name, err := rq.needText("displayName")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.SetGuestName(rq.r.Context(), rq.caller, rq.token(), name)
}
