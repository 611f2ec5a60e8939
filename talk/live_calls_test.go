package talk_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// caller gives a client for one of the story's people who can be in calls: with an app password, since real servers forget a
// session with each request that has the password itself.
func (w *world) caller(name string) *talk.Client {
	w.t.Helper()
	var app struct {
		Password string `json:"apppassword"`
	}
	if _, err := w.client(name).Do(w.t.Context(), http.MethodGet, "/ocs/v2.php/core/getapppassword", nil, nil, &app); err != nil {
		w.t.Fatal(err)
	}
	return must(talk.NewClient(w.url, talk.WithAppPassword(w.id(name), app.Password)))(w.t)
}

func TestLiveCalls(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureCallNotificationState, talk.FeatureSendCallNotification, talk.FeatureDownloadCallParticipants, talk.FeatureSilentCall)
	alice, bob, eve := w.caller("alice"), w.caller("bob"), w.client("eve")
	room := w.room(alice, "Stand-up", "bob").Token
	bobID := w.attendee(alice, room, "bob").AttendeeID

	refused(t, "without a session", alice.Calls.Join(ctx, room, nil), talk.ErrNotFound, "")
	refused(t, "a stranger", errOf(eve.Calls.Peers(ctx, room)), talk.ErrNotFound, "")
	session := must(alice.Conversations.Join(ctx, room, nil))(t).SessionID
	refused(t, "before there is a call", alice.Calls.SetFlags(ctx, room, talk.InCallJoined), talk.ErrInvalid, "")
	refused(t, "ringing from outside", alice.Calls.Ring(ctx, room, bobID), talk.ErrInvalid, "in-call")
	if err := alice.Calls.Join(ctx, room, &talk.JoinCallOptions{Flags: talk.InCallWithAudio, Silent: true}); err != nil {
		t.Fatal(err)
	}
	peers := must(bob.Calls.Peers(ctx, room))(t)
	if len(peers) != 1 || peers[0].ActorType != talk.ActorUser || peers[0].ActorID != w.id("alice") || peers[0].DisplayName != "Alice" || peers[0].Token != room ||
		peers[0].SessionID != session || peers[0].LastPing.IsZero() {
		t.Errorf("in the call: %+v", peers)
	}
	if c := must(bob.Conversations.Get(ctx, room))(t); !c.HasCall || c.CallStartTime.IsZero() {
		t.Errorf("the conversation has no call: %+v", c)
	}
	if state := must(bob.Calls.NotificationState(ctx, room))(t); state != talk.CallNotificationRinging {
		t.Errorf("bob's notification is %v", state)
	}
	if err := alice.Calls.SetFlags(ctx, room, talk.InCallWithAudio|talk.InCallWithVideo); err != nil {
		t.Error(err)
	}
	if p := w.attendee(bob, room, "alice"); !p.InCall.Has(talk.InCallJoined | talk.InCallWithAudio | talk.InCallWithVideo) {
		t.Errorf("alice is in the call with %v", p.InCall)
	}
	if err := alice.Calls.Ring(ctx, room, bobID); err != nil {
		t.Error(err)
	}
	refused(t, "ringing nobody", alice.Calls.Ring(ctx, room, 999999999), talk.ErrNotFound, "")

	must(bob.Conversations.Join(ctx, room, nil))(t)
	if err := bob.Calls.Join(ctx, room, nil); err != nil {
		t.Fatal(err)
	}
	refused(t, "bob's notification, now that he is in", errOf(bob.Calls.NotificationState(ctx, room)), talk.ErrNotFound, "")
	var names []string
	for _, p := range must(alice.Calls.Participants(ctx, room))(t) {
		if p.ActorType != talk.ActorUser {
			t.Errorf("a participant of the call: %+v", p)
		}
		names = append(names, p.Name+" "+p.ActorID)
	}
	if diff := cmp.Diff([]string{"Alice " + w.id("alice"), "Bob " + w.id("bob")}, names); diff != "" {
		t.Errorf("participants of the call: %s", diff)
	}
	refused(t, "the list for who does not moderate", errOf(bob.Calls.Participants(ctx, room)), talk.ErrForbidden, "")

	if err := bob.Calls.End(ctx, room); err != nil { // he may not: he leaves
		t.Error(err)
	}
	if peers := must(bob.Calls.Peers(ctx, room))(t); len(peers) != 1 {
		t.Errorf("%d in the call after bob has left", len(peers))
	}
	if err := alice.Calls.End(ctx, room); err != nil {
		t.Error(err)
	}
	if peers := must(bob.Calls.Peers(ctx, room))(t); len(peers) != 0 {
		t.Errorf("%d in the call after its end", len(peers))
	}
	if state := must(bob.Calls.NotificationState(ctx, room))(t); state != talk.CallNotificationMissed {
		t.Errorf("bob's notification after the end is %v", state)
	}
	refused(t, "the list without a call", errOf(alice.Calls.Participants(ctx, room)), talk.ErrInvalid, "")
	if err := alice.Calls.Leave(ctx, room); err != nil { // which is over
		t.Error(err)
	}
}

