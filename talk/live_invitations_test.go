package talk_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestLiveImportEmails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureEmailCSVImport)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Open day", "bob").Token
	test := &talk.ImportEmailsOptions{TestRun: true} // which sends no mail to anybody
	table := func(lines ...string) io.Reader { return strings.NewReader(strings.Join(lines, "\n") + "\n") }
	done := must(alice.Participants.ImportEmails(ctx, room, table(`"email","name"`, `"ann@example.com","Ann"`, `"ben@example.com",""`, `"ann@example.com","Ann again"`), test))(t)
	if done.Invites != 2 || done.Duplicates != 1 || done.Invalid != 0 || done.Type != 0 {
		t.Errorf("a test: %+v", done)
	}
	counted, err := alice.Participants.ImportEmails(ctx, room, table("email", "ann@example.com", "no address", "ben@example.com"), test)
	refused(t, "a line that is wrong", err, talk.ErrInvalid, "rows")
	if counted == nil || counted.Invites != 2 || counted.Invalid != 1 || !slices.Equal(counted.InvalidLines, []int{3}) {
		t.Errorf("counted with the refusal: %+v", counted)
	}
	refused(t, "no column of addresses", errOf(alice.Participants.ImportEmails(ctx, room, table("mail", "ann@example.com"), test)), talk.ErrInvalid, "header-email")
	refused(t, "who does not moderate", errOf(bob.Participants.ImportEmails(ctx, room, table("email", "ann@example.com"), test)), talk.ErrForbidden, "")
	if c := must(alice.Conversations.Get(ctx, room))(t); c.Type != talk.ConversationGroup {
		t.Errorf("a test has made it %v", c.Type)
	}
	if w.embedded == nil {
		t.Skip("the rest would have a real server send mails")
	}
	done = must(alice.Participants.ImportEmails(ctx, room, table("email,name", "ann@example.com,Ann"), nil))(t)
	if done.Invites != 1 || done.Type != talk.ConversationPublic {
		t.Errorf("imported: %+v", done)
	}
	people := must(alice.Participants.List(ctx, room, nil))(t)
	i := slices.IndexFunc(people, func(p *talk.Participant) bool { return p.ActorType == talk.ActorEmail })
	if i < 0 || people[i].DisplayName != "Ann" {
		t.Fatalf("participants: %+v", people)
	}
	for _, id := range []int64{people[i].AttendeeID, 0} {
		if err := alice.Participants.ResendInvitations(ctx, room, id); err != nil {
			t.Errorf("invited again: %v", err)
		}
	}
}

func TestLiveInvitations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureUnbindConversation)
	alice, bob := w.client("alice"), w.client("bob")
	room := w.room(alice, "Mail", "bob").Token
	if err := alice.Participants.ResendInvitations(ctx, room, 0); err != nil {
		t.Error(err)
	}
	refused(t, "inviting nobody again", alice.Participants.ResendInvitations(ctx, room, 999999999), talk.ErrNotFound, "")
	refused(t, "inviting as who does not moderate", bob.Participants.ResendInvitations(ctx, room, 0), talk.ErrForbidden, "")

	refused(t, "freeing it of nothing", errOf(alice.Conversations.Unbind(ctx, room)), talk.ErrInvalid, "object-type")
	refused(t, "freeing it as who does not moderate", errOf(bob.Conversations.Unbind(ctx, room)), talk.ErrForbidden, "")
	w.need(talk.FeatureConversationCreationAll)
	bound := must(alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Now", ObjectType: "instant_meeting", ObjectID: "1"}))(t)
	if bound.ObjectType != "instant_meeting" {
		t.Fatalf("made for %q", bound.ObjectType)
	}
	if free := must(alice.Conversations.Unbind(ctx, bound.Token))(t); free.ObjectType != "" || free.ObjectID != "" {
		t.Errorf("freed: %q %q", free.ObjectType, free.ObjectID)
	}
}

