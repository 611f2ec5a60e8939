package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

func banRoutes() []route {
	path := talk1 + "/ban/{token}"
	return []route{
		{http.MethodPost, path, public, banActor},
		{http.MethodGet, path, public, listBans},
		{http.MethodDelete, path + "/{banId}", public, unbanActor},
	}
}

// ban is a ban on the wire.
type ban struct {
	ID                   int64  `json:"id"`
	ModeratorActorType   string `json:"moderatorActorType"`
	ModeratorActorID     string `json:"moderatorActorId"`
	ModeratorDisplayName string `json:"moderatorDisplayName"`
	BannedActorType      string `json:"bannedActorType"`
	BannedActorID        string `json:"bannedActorId"`
	BannedDisplayName    string `json:"bannedDisplayName"`
	BannedTime           int64  `json:"bannedTime"`
	InternalNote         string `json:"internalNote"`
}

func wireBan(b store.Ban) ban {
	return ban{
		ID: b.ID, ModeratorActorType: b.ModeratorType, ModeratorActorID: b.ModeratorID, ModeratorDisplayName: b.ModeratorName,
		BannedActorType: b.ActorType, BannedActorID: b.ActorID, BannedDisplayName: b.ActorName,
		BannedTime: b.Created, InternalNote: b.Note,
	}
}

func banActor(rq *request) (reply, error) {
	var n core.NewBan
	var err error
	if n.ActorType, err = rq.needText("actorType"); err != nil {
		return reply{}, err
	}
	if n.ActorID, err = rq.needText("actorId"); err != nil {
		return reply{}, err
	}
	if n.Note, err = rq.text("internalNote", ""); err != nil {
		return reply{}, err
	}
	b, err := rq.core.Ban(rq.r.Context(), rq.caller, rq.token(), n)
	return ok(wireBan(b)), err
}

func listBans(rq *request) (reply, error) {
	bans, err := rq.core.Bans(rq.r.Context(), rq.caller, rq.token())
	out := make([]ban, 0, len(bans))
	for _, b := range bans {
		out = append(out, wireBan(b))
	}
	return ok(out), err
}

func unbanActor(rq *request) (reply, error) {
	return ok(nil), rq.core.Unban(rq.r.Context(), rq.caller, rq.token(), phpInt(rq.params["banId"]))
}
