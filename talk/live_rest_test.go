package talk_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// TestTheRest goes through what a real server answers for parts that nobody has set up: recordings, federation, bridges,
// calendars, and for the settings of accounts.
func TestTheRest(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-21.1.7/the_rest", "/recording", "/federation", "/bridge", "/settings", "/dashboard", "/mutual-events", "/meeting", "/publicshare")
	ctx, room := t.Context(), s.Vars["room"]
	anna, admin := player(t, s, "anna"), player(t, s, "admin")

	refused(t, "recording without a call", anna.Recordings.Start(ctx, room, talk.RecordingVideo), talk.ErrInvalid, "call")
	if err := anna.Recordings.Stop(ctx, room); err != nil {
		t.Error(err)
	}
	if err := anna.Recordings.ShareToChat(ctx, room, 1, time.Unix(1, 0)); err == nil || errors.Is(err, talk.ErrUnsupported) {
		t.Errorf("sharing a recording that is not there: %v", err)
	}
	if none := must(anna.Federation.Invitations(ctx))(t); len(none) != 0 {
		t.Errorf("invitations: %+v", none)
	}
	refused(t, "accepting none", errOf(anna.Federation.Accept(ctx, 1)), talk.ErrNotFound, "invitation")
	refused(t, "rejecting none", anna.Federation.Reject(ctx, 1), talk.ErrNotFound, "invitation")
	if b := must(anna.Bridges.Get(ctx, room))(t); b.Enabled || b.Running || b.PID != 0 || len(b.Parts) != 0 {
		t.Errorf("bridge: %+v", b)
	}
	if p := must(anna.Bridges.Set(ctx, room, false))(t); p.Running {
		t.Errorf("bridge set: %+v", p)
	}
	if p := must(anna.Bridges.Process(ctx, room))(t); p.Running || p.Log != "" {
		t.Errorf("process: %+v", p)
	}
	if err := anna.Bridges.Delete(ctx, room); err != nil {
		t.Error(err)
	}
	refused(t, "no Matterbridge", errOf(admin.Bridges.Version(ctx)), talk.ErrNotFound, "")
	if err := errors.Join(
		anna.Settings.SetReadStatusPrivacy(ctx, talk.PrivacyPrivate),
		anna.Settings.SetTypingPrivacy(ctx, talk.PrivacyPrivate),
		anna.Settings.SetAttachmentFolder(ctx, "/Talk"),
		anna.Settings.SetAttachmentFolder(ctx, "/absent"),
		anna.Settings.Set(ctx, talk.SettingPlaySounds, "no"),
		anna.Settings.SetReadStatusPrivacy(ctx, talk.PrivacyPublic),
		anna.Settings.SetTypingPrivacy(ctx, talk.PrivacyPublic),
	); err != nil {
		t.Error(err)
	}
	if none := must(anna.Meetings.Dashboard(ctx))(t); len(none) != 0 {
		t.Errorf("events: %+v", none)
	}
	refused(t, "mutual events of a group", errOf(anna.Meetings.Mutual(ctx, room)), talk.ErrForbidden, "")
	if err := anna.Meetings.Schedule(ctx, room, "personal", time.Unix(1893456000, 0), nil); err != nil {
		t.Error(err)
	}
	refused(t, "no share", errOf(anna.Conversations.OfShare(ctx, "nosuchshare")), talk.ErrNotFound, "")
	refused(t, "no share to ask of", errOf(anna.Conversations.AskForPassword(ctx, "nosuchshare")), talk.ErrNotFound, "")
	s.Skip(3)      // without the time that it needs
	s.Skip(14, 19) // values that are refused here already, and a key with a number for a value
}

