package talk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

func TestLiveMeetings(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeatureScheduleMeeting, talk.FeatureDashboardEventRooms, talk.FeatureMutualCalendarEvents), t.Context()
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Stand-up", "bob").Token
	at := time.Now().Add(48 * time.Hour)
	refused(t, "in no calendar", alice.Meetings.Schedule(ctx, room, "nosuchcalendar", at, nil), talk.ErrInvalid, "calendar")
	refused(t, "as who does not moderate", bob.Meetings.Schedule(ctx, room, "personal", at, nil), talk.ErrForbidden, "")
	if none := must(alice.Meetings.Dashboard(ctx))(t); len(none) != 0 {
		t.Errorf("events: %+v", none)
	}
	refused(t, "mutual events of a group", errOf(alice.Meetings.Mutual(ctx, room)), talk.ErrForbidden, "")
	pair := must(alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: w.id("bob")}))(t).Token
	if none := must(alice.Meetings.Mutual(ctx, pair))(t); len(none) != 0 {
		t.Errorf("mutual events: %+v", none)
	}
}

// TestMeetings: what is scheduled goes out as it was said, and events are read as Talk describes them.
func TestMeetings(t *testing.T) {
	t.Parallel()
	const event = `{"calendars":[{"principalUri":"principals/users/alice","calendarName":"Personal","calendarColor":null}],"eventName":"Stand-up","eventDescription":null,` +
		`"eventAttachments":{"7":{"calendars":["personal"],"fmttype":"text/plain","filename":"notes.txt","fileid":7,"preview":false,"previewLink":null}},"eventLink":"https://cloud.example.com/apps/calendar/1",` +
		`"start":1893456000,"end":1893459600,"roomToken":"abcd1234","roomAvatarVersion":"be859ef2","roomName":"Stand-up","roomDisplayName":"Stand-up","roomType":2,"roomActiveSince":null,` +
		`"invited":3,"accepted":null,"tentative":null,"declined":1}`
	var sent string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		decodeBody(t, r, &body)
		sent = fmt.Sprint(body)
		data := "null"
		if r.Method == http.MethodGet {
			data = "[" + event + "," + strings.Replace(event, `{"7":`, `{"8":`, 1) + "]"
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
	})
	ctx := t.Context()
	start := time.Unix(1893456000, 0)
	for _, tt := range []struct {
		options *talk.MeetingOptions
		sent    string
	}{
		{nil, "map[calendarUri:personal start:1.893456e+09]"},
		{
			&talk.MeetingOptions{End: start.Add(time.Hour), Title: "Stand-up", Description: "Daily", AttendeeIDs: []int64{7}},
			"map[attendeeIds:[7] calendarUri:personal description:Daily end:1.8934596e+09 start:1.893456e+09 title:Stand-up]",
		},
		{&talk.MeetingOptions{AttendeeIDs: []int64{}}, "map[attendeeIds:[] calendarUri:personal start:1.893456e+09]"},
	} {
		if err := c.Meetings.Schedule(ctx, "abcd1234", "personal", start, tt.options); err != nil || sent != tt.sent {
			t.Errorf("%+v: %v, sent %s", tt.options, err, sent)
		}
	}
	for name, list := range map[string]func() ([]*talk.MeetingEvent, error){
		"dashboard": func() ([]*talk.MeetingEvent, error) { return c.Meetings.Dashboard(ctx) },
		"mutual":    func() ([]*talk.MeetingEvent, error) { return c.Meetings.Mutual(ctx, "abcd1234") },
	} {
		all := must(list())(t)
		if len(all) != 2 || all[0].Name != "Stand-up" || !all[0].Start.Equal(start) || all[0].End.Sub(all[0].Start) != time.Hour || all[0].Invited != 3 || all[0].Declined != 1 ||
			!all[0].RoomActiveSince.IsZero() || all[0].RoomType != talk.ConversationGroup || all[0].Calendars[0].Name != "Personal" || all[1].Attachments["8"].FileName != "notes.txt" {
			t.Errorf("%s: %+v", name, all)
		}
	}
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no calendar":  {c.Meetings.Schedule(ctx, "abcd1234", "", start, nil), "calendar"},
		"no start":     {c.Meetings.Schedule(ctx, "abcd1234", "personal", time.Time{}, nil), "start"},
		"no time":      {c.Meetings.Schedule(ctx, "abcd1234", "personal", start, &talk.MeetingOptions{End: start}), "end"},
		"no attendee":  {c.Meetings.Schedule(ctx, "abcd1234", "personal", start, &talk.MeetingOptions{AttendeeIDs: []int64{0}}), "attendee ids"},
		"another path": {errOf(c.Meetings.Mutual(ctx, "../x")), "token"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}
