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

// takeGuestName gives a guest the name that may come with what they post.
func (rq *request) takeGuestName() error {
	name, err := rq.text("actorDisplayName", "")
	if err != nil || name == "" || rq.caller.UserID != "" {
		return err
	}
	return rq.core.SetGuestName(rq.r.Context(), rq.caller, rq.token(), name)
}