func TestLiveUserSettings(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureChatReadStatus, talk.FeatureTypingPrivacy)
	alice := w.client("alice")
	config := func() talk.CapabilitiesConfig { return must(alice.Capabilities(ctx))(t).Config }
	if c := config(); c.Chat.ReadPrivacy != talk.PrivacyPublic || c.Chat.TypingPrivacy != talk.PrivacyPublic {
		t.Errorf("at first: %+v", c.Chat)
	}
	if err := errors.Join(alice.Settings.SetReadStatusPrivacy(ctx, talk.PrivacyPrivate), alice.Settings.SetTypingPrivacy(ctx, talk.PrivacyPrivate)); err != nil {
		t.Fatal(err)
	}
	if c := config(); c.Chat.ReadPrivacy != talk.PrivacyPrivate || c.Chat.TypingPrivacy != talk.PrivacyPrivate {
		t.Errorf("private: %+v", c.Chat)
	}
	if err := alice.Settings.SetAttachmentFolder(ctx, "/Chats/Files"); err != nil {
		t.Fatal(err)
	}
	if c := config(); c.Attachments.Folder != "/Chats/Files" {
		t.Errorf("folder: %q", c.Attachments.Folder)
	}
	if folder := must(alice.Files.AttachmentFolder(ctx))(t); folder != "/Chats/Files" {
		t.Errorf("files go to %q", folder)
	}
	refused(t, "a setting that is none", alice.Settings.Set(ctx, "bogus", "1"), talk.ErrInvalid, "")
	refused(t, "a value that is none", alice.Settings.Set(ctx, talk.SettingReadStatusPrivacy, "9"), talk.ErrInvalid, "")
	refused(t, "SIP for who is no administrator", alice.Settings.SetSIP(ctx, &talk.SIPSettings{}), talk.ErrForbidden, "")
	refused(t, "a certificate for who is no administrator", certificate(alice.Settings.CertificateExpiration(ctx, "cloud.example.com")), talk.ErrForbidden, "")
	c := unsent(t)
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no setting":            {c.Settings.Set(ctx, "", "x"), "setting"},
		"no privacy":            {c.Settings.SetTypingPrivacy(ctx, 7), "privacy"},
		"no privacy of reading": {c.Settings.SetReadStatusPrivacy(ctx, -1), "privacy"},
		"no folder":             {c.Settings.SetAttachmentFolder(ctx, ""), "folder"},
		"a folder above":        {c.Settings.SetAttachmentFolder(ctx, "/a/../.."), "folder"},
		"no SIP settings":       {c.Settings.SetSIP(ctx, nil), "settings"},
		"no host":               {certificate(c.Settings.CertificateExpiration(ctx, " ")), "host"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}

func certificate(_ int, _ bool, err error) error { return err }

func TestLiveBridges(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Bridged", "bob").Token
	if b := must(alice.Bridges.Get(ctx, room))(t); b.Enabled || b.Running || len(b.Parts) != 0 {
		t.Errorf("bridge: %+v", b)
	}
	if p := must(alice.Bridges.Set(ctx, room, false))(t); p.Running {
		t.Errorf("set: %+v", p)
	}
	if p := must(alice.Bridges.Process(ctx, room))(t); p.Running {
		t.Errorf("process: %+v", p)
	}
	if err := alice.Bridges.Delete(ctx, room); err != nil {
		t.Error(err)
	}
	refused(t, "who does not moderate", errOf(bob.Bridges.Get(ctx, room)), talk.ErrForbidden, "")
	refused(t, "setting as who does not moderate", errOf(bob.Bridges.Set(ctx, room, false)), talk.ErrForbidden, "")
	refused(t, "the version for who is no administrator", errOf(alice.Bridges.Version(ctx)), talk.ErrForbidden, "")
	if w.embedded != nil {
		refused(t, "a bridge where there are none", errOf(alice.Bridges.Set(ctx, room, true, talk.NewBridgePart("irc", map[string]string{"server": "irc.example.com"}))), nil, "There are no bridges on this server")
	}
	refusedHere(t, "a part of no kind", errOf(unsent(t).Bridges.Set(ctx, room, true, talk.BridgePart{})), "parts")
}

// TestBridges: parts keep what they are made of, and what a server says of a bridge is kept.
func TestBridges(t *testing.T) {
	t.Parallel()
	var sent string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Enabled bool              `json:"enabled"`
			Parts   []talk.BridgePart `json:"parts"`
		}
		decodeBody(t, r, &body)
		sent = fmt.Sprint(r.Method, " ", r.URL.Path[strings.Index(r.URL.Path, "/bridge"):], " ", body.Enabled, " ", len(body.Parts))
		data := `{"enabled":true,"pid":"4711","parts":[{"type":"irc","server":"irc.example.com","channel":"#go","usetls":true}],"running":true,"log":"joined"}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/version"):
			data = `{"version":"1.26.0"}`
		case r.Method == http.MethodPut && body.Enabled && (len(body.Parts) != 1 || body.Parts[0].Kind() != "irc" || body.Parts[0].Setting("channel") != "#\"go\""):
			t.Errorf("sent %+v", body)
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
	})
	ctx := t.Context()
	b := must(c.Bridges.Get(ctx, "abcd1234"))(t)
	if !b.Enabled || b.PID != 4711 || !b.Running || b.Log != "joined" || len(b.Parts) != 1 || b.Parts[0].Setting("server") != "irc.example.com" ||
		string(b.Parts[0]["usetls"]) != "true" || b.Parts[0].Setting("password") != "" {
		t.Errorf("bridge: %+v", b)
	}
	if p := must(c.Bridges.Set(ctx, "abcd1234", true, talk.NewBridgePart("irc", map[string]string{"channel": `#"go"`})))(t); !p.Running || p.Log != "joined" {
		t.Errorf("set: %+v", p)
	}
	if v := must(c.Bridges.Version(ctx))(t); v != "1.26.0" {
		t.Errorf("version %q", v)
	}
	if err := c.Bridges.StopAll(ctx); err != nil || sent != "DELETE /bridge false 0" {
		t.Errorf("stop all: %v, %s", err, sent)
	}
}