// TestTelephones: what is said of dialling in and out goes out as it was said.
func TestTelephones(t *testing.T) {
	t.Parallel()
	var sent string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		decodeBody(t, r, &body)
		sent = fmt.Sprint(r.Method, r.URL.Path[strings.LastIndex(r.URL.Path, "/api/")+4:], " ", body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/nosip123/webinar/sip"):
			w.WriteHeader(http.StatusPreconditionFailed)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":412},"data":{"error":"config"}}}`)
		case strings.HasSuffix(r.URL.Path, "/dialout/8"):
			w.WriteHeader(http.StatusNotImplemented)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":501},"data":{"error":"no_bridge","message":"no bridge is set up"}}}`)
		case strings.HasSuffix(r.URL.Path, "/certificate/expiration"):
			days := "null"
			if r.URL.Query().Get("host") == "a" {
				days = "-3"
			}
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"expiration_in_days":%s}}}`, days)
		default:
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":1,"token":"abcd1234","sipEnabled":2}}}`)
		}
	})
	ctx := t.Context()
	if room := must(c.Conversations.SetSIP(ctx, "abcd1234", talk.SIPWithoutPIN))(t); room.SIPEnabled != talk.SIPWithoutPIN || sent != "PUT/v4/room/abcd1234/webinar/sip map[state:2]" {
		t.Errorf("%v, sent %s", room.SIPEnabled, sent)
	}
	refused(t, "a server without telephones", errOf(c.Conversations.SetSIP(ctx, "nosip123", talk.SIPWithPIN)), nil, "config")
	if err := c.Calls.DialOut(ctx, "abcd1234", 7); err != nil || sent != "POST/v4/call/abcd1234/dialout/7 map[]" {
		t.Errorf("%v, sent %s", err, sent)
	}
	var e *talk.Error
	if err := c.Calls.DialOut(ctx, "abcd1234", 8); !errors.As(err, &e) || e.StatusCode != http.StatusNotImplemented || e.Reason != "no_bridge" || e.Message != "no bridge is set up" {
		t.Errorf("dialling out without a bridge: %v", err)
	}
	const secret = "s3cret-of-the-bridge"
	if err := c.Settings.SetSIP(ctx, &talk.SIPSettings{DialInInfo: "+49 30 1234", SharedSecret: secret}); err != nil || sent != "POST/v1/settings/sip map[dialInInfo:+49 30 1234 sharedSecret:"+secret+" sipGroups:[]]" {
		t.Errorf("%v, sent %s", err, sent)
	}
	if days, known, err := c.Settings.CertificateExpiration(ctx, "a"); err != nil || !known || days != -3 {
		t.Errorf("expired: %d, %v, %v", days, known, err)
	}
	if _, known, err := c.Settings.CertificateExpiration(ctx, "b"); err != nil || known {
		t.Errorf("not known: %v, %v", known, err)
	}
}