// TestLiveSignaling: two sessions in a conversation say something to each other through the server.
func TestLiveSignaling(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	w := newWorld(t)
	w.need(talk.FeatureSignalingV3)
	alice, bob, eve := w.caller("alice"), w.caller("bob"), w.client("eve")
	room := w.room(alice, "Signals", "bob").Token
	settings := must(alice.Signaling.Settings(ctx, &talk.SignalingSettingsOptions{Token: room}))(t)
	if settings.UserID != w.id("alice") || settings.Ticket == "" || settings.HelloAuthParams.V1.Ticket == "" || settings.HelloAuthParams.V2.Token == "" || settings.Federation != nil {
		t.Errorf("settings: %+v", settings)
	}
	if settings := must(alice.Signaling.Settings(ctx, nil))(t); settings.Mode == "" {
		t.Errorf("settings for no conversation: %+v", settings)
	}
	refused(t, "settings for a stranger", errOf(eve.Signaling.Settings(ctx, &talk.SignalingSettingsOptions{Token: room})), talk.ErrNotFound, "")
	refused(t, "a server's welcome for who is no administrator", errOf(alice.Signaling.Welcome(ctx, 0)), talk.ErrForbidden, "")
	if settings.Mode != talk.SignalingInternal {
		t.Skipf("the server signals in the mode %q", settings.Mode)
	}
	refused(t, "a signaling server that is not there", errOf(w.admin.Signaling.Welcome(ctx, 7)), talk.ErrNotFound, "")
	refused(t, "pulling without a session", errOf(alice.Signaling.Pull(ctx, room)), talk.ErrNotFound, "")

	mine := must(alice.Conversations.Join(ctx, room, nil))(t).SessionID
	sessions, _ := pull(t, alice, room)
	if len(sessions) != 1 || sessions[0].SessionID != mine || sessions[0].ActorID != w.id("alice") || sessions[0].UserID != w.id("alice") ||
		sessions[0].InCall != talk.InCallDisconnected || !sessions[0].Permissions.Has(talk.PermissionPublishVideo) || sessions[0].LastPing.IsZero() || sessions[0].RoomID == 0 {
		t.Errorf("present: %+v", sessions)
	}
	theirs := must(bob.Conversations.Join(ctx, room, nil))(t).SessionID
	offer := &talk.SignalingMessage{To: theirs, Type: "offer", RoomType: "video", Payload: json.RawMessage(`{"sdp":"v=0","nick":"Alice"}`)}
	candidate := &talk.SignalingMessage{To: theirs, Type: "candidate", RoomType: "video"}
	if err := alice.Signaling.Send(ctx, room, mine, offer, candidate); err != nil {
		t.Fatal(err)
	}
	var heard []*talk.SignalingMessage
	for len(heard) < 2 {
		_, more := pull(t, bob, room)
		heard = append(heard, more...)
	}
	if heard[0].From != mine || heard[0].Type != "offer" || heard[0].RoomType != "video" || string(heard[0].Payload) != string(offer.Payload) || heard[1].Type != "candidate" {
		t.Errorf("heard: %+v, %+v", heard[0], heard[1])
	}
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no session":     {alice.Signaling.Send(ctx, room, "0", offer), "session id"},
		"nothing":        {alice.Signaling.Send(ctx, room, mine), "messages"},
		"to nobody":      {alice.Signaling.Send(ctx, room, mine, offer, &talk.SignalingMessage{Type: "offer"}), "messages"},
		"another path":   {errOf(alice.Signaling.Pull(ctx, "../x")), "token"},
		"no such server": {errOf(w.admin.Signaling.Welcome(ctx, -1)), "server id"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}

// pull gives who is there, and what was said.
func pull(t *testing.T, c *talk.Client, room string) (sessions []*talk.SignalingSession, messages []*talk.SignalingMessage) {
	t.Helper()
	for _, signal := range must(c.Signaling.Pull(t.Context(), room))(t) {
		sessions = append(sessions, must(signal.Sessions())(t)...)
		if m := must(signal.Message())(t); m != nil {
			messages = append(messages, m)
		}
	}
	return sessions, messages
}

func TestLiveRecordings(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeatureRecording, talk.FeatureRecordingConsent), t.Context()
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Talks", "bob").Token
	refused(t, "without a call", alice.Recordings.Start(ctx, room, talk.RecordingVideo), talk.ErrInvalid, "call")
	refused(t, "who does not moderate", bob.Recordings.Start(ctx, room, talk.RecordingAudio), talk.ErrForbidden, "")
	refused(t, "stopping as who does not moderate", bob.Recordings.Stop(ctx, room), talk.ErrForbidden, "")
	if err := alice.Recordings.Stop(ctx, room); err != nil {
		t.Error(err)
	}
	if err := alice.Recordings.DismissNotification(ctx, room, time.Unix(1893456000, 0)); err != nil {
		t.Error(err)
	}
	if err := alice.Recordings.ShareToChat(ctx, room, 999999999, time.Unix(1893456000, 0)); err == nil {
		t.Error("a file that is not there was shared")
	}
	switch c, err := alice.Conversations.SetRecordingConsent(ctx, room, talk.RecordingConsentRequired); {
	case err == nil && c.RecordingConsent != talk.RecordingConsentRequired:
		t.Errorf("consent is %v", c.RecordingConsent)
	case err != nil: // without a recording server
		refused(t, "consent", err, nil, "config")
	}
	refused(t, "consent by who does not moderate", errOf(bob.Conversations.SetRecordingConsent(ctx, room, talk.RecordingConsentNone)), talk.ErrForbidden, "")
}

