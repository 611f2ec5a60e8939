package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func botRoutes() []route {
	path := talk1 + "/bot/"
	return []route{
		// Before the conversations' own: no conversation is called admin.
		{http.MethodGet, path + "admin", admin, listBots},
		{http.MethodGet, path + "{token}", user, listRoomBots},
		{http.MethodPost, path + "{token}/{botId}", user, enableBot},
		{http.MethodDelete, path + "{token}/{botId}", user, disableBot},
	}
}

// installedBot is a bot as the administrator sees it, on the wire. The secret is nobody's to see.
type installedBot struct {
	ID               int64   `json:"id"`
	Name             string  `json:"name"`
	URL              string  `json:"url"`
	URLHash          string  `json:"url_hash"`
	Description      *string `json:"description"`
	ErrorCount       int64   `json:"error_count"`
	LastErrorDate    int64   `json:"last_error_date"`
	LastErrorMessage *string `json:"last_error_message"`
	State            int     `json:"state"`
	Features         int     `json:"features"`
}

// roomBot is a bot as a conversation's moderators see it, on the wire.
type roomBot struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
	State       int     `json:"state"`
}

// orNull is null for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func wireRoomBot(b core.RoomBot) roomBot {
	return roomBot{ID: b.ID, Name: b.Name, Description: orNull(b.Description), State: b.State}
}

func listBots(rq *request) (reply, error) {
	bots, err := rq.core.Bots(rq.r.Context())
	out := make([]installedBot, 0, len(bots))
	for _, b := range bots {
		out = append(out, installedBot{
			ID: b.ID, Name: b.Name, URL: b.URL, URLHash: b.URLHash, Description: orNull(b.Description), ErrorCount: b.ErrorCount,
			LastErrorDate: b.LastErrorDate, LastErrorMessage: orNull(b.LastError), State: b.State, Features: b.Features,
		})
	}
	return ok(out), err
}

func listRoomBots(rq *request) (reply, error) {
	bots, err := rq.core.RoomBots(rq.r.Context(), rq.caller, rq.token())
	out := make([]roomBot, 0, len(bots))
	for _, b := range bots {
		out = append(out, wireRoomBot(b))
	}
	return ok(out), err
}

func enableBot(rq *request) (reply, error) {
	b, added, err := rq.core.EnableBot(rq.r.Context(), rq.caller, rq.token(), rq.pathID("botId"))
	rep := ok(wireRoomBot(b))
	if added {
		rep.status = http.StatusCreated
	}
	return rep, err
}

func disableBot(rq *request) (reply, error) {
	b, err := rq.core.DisableBot(rq.r.Context(), rq.caller, rq.token(), rq.pathID("botId"))
	return ok(wireRoomBot(b)), err
}
