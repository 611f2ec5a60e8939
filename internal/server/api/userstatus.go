package api

import (
	"errors"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

func userStatusRoutes() []route {
	path := "/ocs/apps/user_status/api/v1/"
	return []route{
		{http.MethodGet, path + "user_status", user, getOwnStatus},
		{http.MethodPut, path + "user_status/status", user, setStatus},
		{http.MethodPut, path + "user_status/message/custom", user, setStatusMessage},
		{http.MethodPut, path + "user_status/message/predefined", user, setPredefinedMessage},
		{http.MethodDelete, path + "user_status/message", user, clearStatusMessage},
		{http.MethodGet, path + "statuses", user, listStatuses},
		{http.MethodGet, path + "statuses/{userId}", user, getStatus},
	}
}

// ownStatus is what the caller says, as the caller sees it.
func ownStatus(u store.UserStatus, err error) (reply, error) {
	if bad, ok := errors.AsType[*core.StatusError](err); ok {
		return failure(http.StatusBadRequest, http.StatusBadRequest, bad.Problem), nil
	}
	return ok(object{
		{"userId", u.UserID},
		{"message", orNull(u.Message)},
		{"messageId", orNull(u.MessageID)},
		{"messageIsPredefined", u.MessageID != ""},
		{"icon", orNull(u.Icon)},
		{"clearAt", orNull(u.ClearAt)},
		{"status", u.Status},
		{"statusIsUserDefined", u.UserDefined},
	}), err
}

// publicStatus is what somebody says, as others see it.
func publicStatus(u store.UserStatus) object {
	return object{
		{"userId", u.UserID},
		{"message", orNull(u.Message)},
		{"icon", orNull(u.Icon)},
		{"clearAt", orNull(u.ClearAt)},
		{"status", shownStatus(u)},
	}
}

func shownStatus(u store.UserStatus) string {
	if u.Status == core.StatusInvisible {
		return core.StatusOffline
	}
	return u.Status
}

// userStatus is what somebody says, beside what else is told of them.
type userStatus struct {
	Status        string  `json:"status"`
	StatusIcon    *string `json:"statusIcon"`
	StatusMessage *string `json:"statusMessage"`
	StatusClearAt *int64  `json:"statusClearAt"`
}

func wireStatus(u store.UserStatus) *userStatus {
	return &userStatus{shownStatus(u), orNull(u.Icon), orNull(u.Message), orNull(u.ClearAt)}
}

// addRoomStatuses adds to one-to-one conversations what the other one says. Who
// says nothing is offline, unless nobody in any of them says anything.
func (rq *request) addRoomStatuses(rooms ...*room) error {
	var ids []string
	for _, r := range rooms {
		if r.Type == core.OneToOne {
			ids = append(ids, r.Name)
		}
	}
	if len(ids) == 0 || rq.caller.UserID == "" {
		return nil
	}
	statuses, err := rq.core.UserStatuses(rq.r.Context(), ids)
	if len(statuses) == 0 {
		return err
	}
	for _, r := range rooms {
		if r.Type != core.OneToOne {
			continue
		}
		r.userStatus = &userStatus{Status: core.StatusOffline}
		if u, ok := statuses[r.Name]; ok {
			r.userStatus = wireStatus(u)
		}
	}
	return err
}

// addParticipantStatuses adds what participants with an account say, offline for nothing.
func (rq *request) addParticipantStatuses(participants []participant) error {
	var ids []string
	for _, p := range participants {
		if p.ActorType == core.ActorUsers {
			ids = append(ids, p.ActorID)
		}
	}
	statuses, err := rq.core.UserStatuses(rq.r.Context(), ids)
	for i := range participants {
		p := &participants[i]
		if p.ActorType != core.ActorUsers {
			continue
		}
		p.userStatus = &userStatus{Status: core.StatusOffline}
		if u, ok := statuses[p.ActorID]; ok {
			p.userStatus = wireStatus(u)
		}
	}
	return err
}

// addSuggestionStatuses adds what those say who may be mentioned.
func (rq *request) addSuggestionStatuses(suggestions []suggestion) error {
	var ids []string
	for _, s := range suggestions {
		if s.Source == core.ActorUsers {
			ids = append(ids, s.ID)
		}
	}
	statuses, err := rq.core.UserStatuses(rq.r.Context(), ids)
	for i := range suggestions {
		if u, ok := statuses[suggestions[i].ID]; ok && suggestions[i].Source == core.ActorUsers {
			suggestions[i].userStatus = wireStatus(u)
		}
	}
	return err
}

func noStatus(whose string) reply {
	return failure(http.StatusNotFound, http.StatusNotFound, "No status for the "+whose)
}

func getOwnStatus(rq *request) (reply, error) {
	u, found, err := rq.core.UserStatus(rq.r.Context(), rq.caller.UserID)
	if err != nil || !found {
		return noStatus("current user"), err
	}
	return ownStatus(u, nil)
}

func getStatus(rq *request) (reply, error) {
	u, found, err := rq.core.UserStatus(rq.r.Context(), rq.params["userId"])
	if err != nil || !found {
		return noStatus("requested userId"), err
	}
	return ok(publicStatus(u)), nil
}

func listStatuses(rq *request) (reply, error) {
	limit, err := rq.number("limit", -1)
	if err != nil {
		return reply{}, err
	}
	offset, err := rq.number("offset", 0)
	if err != nil {
		return reply{}, err
	}
	all, err := rq.core.AllUserStatuses(rq.r.Context(), limit, offset)
	out := make([]object, 0, len(all))
	for _, u := range all {
		out = append(out, publicStatus(u))
	}
	return ok(out), err
}

func setStatus(rq *request) (reply, error) {
	status, err := rq.needText("statusType")
	if err != nil {
		return reply{}, err
	}
	return ownStatus(rq.core.SetStatus(rq.r.Context(), rq.caller, status))
}

func setStatusMessage(rq *request) (reply, error) {
	icon, err := rq.text("statusIcon", "")
	if err != nil {
		return reply{}, err
	}
	message, err := rq.text("message", "")
	if err != nil {
		return reply{}, err
	}
	clearAt, err := rq.number("clearAt", 0)
	if err != nil {
		return reply{}, err
	}
	if message == "" && clearAt == 0 { // which is how some clients take it away
		if err := rq.core.ClearStatusMessage(rq.r.Context(), rq.caller); err != nil {
			return reply{}, err
		}
		return getOwnStatus(rq)
	}
	return ownStatus(rq.core.SetStatusMessage(rq.r.Context(), rq.caller, icon, message, clearAt))
}

func setPredefinedMessage(rq *request) (reply, error) {
	id, err := rq.needText("messageId")
	if err != nil {
		return reply{}, err
	}
	clearAt, err := rq.number("clearAt", 0)
	if err != nil {
		return reply{}, err
	}
	return ownStatus(rq.core.SetPredefinedMessage(rq.r.Context(), rq.caller, id, clearAt))
}

func clearStatusMessage(rq *request) (reply, error) {
	return ok(list{}), rq.core.ClearStatusMessage(rq.r.Context(), rq.caller)
}
