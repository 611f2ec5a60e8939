package api

import (
	"net/http"

	"github.com/confab-go/confab/internal/server/store"
)

func reminderRoutes() []route {
	path := talk1 + "/chat/{token}/{messageId}/reminder"
	return []route{
		{http.MethodGet, talk1 + "/chat/upcoming-reminders", user, upcomingReminders},
		{http.MethodPost, path, user, setReminder},
		{http.MethodGet, path, user, getReminder},
		{http.MethodDelete, path, user, deleteReminder},
	}
}

// reminder is a reminder on the wire.
func (rq *request) reminder(r store.Reminder) object {
	return object{{"userId", r.UserID}, {"token", rq.token()}, {"messageId", r.MessageID}, {"timestamp", r.At}}
}

func (rq *request) messageID() int64 { return phpInt(rq.params["messageId"]) }

func setReminder(rq *request) (reply, error) {
	at, err := rq.needNumber("timestamp")
	if err != nil {
		return reply{}, err
	}
	r, err := rq.core.Remind(rq.r.Context(), rq.caller, rq.token(), rq.messageID(), at)
	return reply{status: http.StatusCreated, data: rq.reminder(r)}, err
}

func getReminder(rq *request) (reply, error) {
	r, err := rq.core.Reminder(rq.r.Context(), rq.caller, rq.token(), rq.messageID())
	return ok(rq.reminder(r)), err
}

func deleteReminder(rq *request) (reply, error) {
	return ok(list{}), rq.core.ForgetReminder(rq.r.Context(), rq.caller, rq.token(), rq.messageID())
}

func upcomingReminders(rq *request) (reply, error) {
	found, err := rq.core.UpcomingReminders(rq.r.Context(), rq.caller)
	out := make([]object, 0, len(found))
	for _, r := range found {
		m := wireMessage(r.Message)
		out = append(out, object{
			{"reminderTimestamp", r.At},
			{"roomToken", m.Token},
			{"messageId", m.ID},
			{"actorType", m.ActorType},
			{"actorId", m.ActorID},
			{"actorDisplayName", m.ActorDisplayName},
			{"message", m.Message},
			{"messageParameters", m.MessageParameters},
		})
	}
	return ok(out), err
}
