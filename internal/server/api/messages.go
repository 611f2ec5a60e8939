package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func messageRoutes() []route {
	path := talk1 + "/chat/{token}/{messageId}"
	return []route{
		{http.MethodPut, path, public, editMessage},
		{http.MethodDelete, path, public, deleteMessage},
	}
}

// pathID returns the number in the path that the route has under a name.
func (rq *request) pathID(name string) int64 { return phpInt(rq.params[name]) }

// changed answers to a change of what was said: with 202 when a bot, which
// keeps its own copy, is told of it.
func changed(p core.Posted) reply {
	if p.Heard {
		return posted(http.StatusAccepted, p)
	}
	return posted(http.StatusOK, p)
}

func editMessage(rq *request) (reply, error) {
	text, err := rq.needText("message")
	if err != nil {
		return reply{}, err
	}
	p, err := rq.core.EditMessage(rq.r.Context(), rq.caller, rq.token(), rq.pathID("messageId"), text)
	if err != nil {
		return reply{}, err
	}
	return changed(p), nil
}

func deleteMessage(rq *request) (reply, error) {
	p, err := rq.core.DeleteMessage(rq.r.Context(), rq.caller, rq.token(), rq.pathID("messageId"))
	if err != nil {
		return reply{}, err
	}
	return changed(p), nil
}