// TestCallsRefuse: what cannot be right is refused by name, and nothing is sent.
func TestCallsRefuse(t *testing.T) {
	t.Parallel()
	c, ctx := unsent(t), t.Context()
	const room = "abcd1234"
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"neither sound nor picture": {c.Recordings.Start(ctx, room, talk.RecordingFailed), "what"},
		"no file":                   {c.Recordings.ShareToChat(ctx, room, 0, time.Unix(1, 0)), "file id"},
		"no time":                   {c.Recordings.DismissNotification(ctx, room, time.Time{}), "notified"},
		"no recording server":       {errOf(c.Recordings.Welcome(ctx, -1)), "server id"},
		"optional consent":          {errOf(c.Conversations.SetRecordingConsent(ctx, room, talk.RecordingConsentOptional)), "consent"},
		"no state of SIP":           {errOf(c.Conversations.SetSIP(ctx, room, 7)), "state"},
		"no flags":                  {c.Calls.SetFlags(ctx, room, 0), "flags"},
		"flags of another kind":     {c.Calls.Join(ctx, room, &talk.JoinCallOptions{Flags: 16}), "flags"},
		"silent for nobody":         {c.Calls.Join(ctx, room, &talk.JoinCallOptions{SilentFor: []string{""}}), "silent for"},
		"ringing nobody":            {c.Calls.Ring(ctx, room, 0), "attendee id"},
		"dialling nobody":           {c.Calls.DialOut(ctx, room, -1), "attendee id"},
		"no conversation":           {errOf(c.Calls.Peers(ctx, "")), "token"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}

// TestCalls goes through the story of calls as a real server told it, as far as the embedded one has none of it.
func TestCalls(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-21.1.7/calls", "/call/")
	ctx, room := t.Context(), s.Vars["room"]
	anna, ben := player(t, s, "anna"), player(t, s, "ben")
	benID := must(strconv.ParseInt(s.Vars["ben_id"], 10, 64))(t)
	refused(t, "without a session", anna.Calls.Join(ctx, room, &talk.JoinCallOptions{Flags: 7}), talk.ErrNotFound, "")
	if err := anna.Calls.Join(ctx, room, &talk.JoinCallOptions{Flags: talk.InCallWithAudio | talk.InCallWithVideo}); err != nil {
		t.Error(err)
	}
	if peers := must(anna.Calls.Peers(ctx, room))(t); len(peers) != 1 || peers[0].DisplayName != "Anna" {
		t.Errorf("in the call: %+v", peers)
	}
	if state := must(ben.Calls.NotificationState(ctx, room))(t); state != talk.CallNotificationRinging {
		t.Errorf("ben's notification is %v", state)
	}
	if err := errors.Join(anna.Calls.SetFlags(ctx, room, talk.InCallWithAudio), anna.Calls.Ring(ctx, room, benID)); err != nil {
		t.Error(err)
	}
	refused(t, "ringing nobody", anna.Calls.Ring(ctx, room, 999999), talk.ErrNotFound, "")
	if err := ben.Calls.Join(ctx, room, &talk.JoinCallOptions{Flags: talk.InCallJoined}); err != nil {
		t.Error(err)
	}
	if peers := must(anna.Calls.Peers(ctx, room))(t); len(peers) != 2 {
		t.Errorf("in the call: %+v", peers)
	}
	want := []*talk.CallParticipant{{"Anna", "anna@example.com", talk.ActorUser, "anna"}, {"Ben", "ben@example.com", talk.ActorUser, "ben"}}
	if diff := cmp.Diff(want, must(anna.Calls.Participants(ctx, room))(t)); diff != "" {
		t.Errorf("participants of the call: %s", diff)
	}
	// The second is as good as the first: he may not end it for others.
	if err := errors.Join(ben.Calls.Leave(ctx, room), ben.Calls.End(ctx, room)); err != nil {
		t.Error(err)
	}
	if err := anna.Calls.End(ctx, room); err != nil {
		t.Error(err)
	}
	if peers := must(anna.Calls.Peers(ctx, room))(t); len(peers) != 0 {
		t.Errorf("in the call: %+v", peers)
	}
	refused(t, "dialling without a call", anna.Calls.DialOut(ctx, room, benID), talk.ErrInvalid, "")
	refused(t, "flags without a call", anna.Calls.SetFlags(ctx, room, talk.InCallWithAudio), talk.ErrInvalid, "")
}

// TestParticipantsOfCalls: tables are read by the names of their columns, whatever else is in them.
func TestParticipantsOfCalls(t *testing.T) {
	t.Parallel()
	var table string
	c := newerClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv;charset=UTF-8")
		_, _ = io.WriteString(w, table)
	})
	for text, want := range map[string][]*talk.CallParticipant{
		"name,email,type,identifier\n":                                      {},
		"\ufeffidentifier,seat,name,type\nbob,7,\"B, \"\"Bob\"\"\",users\n": {{Name: `B, "Bob"`, ActorType: talk.ActorUser, ActorID: "bob"}},
		"name,email,type,identifier\n'=1+1,,guests,'-x\n'tis,,users\n":      {{Name: "=1+1", ActorType: talk.ActorGuest, ActorID: "-x"}, {Name: "'tis", ActorType: talk.ActorUser}},
		"":                         nil,
		"who\nbob\n":               nil,
		"<html>log in</html>":      nil,
		"name,type,identifier\n\"": {{}}, // cut off, as lenient readers take it
	} {
		table = text
		got, err := c.Calls.Participants(t.Context(), "abcd1234")
		if want == nil {
			if !errors.Is(err, talk.ErrBadResponse) {
				t.Errorf("%q: %v, %v", text, got, err)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
}