func TestLiveFederation(t *testing.T) {
	t.Parallel()
	w, ctx := newerWorld(t, talk.FeatureFederationV1), t.Context()
	alice := w.client("alice")
	room := w.room(alice, "Here")
	if none := must(alice.Federation.Invitations(ctx))(t); len(none) != 0 {
		t.Errorf("invitations: %+v", none)
	}
	refused(t, "accepting none", errOf(alice.Federation.Accept(ctx, 999999999)), talk.ErrNotFound, "invitation")
	refused(t, "rejecting none", alice.Federation.Reject(ctx, 999999999), talk.ErrNotFound, "invitation")
	if caps := must(alice.Conversations.Capabilities(ctx, room.Token))(t); !caps.Has(talk.FeatureFederationV1) {
		t.Errorf("capabilities of the conversation: %v", caps.Features)
	}
	refused(t, "capabilities of none", errOf(alice.Conversations.Capabilities(ctx, "nosuchroom")), talk.ErrNotFound, "")
}

// TestFederation: invitations are told, and answered.
func TestFederation(t *testing.T) {
	t.Parallel()
	const one = `{"id":7,"state":0,"localCloudId":"alice@cloud.example.com","localToken":"abcd1234","remoteAttendeeId":3,"remoteServerUrl":"https://cloud.example.org",` +
		`"remoteToken":"efgh5678","roomName":"Elsewhere","userId":"alice","inviterCloudId":"bob@cloud.example.org","inviterDisplayName":"Bob"}`
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path[strings.Index(r.URL.Path, "/api/"):]
		switch r.Method + " " + path {
		case "GET /api/v1/federation/invitation":
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[%s,%s]}}`, one, strings.Replace(one, `"state":0`, `"state":1`, 1))
		case "POST /api/v1/federation/invitation/7":
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":1,"token":"abcd1234","name":"Elsewhere","remoteServer":"https://cloud.example.org"}}}`)
		case "DELETE /api/v1/federation/invitation/7":
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":null}}`)
		case "POST /api/v1/federation/invitation/8":
			w.WriteHeader(http.StatusGone)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":410},"data":{"error":"remote"}}}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":{"error":"state"}}}`)
		}
	})
	ctx := t.Context()
	all := must(c.Federation.Invitations(ctx))(t)
	if len(all) != 2 || all[0].ID != 7 || all[0].State != talk.InvitationPending || all[1].State != talk.InvitationAccepted || all[0].RoomName != "Elsewhere" ||
		all[0].InviterCloudID != "bob@cloud.example.org" || all[0].RemoteServerURL != "https://cloud.example.org" || all[0].RemoteAttendeeID != 3 {
		t.Errorf("invitations: %+v", all)
	}
	if room := must(c.Federation.Accept(ctx, 7))(t); room.Token != "abcd1234" || room.RemoteServer != "https://cloud.example.org" {
		t.Errorf("accepted: %+v", room)
	}
	if err := c.Federation.Reject(ctx, 7); err != nil {
		t.Error(err)
	}
	refused(t, "accepted before", c.Federation.Reject(ctx, 9), talk.ErrInvalid, "state")
	refused(t, "a server that is away", errOf(c.Federation.Accept(ctx, 8)), nil, "remote")
	refusedHere(t, "no invitation", errOf(c.Federation.Accept(ctx, 0)), "invitation id")
	refusedHere(t, "none to reject", c.Federation.Reject(ctx, -7), "invitation id")
}
