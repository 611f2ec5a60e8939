package talk

import (
	"context"
	"net/http"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// MeetingsService puts meetings into calendars, and tells of those that are to come. It works on servers with calendars.
type MeetingsService service

// MeetingOptions says more of a meeting.
type MeetingOptions struct {
	// End is when it ends; zero for an hour after its start.
	End time.Time
	// Title and Description are those of the conversation, unless they are said here.
	Title       string
	Description string
	// AttendeeIDs are those who are invited, by the ids of [ParticipantsService.List]: everybody for nil, only the account for
	// an empty list.
	AttendeeIDs []int64
}

// Schedule puts a meeting in a conversation into one of the account's calendars, which the last part of its address names:
// "personal". Only moderators with an account may ([ErrForbidden]). [ErrInvalid] has the Reason "calendar", "conversation",
// "email" for an account without an address, "start" or "end". It needs "schedule-meeting".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/meeting
func (s *MeetingsService) Schedule(ctx context.Context, token, calendarURI string, start time.Time, options *MeetingOptions) error {
	const op = "schedule meeting"
	var o MeetingOptions
	if options != nil {
		o = *options
	}
	switch {
	case calendarURI == "":
		return ocs.Invalid(op, "calendar", "empty")
	case start.Unix() <= 0:
		return ocs.Invalid(op, "start", "%v has passed", start)
	case !o.End.IsZero() && !o.End.After(start):
		return ocs.Invalid(op, "end", "%v is not after the start", o.End)
	}
	body := struct {
		CalendarURI string   `json:"calendarUri"`
		Start       int64    `json:"start"`
		End         int64    `json:"end,omitempty"`
		Title       string   `json:"title,omitempty"`
		Description string   `json:"description,omitempty"`
		AttendeeIDs *[]int64 `json:"attendeeIds,omitempty"`
	}{CalendarURI: calendarURI, Start: start.Unix(), Title: o.Title, Description: o.Description}
	if !o.End.IsZero() {
		body.End = o.End.Unix()
	}
	if o.AttendeeIDs != nil {
		for _, id := range o.AttendeeIDs {
			if id <= 0 {
				return ocs.Invalid(op, "attendee ids", "%d is not a participant's id", id)
			}
		}
		body.AttendeeIDs = &o.AttendeeIDs
	}
	path, err := s.client.roomPathFor(ctx, op, apiV4+"/room", token, FeatureScheduleMeeting)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/meeting", Body: body}, nil)
	return err
}

// MeetingEvent is an event in calendars that is held in a conversation.
type MeetingEvent struct {
	Calendars   []*MeetingCalendar `json:"calendars"` // those of the account that it is in
	Name        string             `json:"eventName"`
	Description string             `json:"eventDescription,null"`
	Link        string             `json:"eventLink"` // its web page
	Start       time.Time          `json:"start"`
	End         time.Time          `json:"end"`
	// Attachments are the files that belong to it, by numbers that mean nothing.
	Attachments map[string]*MeetingAttachment `json:"eventAttachments,array"`
	// The conversation.
	RoomToken         string           `json:"roomToken"`
	RoomName          string           `json:"roomName"`
	RoomDisplayName   string           `json:"roomDisplayName"`
	RoomType          ConversationType `json:"roomType"`
	RoomAvatarVersion string           `json:"roomAvatarVersion"`
	RoomActiveSince   time.Time        `json:"roomActiveSince,null"` // when its call began, zero for none
	// How many were invited, and what they said; 0 where the account is not told.
	Invited   int `json:"invited,null"`
	Accepted  int `json:"accepted,null"`
	Tentative int `json:"tentative,null"`
	Declined  int `json:"declined,null"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an event as a server sends it.
func (e *MeetingEvent) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, e) }

// MarshalJSON encodes the event as a server sends it.
func (e MeetingEvent) MarshalJSON() ([]byte, error) { return wire.Marshal(e) }

// MeetingCalendar is a calendar of the account.
type MeetingCalendar struct {
	PrincipalURI string `json:"principalUri"`
	Name         string `json:"calendarName"`
	Color        string `json:"calendarColor,null"` // as in "#0082c9"

	Extra Extra `json:"-"`
}

// MeetingAttachment is a file that belongs to an event.
type MeetingAttachment struct {
	Calendars   []string `json:"calendars"`
	MimeType    string   `json:"fmttype"`
	FileName    string   `json:"filename"`
	FileID      int64    `json:"fileid"`
	Preview     bool     `json:"preview"`
	PreviewLink string   `json:"previewLink,null"`

	Extra Extra `json:"-"`
}

// Dashboard gives the next events that are held in conversations of the account: at most ten, within seven days, the earliest
// first. It needs "dashboard-event-rooms".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /dashboard/events
func (s *MeetingsService) Dashboard(ctx context.Context) ([]*MeetingEvent, error) {
	const op = "list events"
	if err := s.client.require(ctx, op, FeatureDashboardEventRooms); err != nil {
		return nil, err
	}
	return fetch[[]*MeetingEvent](ctx, s.client, &ocs.Request{Op: op, Path: apiV4 + "/dashboard/events"})
}

// Mutual gives the next events that both sides of a one-to-one conversation have in their calendars: at most three, within
// seven days, the earliest first. Other conversations give [ErrForbidden]. It needs "mutual-calendar-events".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room/{token}/mutual-events
func (s *MeetingsService) Mutual(ctx context.Context, token string) ([]*MeetingEvent, error) {
	const op = "list mutual events"
	path, err := s.client.roomPathFor(ctx, op, apiV4+"/room", token, FeatureMutualCalendarEvents)
	if err != nil {
		return nil, err
	}
	return fetch[[]*MeetingEvent](ctx, s.client, &ocs.Request{Op: op, Path: path + "/mutual-events"})
}
