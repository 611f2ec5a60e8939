package api

import "net/http"

func fileConversationRoutes() []route {
	return []route{{http.MethodGet, talk1 + "/file/{fileId}", user, sharing(fileConversation)}}
}

func fileConversation(rq *request) (reply, error) {
	token, err := rq.core.FileConversation(rq.r.Context(), rq.caller, rq.pathID("fileId"))
	return ok(object{{"token", token}}), err
}
