package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

func chatRoutes() []route {
	path := talk1 + "/chat/{token}"
	return []route{
		{http.MethodGet, path, public, receiveMessages},
		{http.MethodPost, path, public, sendMessage},
		{http.MethodDelete, path, user, clearHistory},
		{http.MethodGet, path + "/{messageId}/context", public, messageContext},
		{http.MethodPost, path + "/read", public, markRead},
		{http.MethodDelete, path + "/read", public, markUnread},
		{http.MethodGet, path + "/mentions", public, suggestMentions},
	}
}

// withCommonRead adds how far everybody has read, if the caller may know.
func withCommonRead(rep reply, id *int64) reply {
	if id == nil {
		return rep
	}
	return rep.with("X-Chat-Last-Common-Read", strconv.FormatInt(*id, 10))
}

func posted(status int, p core.Posted) reply {
	rep := reply{status: status}
	if p.Message != nil {
		rep.data = wireMessage(p.Message)
	}
	return withCommonRead(rep, p.CommonRead)
}

// sentMessage reads the message that is to be sent.
func (rq *request) sentMessage() (in core.Send, err error) {
	if in.Message, err = rq.needText("message"); err != nil {
		return in, err
	}
	if in.ReferenceID, err = rq.text("referenceId", ""); err != nil {
		return in, err
	}
	if in.ReplyTo, err = rq.number("replyTo", 0); err != nil {
		return in, err
	}
	in.Silent = rq.flag("silent", false)
	return in, nil
}

func sendMessage(rq *request) (reply, error) {
	in, err := rq.sentMessage()
	if err != nil {
		return reply{}, err
	}
	if err := rq.takeGuestName(); err != nil {
		return reply{}, err
	}
	p, err := rq.core.SendMessage(rq.r.Context(), rq.caller, rq.token(), in)
	if err != nil {
		return reply{}, err
	}
	return posted(http.StatusCreated, p), nil
}

func clearHistory(rq *request) (reply, error) {
	p, err := rq.core.ClearHistory(rq.r.Context(), rq.caller, rq.token())
	if err != nil {
		return reply{}, err
	}
	return posted(http.StatusOK, p), nil // Talk has no word here that bots are told
}

func receiveMessages(rq *request) (reply, error) {
	future, err := rq.needNumber("lookIntoFuture")
	if err != nil {
		return reply{}, err
	}
	q := core.Query{Future: future != 0}
	limit, err := rq.number("limit", 100)
	if err != nil {
		return reply{}, err
	}
	q.Limit = clampInt(limit)
	if q.LastKnown, err = rq.number("lastKnownMessageId", 0); err != nil {
		return reply{}, err
	}
	if q.LastCommonRead, err = rq.number("lastCommonReadId", 0); err != nil {
		return reply{}, err
	}
	timeout, err := rq.number("timeout", 30)
	if err != nil {
		return reply{}, err
	}
	q.Timeout = time.Duration(max(0, min(timeout, 30))) * time.Second
	// These two are numbers to Talk: "true" is none.
	include, err := rq.number("includeLastKnown", 0)
	if err != nil {
		return reply{}, err
	}
	mark, err := rq.number("setReadMarker", 1)
	if err != nil {
		return reply{}, err
	}
	q.IncludeLastKnown, q.SetReadMarker = include != 0, mark == 1
	page, err := rq.core.Messages(rq.r.Context(), rq.caller, rq.token(), q)
	if err != nil {
		return reply{}, err
	}
	return pageReply(page), nil
}

// pageReply answers with messages, or with 304 when there are none.
func pageReply(page core.Page) reply {
	switch {
	case page.Given:
		rep := ok(wireMessages(page.Messages)).with("X-Chat-Last-Given", strconv.FormatInt(page.LastGiven, 10))
		return withCommonRead(rep, page.CommonRead)
	case page.CommonMoved:
		return withCommonRead(ok(list{}), page.CommonRead)
	default:
		return reply{status: http.StatusNotModified, bare: true}
	}
}

func messageContext(rq *request) (reply, error) {
	id := phpInt(rq.params["messageId"])
	limit, err := rq.number("limit", 50)
	if err != nil {
		return reply{}, err
	}
	page, err := rq.core.Context(rq.r.Context(), rq.caller, rq.token(), id, clampInt(limit))
	if err != nil {
		return reply{}, err
	}
	return pageReply(page), nil
}

func markRead(rq *request) (reply, error) {
	var id *int64
	if rq.has("lastReadMessage") {
		n, err := rq.number("lastReadMessage", 0)
		if err != nil {
			return reply{}, err
		}
		if n < -2 {
			return outOfRange(), nil
		}
		id = &n
	}
	m, err := rq.core.MarkRead(rq.r.Context(), rq.caller, rq.token(), id)
	return rq.markedReply(m, err)
}

func markUnread(rq *request) (reply, error) {
	m, err := rq.core.MarkUnread(rq.r.Context(), rq.caller, rq.token())
	return rq.markedReply(m, err)
}

func (rq *request) markedReply(m core.Marked, err error) (reply, error) {
	rep, err := rq.roomReply(m.Room, err)
	return withCommonRead(rep, m.CommonRead), err
}

// suggestion is somebody who may be mentioned, on the wire.
type suggestion struct {
	ID        string `json:"id"`
	Label     string `json:"label"`
	Source    string `json:"source"`
	MentionID string `json:"mentionId"`
	Details   string `json:"details,omitempty"`
	*userStatus
}

func suggestMentions(rq *request) (reply, error) {
	search, err := rq.needText("search")
	if err != nil {
		return reply{}, err
	}
	statuses := rq.flag("includeStatus", false)
	found, err := rq.core.Suggest(rq.r.Context(), rq.caller, rq.token(), search)
	out := make([]suggestion, 0, len(found))
	for _, s := range found {
		out = append(out, suggestion{ID: s.ID, Label: s.Label, Source: s.Source, MentionID: s.MentionID, Details: s.Details})
	}
	if err == nil && statuses {
		err = rq.addSuggestionStatuses(out)
	}
	return ok(out), err
}
