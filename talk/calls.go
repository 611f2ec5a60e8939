package talk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// CallsService joins, ends and looks at the calls of conversations. It carries no sound and no picture: what a call's clients
// say to each other goes over [SignalingService].
//
// Who calls needs a session in the conversation, which [ConversationsService.Join] opens and the client's cookies hold; without
// one most methods give [ErrNotFound]. A session lasts for as long as [SignalingService.Pull] keeps it alive, and for accounts
// with an app password only: servers forget that of an account's own password with the next request. An account that may not
// use calls gets [ErrForbidden].
type CallsService service

// CallPeer is a session that is in a call.
type CallPeer struct {
	ActorType   ActorType `json:"actorType"`
	ActorID     string    `json:"actorId"`
	DisplayName string    `json:"displayName"`
	Token       string    `json:"token"` // of the conversation
	LastPing    time.Time `json:"lastPing"`
	SessionID   string    `json:"sessionId"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a peer as a server sends it.
func (p *CallPeer) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, p) }

// MarshalJSON encodes the peer as a server sends it.
func (p CallPeer) MarshalJSON() ([]byte, error) { return wire.Marshal(p) }

// Peers gives the sessions that are in the call of a conversation, none when there is no call.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation GET /call/{token}
func (s *CallsService) Peers(ctx context.Context, token string) ([]*CallPeer, error) {
	const op = "list peers of call"
	path, err := s.path(ctx, op, token, "")
	if err != nil {
		return nil, err
	}
	return fetch[[]*CallPeer](ctx, s.client, &ocs.Request{Op: op, Path: path})
}

// allCallFlags are those that a session in a call can have.
const allCallFlags = InCallJoined | InCallWithAudio | InCallWithVideo | InCallWithPhone

// JoinCallOptions says how a call is joined.
type JoinCallOptions struct {
	// Flags say what the session sends; 0 for audio and video, if the account may. [InCallJoined] is understood with any.
	Flags InCallFlags
	// Silent starts the call without notifying anybody. It needs "silent-call".
	Silent bool
	// SilentFor are the ids of those whom a call that is started again does not notify again. It needs "silent-call".
	SilentFor []string
	// RecordingConsent agrees to being recorded, where the server or the conversation ask for it.
	RecordingConsent bool
}

// Join brings the account's session into the call of a conversation; the first one starts the call, and the others are
// notified. Flags that the account has no permission for are dropped by the server.
//
// Who must agree to being recorded, and does not, gets [ErrInvalid] with Reason "consent".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation POST /call/{token}
func (s *CallsService) Join(ctx context.Context, token string, options *JoinCallOptions) error {
	const op = "join call"
	body := struct {
		Flags            InCallFlags `json:"flags,omitempty"`
		Silent           bool        `json:"silent,omitempty"`
		RecordingConsent bool        `json:"recordingConsent,omitempty"`
		SilentFor        []string    `json:"silentFor,omitempty"`
	}{}
	var feature Feature
	if o := options; o != nil {
		if o.Flags != 0 {
			flags, err := callFlags(op, o.Flags)
			if err != nil {
				return err
			}
			body.Flags = flags
		}
		if body.Silent, body.SilentFor = o.Silent, o.SilentFor; o.Silent || len(o.SilentFor) > 0 {
			feature = FeatureSilentCall // without it everybody would hear the call
		}
		if slices.Contains(o.SilentFor, "") {
			return ocs.Invalid(op, "silent for", "an empty id")
		}
		body.RecordingConsent = o.RecordingConsent
	}
	return s.do(ctx, op, feature, http.MethodPost, token, "", nil, body)
}

func callFlags(op string, flags InCallFlags) (InCallFlags, error) {
	if flags&^allCallFlags != 0 || flags == InCallDisconnected {
		return 0, ocs.Invalid(op, "flags", "%v is not in-call, with audio, video or phone", flags)
	}
	return flags | InCallJoined, nil
}

// SetFlags says what the account's session sends in the call that it is in; [InCallJoined] is understood. Who is not in the
// call gets [ErrInvalid].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation PUT /call/{token}
func (s *CallsService) SetFlags(ctx context.Context, token string, flags InCallFlags) error {
	const op = "set call flags"
	flags, err := callFlags(op, flags)
	if err != nil {
		return err
	}
	return s.do(ctx, op, "", http.MethodPut, token, "", nil, map[string]InCallFlags{"flags": flags})
}

// Leave takes the account's session out of the call, which ends with the last one. The session itself stays. Who is in no call
// gets no error.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation DELETE /call/{token}
func (s *CallsService) Leave(ctx context.Context, token string) error {
	return s.do(ctx, "leave call", "", http.MethodDelete, token, "", nil, nil)
}

// End ends the call for everybody. Servers let only moderators do that: for others it is [CallsService.Leave], without an
// error.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation DELETE /call/{token}
func (s *CallsService) End(ctx context.Context, token string) error {
	return s.do(ctx, "end call", "", http.MethodDelete, token, "", url.Values{"all": {"true"}}, nil)
}

// Ring notifies a participant once more of the call that the account is in, by the attendee id of [ParticipantsService.List].
// Who is not in a call gets [ErrInvalid] with Reason "in-call"; a participant who is no user gives it with "actor-type", one
// who does not want to be disturbed with "status". It needs "send-call-notification".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation POST /call/{token}/ring/{attendeeId}
func (s *CallsService) Ring(ctx context.Context, token string, attendeeID int64) error {
	return s.attendee(ctx, "ring", FeatureSendCallNotification, token, "/ring", attendeeID)
}

// DialOut calls the telephone of a participant who is a number, by the attendee id of [ParticipantsService.List]. Who is not
// in the call gets [ErrInvalid], a participant who is no telephone gives [ErrNotFound], and a server that nobody has set up
// for it an error with the status 501. It needs "sip-support-dialout".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation POST /call/{token}/dialout/{attendeeId}
func (s *CallsService) DialOut(ctx context.Context, token string, attendeeID int64) error {
	return s.attendee(ctx, "dial out", FeatureSIPSupportDialout, token, "/dialout", attendeeID)
}

func (s *CallsService) attendee(ctx context.Context, op string, feature Feature, token, below string, attendeeID int64) error {
	if attendeeID <= 0 {
		return ocs.Invalid(op, "attendee id", "%d is not a participant's id", attendeeID)
	}
	return s.do(ctx, op, feature, http.MethodPost, token, below+idPath(attendeeID), nil, nil)
}

// CallNotificationState says what becomes of a notification of a call.
type CallNotificationState int

// The states of notifications of calls.
const (
	CallNotificationRinging CallNotificationState = 0 // the call goes on without the account: keep it
	CallNotificationMissed  CallNotificationState = 1 // the call is over: show that it was missed
)

// String names the state, as in "missed".
func (s CallNotificationState) String() string {
	return named(s, "CallNotificationState", []string{"ringing", "missed"})
}

// NotificationState tells what becomes of a notification of the call in a conversation. [ErrNotFound] says that it shall
// vanish: the account has joined the call, or is no participant any more. It needs "call-notification-state-api".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation GET /call/{token}/notification-state
func (s *CallsService) NotificationState(ctx context.Context, token string) (CallNotificationState, error) {
	const op = "get state of call notification"
	path, err := s.path(ctx, op, token, FeatureCallNotificationState)
	if err != nil {
		return 0, err
	}
	resp, err := s.client.call(ctx, &ocs.Request{Op: op, Path: path + "/notification-state"}, nil)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode == http.StatusCreated {
		return CallNotificationMissed, nil
	}
	return CallNotificationRinging, nil
}

// CallParticipant is somebody who takes or took part in a call.
type CallParticipant struct {
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	ActorType ActorType `json:"type"`
	ActorID   string    `json:"identifier"`
}

// Participants gives everybody who has been in the call that goes on in a conversation, to moderators; others get
// [ErrForbidden]. Without a call it gives [ErrInvalid]. It needs "download-call-participants".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/call/
//
//talk:operation GET /call/{token}/download
func (s *CallsService) Participants(ctx context.Context, token string) ([]*CallParticipant, error) {
	const op = "list participants of call"
	path, err := s.path(ctx, op, token, FeatureDownloadCallParticipants)
	if err != nil {
		return nil, err
	}
	req := &ocs.Request{Op: op, Path: path + "/download", Query: url.Values{"format": {"csv"}}}
	resp, err := s.client.ocs.Raw(ctx, req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	people, err := readCallParticipants(io.LimitReader(resp.Body, ocs.DefaultMaxBody))
	if err != nil {
		return nil, ocs.BadResponse(op, http.MethodGet, req.Path, err)
	}
	return people, nil
}

// readCallParticipants reads a table, whose columns it knows by their names.
func readCallParticipants(table io.Reader) ([]*CallParticipant, error) {
	r := csv.NewReader(table)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	header, err := r.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("an empty table")
		}
		return nil, err
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	at := map[string]int{}
	for i, name := range header {
		at[name] = i
	}
	for _, name := range []string{"name", "type", "identifier"} {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("a table without the column %q", name)
		}
	}
	people := []*CallParticipant{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return people, nil
		}
		if err != nil {
			return nil, err
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return plainCell(row[i])
			}
			return ""
		}
		people = append(people, &CallParticipant{cell("name"), cell("email"), ActorType(cell("type")), cell("identifier")})
	}
}

// plainCell takes away the apostrophe by which servers keep spreadsheets from taking a text for a formula.
func plainCell(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && rest != "" && strings.ContainsRune("=+-@\t\r", rune(rest[0])) {
		return rest
	}
	return text
}

func (s *CallsService) path(ctx context.Context, op, token string, feature Feature) (string, error) {
	return s.client.roomPathFor(ctx, op, apiV4+"/call", token, feature)
}

func (s *CallsService) do(ctx context.Context, op string, feature Feature, method, token, below string, query url.Values, body any) error {
	path, err := s.path(ctx, op, token, feature)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Query: query, Body: body}, nil)
	return err
}