// TestServersOfCalls: what the servers beside Nextcloud say of themselves, and how one is had on trial.
func TestServersOfCalls(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		data := map[string]string{
			"GET /v3/signaling/welcome/0":                 `{"version":"2.0.1","warning":"UPDATE_OPTIONAL","features":["dialout"]}`,
			"GET /v1/recording/welcome/1":                 `{"version":0.2}`,
			"POST /v1/hostedsignalingserver/requesttrial": `{"id":"4711","status":"pending"}`,
		}[r.Method+" "+r.URL.Path[strings.LastIndex(r.URL.Path, "/api/")+4:]]
		switch {
		case data != "":
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		default:
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":500},"data":{"error":"CAN_NOT_CONNECT"}}}`)
		}
	})
	ctx := t.Context()
	if s := must(c.Signaling.Welcome(ctx, 0))(t); s.Version != "2.0.1" || s.Warning != "UPDATE_OPTIONAL" || !slices.Equal(s.Features, []string{"dialout"}) {
		t.Errorf("signaling server: %+v", s)
	}
	if r := must(c.Recordings.Welcome(ctx, 1))(t); r.Version != 0.2 {
		t.Errorf("recording server: %+v", r)
	}
	for _, err := range []error{errOf(c.Signaling.Welcome(ctx, 3)), errOf(c.Recordings.Welcome(ctx, 3))} {
		var e *talk.Error
		if !errors.As(err, &e) || e.StatusCode != http.StatusInternalServerError || e.Reason != "CAN_NOT_CONNECT" {
			t.Errorf("a server that is away: %v", err)
		}
	}
	trial := talk.HostedSignalingTrial{URL: "https://cloud.example.com", Name: "Alice", Email: "alice@example.com", Language: "en", Country: "DE"}
	account := must(c.Signaling.RequestHosted(ctx, &trial))(t)
	if status, ok := account.Extra.Get("status"); !ok || string(status) != `"pending"` {
		t.Errorf("account: %v", account.Extra)
	}
	if err := c.Signaling.DeleteHosted(ctx); err != nil {
		t.Error(err)
	}
	for field, change := range map[string]func(*talk.HostedSignalingTrial){
		"url":      func(h *talk.HostedSignalingTrial) { h.URL = "http://cloud.example.com" },
		"name":     func(h *talk.HostedSignalingTrial) { h.Name = " " },
		"email":    func(h *talk.HostedSignalingTrial) { h.Email = "alice" },
		"language": func(h *talk.HostedSignalingTrial) { h.Language = "" },
		"country":  func(h *talk.HostedSignalingTrial) { h.Country = "" },
	} {
		wrong := trial
		change(&wrong)
		refusedHere(t, field, errOf(c.Signaling.RequestHosted(ctx, &wrong)), field)
	}
	refusedHere(t, "nothing", errOf(c.Signaling.RequestHosted(ctx, nil)), "url")
}

// TestPicturesOfUsers: of users of other servers they are asked for, and the account's own is set and taken away.
func TestPicturesOfUsers(t *testing.T) {
	t.Parallel()
	var sent string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		sent = r.Method + " " + r.URL.String()[strings.Index(r.URL.String(), "/apps/spreed")+12:]
		switch {
		case r.Method == http.MethodGet:
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "\x89PNG")
		case r.Method == http.MethodPost:
			file, header, err := r.FormFile("files[]")
			if err != nil {
				t.Error(err)
				return
			}
			data, _ := io.ReadAll(file)
			sent += " " + string(data) + " " + header.Filename
			if string(data) == "no picture" {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":{"message":"Unknown filetype"}}}`)
				return
			}
			fallthrough
		default:
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":null}}`)
		}
	})
	ctx := t.Context()
	for want, o := range map[string]*talk.UserAvatarOptions{
		"GET /api/v1/proxy/new/user-avatar/512?cloudId=bob%40cloud.example.org":          nil,
		"GET /api/v1/proxy/abcd1234/user-avatar/64/dark?cloudId=bob%40cloud.example.org": {Token: "abcd1234", Size: talk.AvatarSmall, Dark: true},
	} {
		if a := must(c.Avatars.OfFederatedUser(ctx, "bob@cloud.example.org", o))(t); a.MimeType != "image/png" || string(a.Data) != "\x89PNG" || sent != want {
			t.Errorf("%+v, sent %s", a, sent)
		}
	}
	if err := c.Avatars.SetOwn(ctx, strings.NewReader("a picture")); err != nil || sent != "POST /temp-user-avatar a picture avatar" {
		t.Errorf("%v, sent %s", err, sent)
	}
	var e *talk.Error
	if err := c.Avatars.SetOwn(ctx, strings.NewReader("no picture")); !errors.Is(err, talk.ErrInvalid) || !errors.As(err, &e) || e.Message != "Unknown filetype" {
		t.Errorf("no picture: %v", err)
	}
	if err := c.Avatars.DeleteOwn(ctx); err != nil || sent != "DELETE /temp-user-avatar" {
		t.Errorf("%v, sent %s", err, sent)
	}
}
