package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

func searchRoutes() []route {
	path := "/ocs/search/providers"
	return []route{
		{http.MethodGet, path, user, listProviders},
		{http.MethodGet, path + "/talk-message/search", user, searchMessages},
		{http.MethodGet, path + "/talk-conversations/search", user, searchRooms},
	}
}

func provider(id, name string, order int, filters object) object {
	return object{
		{"id", id},
		{"appId", "spreed"},
		{"name", name},
		{"icon", "/apps/spreed/img/app.svg"},
		{"order", order},
		{"isExternalProvider", false},
		{"triggers", []string{id}},
		{"filters", filters},
		{"inAppSearch", false},
	}
}

func listProviders(*request) (reply, error) {
	return withETag([]object{
		provider("talk-message", "Messages", 15, object{
			{"term", "string"}, {"since", "datetime"}, {"until", "datetime"}, {"person", "person"}, {"conversation", "string"},
		}),
		provider("talk-conversations", "Conversations", 25, object{{"term", "string"}}),
	})
}

// entry is something that a search has found.
func entry(thumbnail, title, subline, resource, icon string, attributes object) object {
	return object{
		{"thumbnailUrl", thumbnail},
		{"title", title},
		{"subline", subline},
		{"resourceUrl", resource},
		{"icon", icon},
		{"rounded", true},
		{"attributes", attributes},
	}
}

// moment reads an optional time as RFC 3339 or unix seconds; 0 for none.
func (rq *request) moment(name string) (int64, error) {
	text, err := rq.text(name, "")
	if err != nil || text == "" {
		return 0, err
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.Unix(), nil
	}
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, &argumentError{name, "must be a time"}
	}
	return at, nil
}

// search reads what is looked for.
func (rq *request) search() (in store.Search, err error) {
	if in.Text, err = rq.needText("term"); err != nil {
		return in, err
	}
	if in.Token, err = rq.text("conversation", ""); err != nil {
		return in, err
	}
	if in.Author, err = rq.text("person", ""); err != nil {
		return in, err
	}
	if in.Since, err = rq.moment("since"); err != nil {
		return in, err
	}
	if in.Until, err = rq.moment("until"); err != nil {
		return in, err
	}
	limit, err := rq.number("limit", 5)
	if err != nil {
		return in, err
	}
	in.Limit = max(1, clampInt(limit))
	in.Offset, err = rq.number("cursor", 0)
	in.Offset = max(0, in.Offset)
	return in, err
}

func searchMessages(rq *request) (reply, error) {
	in, err := rq.search()
	if err != nil {
		return reply{}, err
	}
	found, err := rq.core.SearchMessages(rq.r.Context(), rq.caller, in)
	entries := make([]object, 0, len(found))
	for _, f := range found {
		m := f.Message
		title, thumbnail := m.ActorName, ""
		if m.ActorType == core.ActorUsers {
			thumbnail = rq.base() + "/index.php/avatar/" + url.PathEscape(m.ActorID) + "/512"
		}
		if title == "" {
			title = "Guest"
		}
		if f.Room.Type != core.OneToOne {
			title += " in " + f.Room.DisplayName
		}
		entries = append(entries, entry(thumbnail, title, f.Text,
			fmt.Sprintf("%s/index.php/call/%s#message_%d", rq.base(), m.Token, m.ID), "icon-talk", object{
				{"conversation", m.Token},
				{"messageId", strconv.FormatInt(m.ID, 10)},
				{"actorType", m.ActorType},
				{"actorId", m.ActorID},
				{"timestamp", strconv.FormatInt(m.Timestamp, 10)},
			}))
	}
	return ok(object{{"name", "Messages"}, {"isPaginated", true}, {"entries", entries}, {"cursor", in.Offset + int64(in.Limit)}}), err
}

func searchRooms(rq *request) (reply, error) {
	term, err := rq.needText("term")
	if err != nil {
		return reply{}, err
	}
	rooms, err := rq.core.SearchRooms(rq.r.Context(), rq.caller, term)
	entries := make([]object, 0, len(rooms))
	for _, r := range rooms {
		entries = append(entries, entry(
			rq.base()+"/ocs/v2.php/apps/spreed/api/v1/room/"+r.Token+"/avatar?v="+r.AvatarVersion,
			r.DisplayName, "", rq.base()+"/index.php/call/"+r.Token, "", object{{"conversation", r.Token}}))
	}
	return ok(object{{"name", "Conversations"}, {"isPaginated", false}, {"entries", entries}, {"cursor", nil}}), err
}
