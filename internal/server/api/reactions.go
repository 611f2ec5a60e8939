package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func reactionRoutes() []route {
	path := talk1 + "/reaction/{token}/{messageId}"
	return []route{
		{http.MethodGet, path, public, listReactions},
		{http.MethodPost, path, public, addReaction},
		{http.MethodDelete, path, public, removeReaction},
	}
}

// reactor is somebody who has reacted, on the wire.
type reactor struct {
	ActorType        string `json:"actorType"`
	ActorID          string `json:"actorId"`
	ActorDisplayName string `json:"actorDisplayName"`
	Timestamp        int64  `json:"timestamp"`
}

// wireReactions encodes who has reacted, by emoji; nobody is an empty object.
func wireReactions(groups []core.ReactionGroup) object {
	out := object{}
	for _, g := range groups {
		by := make([]reactor, 0, len(g.Reactors))
		for _, r := range g.Reactors {
			by = append(by, reactor{r.ActorType, r.ActorID, r.ActorName, r.Timestamp})
		}
		out = append(out, member{g.Reaction, by})
	}
	return out
}

func listReactions(rq *request) (reply, error) {
	filter, err := rq.text("reaction", "")
	if err != nil {
		return reply{}, err
	}
	groups, err := rq.core.Reactions(rq.r.Context(), rq.caller, rq.token(), rq.pathID("messageId"), filter)
	return ok(wireReactions(groups)), err
}

func addReaction(rq *request) (reply, error) {
	reaction, err := rq.needText("reaction")
	if err != nil {
		return reply{}, err
	}
	groups, added, err := rq.core.AddReaction(rq.r.Context(), rq.caller, rq.token(), rq.pathID("messageId"), reaction)
	rep := ok(wireReactions(groups))
	if added {
		rep.status = http.StatusCreated
	}
	return rep, err
}

func removeReaction(rq *request) (reply, error) {
	reaction, err := rq.needText("reaction")
	if err != nil {
		return reply{}, err
	}
	groups, err := rq.core.RemoveReaction(rq.r.Context(), rq.caller, rq.token(), rq.pathID("messageId"), reaction)
	return ok(wireReactions(groups)), err
}
