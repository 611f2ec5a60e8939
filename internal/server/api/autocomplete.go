package api

import (
	"fmt"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func autocompleteRoutes() []route {
	return []route{{http.MethodGet, "/ocs/core/autocomplete/get", user, autocomplete}}
}

// shareTypes are the numbers of what a search can find.
var shareTypes = map[int64]string{0: core.ActorUsers, 1: core.ActorGroups, 4: core.ActorEmails}

// icons of what a search has found.
var icons = map[string]string{core.ActorUsers: "icon-user", core.ActorGroups: "icon-group", core.ActorEmails: "icon-mail"}

// sources reads the argument shareTypes, users for none.
func (rq *request) sources() ([]string, error) {
	types, isList := rq.args["shareTypes"].([]any)
	if !isList {
		if rq.has("shareTypes") {
			return nil, &argumentError{"shareTypes", "must be a list"}
		}
		return []string{core.ActorUsers}, nil
	}
	var out []string
	for _, t := range types {
		if source, ok := shareTypes[phpInt(fmt.Sprint(t))]; ok {
			out = append(out, source)
		}
	}
	return out, nil
}

func autocomplete(rq *request) (reply, error) {
	search, err := rq.needText("search")
	if err != nil {
		return reply{}, err
	}
	kind, err := rq.text("itemType", "")
	if err != nil {
		return reply{}, err
	}
	token, err := rq.text("itemId", "")
	if err != nil {
		return reply{}, err
	}
	if kind != "call" || token == "new" {
		token = ""
	}
	limit, err := rq.number("limit", 10)
	if err != nil {
		return reply{}, err
	}
	sources, err := rq.sources()
	if err != nil {
		return reply{}, err
	}
	found, err := rq.core.FindPeople(rq.r.Context(), rq.caller, token, search, sources, clampInt(limit))
	if err != nil {
		return reply{}, err
	}
	return rq.foundReply(found)
}

// foundReply answers with those whom a search has found, and what they say of themselves.
func (rq *request) foundReply(found []core.Found) (reply, error) {
	var ids []string
	for _, f := range found {
		if f.Source == core.ActorUsers {
			ids = append(ids, f.ID)
		}
	}
	statuses, err := rq.core.UserStatuses(rq.r.Context(), ids)
	if err != nil {
		return reply{}, err
	}
	out := make([]object, 0, len(found))
	for _, f := range found {
		var status any = ""
		if u, ok := statuses[f.ID]; ok && f.Source == core.ActorUsers {
			status = object{
				{"status", shownStatus(u)},
				{"message", orNull(u.Message)},
				{"icon", orNull(u.Icon)},
				{"clearAt", orNull(u.ClearAt)},
			}
		}
		out = append(out, object{
			{"id", f.ID},
			{"label", f.Label},
			{"icon", icons[f.Source]},
			{"source", f.Source},
			{"status", status},
			{"subline", ""},
			{"shareWithDisplayNameUnique", f.Email},
		})
	}
	return ok(out), nil
}
