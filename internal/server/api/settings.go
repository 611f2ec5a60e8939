package api

import (
	"context"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func settingRoutes() []route {
	path := talk4 + "/room/{token}/"
	// Guests who moderate may do what is public here, and no more.
	routes := []route{
		{http.MethodPut, path + "description", public, textSetting("description", (*core.Core).SetDescription)},
		{http.MethodPut, path + "password", public, textSetting("password", (*core.Core).SetPassword)},
		{http.MethodPut, path + "read-only", user, numberSetting("state", (*core.Core).SetReadOnly)},
		{http.MethodPut, path + "listable", user, numberSetting("scope", (*core.Core).SetListable)},
		{http.MethodPut, path + "mention-permissions", user, numberSetting("mentionPermissions", (*core.Core).SetMentionPermissions)},
		{http.MethodPut, path + "permissions/default", public, numberSetting("permissions", (*core.Core).SetDefaultPermissions)},
		{http.MethodPut, path + "permissions/call", public, setCallPermissions},
		{http.MethodPost, path + "notify", user, numberSetting("level", (*core.Core).SetNotificationLevel)},
		{http.MethodPost, path + "notify-calls", user, numberSetting("level", (*core.Core).SetNotificationCalls)},
		{http.MethodPost, path + "public", user, makePublic},
		{http.MethodDelete, path + "public", user, makePrivate},
	}
	for name, mark := range map[string]core.Mark{
		"favorite": core.Favorite, "archive": core.Archived,
		"important": core.Important, "sensitive": core.Sensitive,
	} {
		routes = append(routes,
			route{http.MethodPost, path + name, user, markSetting(mark, true)},
			route{http.MethodDelete, path + name, user, markSetting(mark, false)})
	}
	return routes
}

// textSetting makes the handler of a setting that is a text.
func textSetting(name string, set func(*core.Core, context.Context, core.Caller, string, string) (*core.RoomView, error)) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		value, err := rq.needText(name)
		if err != nil {
			return reply{}, err
		}
		return rq.roomReply(set(rq.core, rq.r.Context(), rq.caller, rq.token(), value))
	}
}

// numberSetting makes the handler of a setting that is a number.
func numberSetting(name string, set func(*core.Core, context.Context, core.Caller, string, int) (*core.RoomView, error)) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		value, err := rq.needNumber(name)
		if err != nil {
			return reply{}, err
		}
		return rq.roomReply(set(rq.core, rq.r.Context(), rq.caller, rq.token(), clampInt(value)))
	}
}

func markSetting(mark core.Mark, on bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		return rq.roomReply(rq.core.SetMark(rq.r.Context(), rq.caller, rq.token(), mark, on))
	}
}

func makePublic(rq *request) (reply, error) {
	password, err := rq.text("password", "")
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.SetPublic(rq.r.Context(), rq.caller, rq.token(), true, password))
}

func makePrivate(rq *request) (reply, error) {
	return rq.roomReply(rq.core.SetPublic(rq.r.Context(), rq.caller, rq.token(), false, ""))
}

// setCallPermissions is a feature that Talk has given up: it refuses everybody who may ask.
func setCallPermissions(rq *request) (reply, error) {
	return refusedWith("mode"), rq.core.RequireModerator(rq.r.Context(), rq.caller, rq.token())
}
