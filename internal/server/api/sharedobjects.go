package api

import (
	"net/http"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

func sharedObjectRoutes() []route {
	path := talk1 + "/chat/{token}/share"
	return []route{
		{http.MethodGet, path, public, listSharedObjects},
		{http.MethodGet, path + "/overview", public, sharedOverview},
	}
}

func listSharedObjects(rq *request) (reply, error) {
	kind, err := rq.needText("objectType")
	if err != nil {
		return reply{}, err
	}
	before, err := rq.number("lastKnownMessageId", 0)
	if err != nil {
		return reply{}, err
	}
	limit, err := rq.number("limit", 100)
	if err != nil {
		return reply{}, err
	}
	views, err := rq.core.SharedObjects(rq.r.Context(), rq.caller, rq.token(), kind, before, clampInt(limit))
	if err != nil {
		return reply{}, err
	}
	if len(views) == 0 {
		return ok(list{}), nil
	}
	byID := make(object, 0, len(views))
	for _, v := range views {
		byID = append(byID, member{strconv.FormatInt(v.ID, 10), wireMessage(v)})
	}
	return ok(byID).with("X-Chat-Last-Given", strconv.FormatInt(views[len(views)-1].ID, 10)), nil
}

func sharedOverview(rq *request) (reply, error) {
	limit, err := rq.number("limit", 7)
	if err != nil {
		return reply{}, err
	}
	found, err := rq.core.SharedOverview(rq.r.Context(), rq.caller, rq.token(), clampInt(limit))
	if err != nil {
		return reply{}, err
	}
	out := make(object, 0, len(found))
	for _, kind := range core.AttachmentKinds {
		out = append(out, member{kind, wireMessages(found[kind])})
	}
	return ok(out), nil
}
