package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func shareObjectRoutes() []route {
	return []route{{http.MethodPost, talk1 + "/chat/{token}/share", public, shareObject}}
}

func shareObject(rq *request) (reply, error) {
	var in core.NewObject
	var err error
	if in.Type, err = rq.needText("objectType"); err != nil {
		return reply{}, err
	}
	if in.ID, err = rq.needText("objectId"); err != nil {
		return reply{}, err
	}
	if in.MetaData, err = rq.text("metaData", ""); err != nil {
		return reply{}, err
	}
	if in.ReferenceID, err = rq.text("referenceId", ""); err != nil {
		return reply{}, err
	}
	if err := rq.takeGuestName(); err != nil {
		return reply{}, err
	}
	p, err := rq.core.ShareObject(rq.r.Context(), rq.caller, rq.token(), in)
	if err != nil {
		return reply{}, err
	}
	return posted(http.StatusCreated, p), nil
}
