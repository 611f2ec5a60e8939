package talk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// RecordingsService has calls recorded, and sees to what was recorded. All of it needs "recording-v1", and a recording server
// that the administrator has set up. Only moderators with an account may; others get [ErrForbidden].
type RecordingsService service

// Start has the call of a conversation recorded: [RecordingVideo], or [RecordingAudio] for sound alone. [ErrInvalid] has the
// Reason "call" where there is none, "recording" where it is recorded already, "config" on a server that cannot.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/recording/
//
//talk:operation POST /recording/{token}
func (s *RecordingsService) Start(ctx context.Context, token string, what CallRecordingStatus) error {
	const op = "start recording"
	if what != RecordingVideo && what != RecordingAudio {
		return ocs.Invalid(op, "what", "%v is not video or audio", what)
	}
	return s.do(ctx, op, http.MethodPost, token, "", nil, map[string]CallRecordingStatus{"status": what})
}

// Stop ends the recording of the call of a conversation. That there is none is no error. Whoever started it gets a notification
// when the file is stored.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/recording/
//
//talk:operation DELETE /recording/{token}
func (s *RecordingsService) Stop(ctx context.Context, token string) error {
	return s.do(ctx, "stop recording", http.MethodDelete, token, "", nil, nil)
}

// DismissNotification takes away the notification that a recording was stored, by the time of that notification.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/recording/
//
//talk:operation DELETE /recording/{token}/notification
func (s *RecordingsService) DismissNotification(ctx context.Context, token string, notified time.Time) error {
	const op = "dismiss notification of recording"
	stamp, err := notifiedAt(op, notified)
	if err != nil {
		return err
	}
	query := url.Values{"timestamp": {strconv.FormatInt(stamp, 10)}}
	return s.do(ctx, op, http.MethodDelete, token, "/notification", query, nil)
}

// ShareToChat shows a stored recording in its conversation, by the id of its file, and takes away the notification that it was
// stored, by the time of that. A file that is none of the account's gives [ErrInvalid] with Reason "file"; Talk 21 answers
// with the status 500.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/recording/
//
//talk:operation POST /recording/{token}/share-chat
func (s *RecordingsService) ShareToChat(ctx context.Context, token string, fileID int64, notified time.Time) error {
	const op = "share recording"
	if fileID <= 0 {
		return ocs.Invalid(op, "file id", "%d is not a file's id", fileID)
	}
	stamp, err := notifiedAt(op, notified)
	if err != nil {
		return err
	}
	return s.do(ctx, op, http.MethodPost, token, "/share-chat", nil, map[string]int64{"fileId": fileID, "timestamp": stamp})
}

func notifiedAt(op string, t time.Time) (int64, error) {
	if t.Unix() <= 0 {
		return 0, ocs.Invalid(op, "notified", "%v is not the time of a notification", t)
	}
	return t.Unix(), nil
}

// RecordingWelcome is what a recording server says of itself.
type RecordingWelcome struct {
	Version float64 `json:"version"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a welcome as a server sends it.
func (w *RecordingWelcome) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, w) }

// MarshalJSON encodes the welcome as a server sends it.
func (w RecordingWelcome) MarshalJSON() ([]byte, error) { return wire.Marshal(w) }

// Welcome gives what one of the recording servers, counted from 0 in the administrator's settings, says of itself. Only
// administrators may ask ([ErrForbidden]). A server that is not set up gives [ErrNotFound]; one that does not answer an error
// with the status 500.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/recording/
//
//talk:operation GET /recording/welcome/{serverId}
func (s *RecordingsService) Welcome(ctx context.Context, serverID int) (*RecordingWelcome, error) {
	const op = "get welcome of recording server"
	if serverID < 0 {
		return nil, ocs.Invalid(op, "server id", "%d is not the place of a server", serverID)
	}
	if err := s.client.require(ctx, op, FeatureRecording); err != nil {
		return nil, err
	}
	path := apiV1 + "/recording/welcome" + idPath(int64(serverID))
	return fetch[*RecordingWelcome](ctx, s.client, &ocs.Request{Op: op, Path: path, NoRetry: true})
}

func (s *RecordingsService) do(ctx context.Context, op, method, token, below string, query url.Values, body any) error {
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/recording", token, FeatureRecording)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Query: query, Body: body}, nil)
	return err
}
