package api

import "net/http"

func expirationRoutes() []route {
	return []route{
		{http.MethodPost, talk4 + "/room/{token}/message-expiration", public, setMessageExpiration},
	}
}

func setMessageExpiration(rq *request) (reply, error) {
	seconds, err := rq.needNumber("seconds")
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.SetMessageExpiration(rq.r.Context(), rq.caller, rq.token(), seconds))
}
