package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func breakoutRoomRoutes() []route {
	path := talk1 + "/breakout-rooms/{token}"
	return []route{
		{http.MethodPost, path, user, configureBreakoutRooms},
		{http.MethodDelete, path, user, removeBreakoutRooms},
		{http.MethodPost, path + "/broadcast", user, broadcast},
		{http.MethodPost, path + "/attendees", user, assignBreakoutRooms},
		{http.MethodPost, path + "/request-assistance", user, requestAssistance},
		{http.MethodDelete, path + "/request-assistance", user, resetAssistance},
		{http.MethodPost, path + "/rooms", user, startBreakoutRooms},
		{http.MethodDelete, path + "/rooms", user, stopBreakoutRooms},
		{http.MethodPost, path + "/switch", user, switchBreakoutRoom},
		{http.MethodGet, talk4 + "/room/{token}/breakout-rooms", user, listBreakoutRooms},
		{http.MethodGet, talk4 + "/room/{token}/breakout-rooms/participants", public, listBreakoutParticipants},
	}
}

// roomsReply answers with conversations.
func roomsReply(views []*core.RoomView, err error) (reply, error) { return ok(wireRooms(views)), err }

func configureBreakoutRooms(rq *request) (reply, error) {
	mode, err := rq.needNumber("mode")
	if err != nil {
		return reply{}, err
	}
	amount, err := rq.needNumber("amount")
	if err != nil {
		return reply{}, err
	}
	attendees, err := rq.text("attendeeMap", "[]")
	if err != nil {
		return reply{}, err
	}
	return roomsReply(rq.core.ConfigureBreakoutRooms(rq.r.Context(), rq.caller, rq.token(), clampInt(mode), clampInt(amount), attendees))
}

func removeBreakoutRooms(rq *request) (reply, error) {
	return rq.roomReply(rq.core.RemoveBreakoutRooms(rq.r.Context(), rq.caller, rq.token()))
}

func broadcast(rq *request) (reply, error) {
	message, err := rq.needText("message")
	if err != nil {
		return reply{}, err
	}
	rep, err := roomsReply(rq.core.BroadcastToBreakoutRooms(rq.r.Context(), rq.caller, rq.token(), message))
	rep.status = http.StatusCreated
	return rep, err
}

func assignBreakoutRooms(rq *request) (reply, error) {
	attendees, err := rq.needText("attendeeMap")
	if err != nil {
		return reply{}, err
	}
	return roomsReply(rq.core.AssignBreakoutRooms(rq.r.Context(), rq.caller, rq.token(), attendees))
}

func requestAssistance(rq *request) (reply, error) {
	return rq.roomReply(rq.core.RequestAssistance(rq.r.Context(), rq.caller, rq.token(), true))
}

func resetAssistance(rq *request) (reply, error) {
	return rq.roomReply(rq.core.RequestAssistance(rq.r.Context(), rq.caller, rq.token(), false))
}

func startBreakoutRooms(rq *request) (reply, error) {
	return roomsReply(rq.core.StartBreakoutRooms(rq.r.Context(), rq.caller, rq.token()))
}

func stopBreakoutRooms(rq *request) (reply, error) {
	return roomsReply(rq.core.StopBreakoutRooms(rq.r.Context(), rq.caller, rq.token()))
}

func switchBreakoutRoom(rq *request) (reply, error) {
	target, err := rq.needText("target")
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.SwitchBreakoutRoom(rq.r.Context(), rq.caller, rq.token(), target))
}

func listBreakoutRooms(rq *request) (reply, error) {
	return roomsReply(rq.core.BreakoutRooms(rq.r.Context(), rq.caller, rq.token()))
}

func listBreakoutParticipants(rq *request) (reply, error) {
	status := rq.flag("includeStatus", false)
	views, err := rq.core.BreakoutParticipants(rq.r.Context(), rq.caller, rq.token())
	if err != nil {
		return reply{}, err
	}
	return rq.participantsReply(views, status)
}
