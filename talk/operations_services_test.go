package talk_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

// serviceCalls makes each method of the services for calls and for administrators call the server, and gives its error.
func serviceCalls(ctx context.Context, c *talk.Client) map[string]func() error {
	const token, id = "abcd1234", int64(7)
	later := time.Unix(1<<32, 0)
	return map[string]func() error{
		"CallsService.Peers":             func() error { return errOf(c.Calls.Peers(ctx, token)) },
		"CallsService.Join":              func() error { return c.Calls.Join(ctx, token, nil) },
		"CallsService.SetFlags":          func() error { return c.Calls.SetFlags(ctx, token, talk.InCallJoined) },
		"CallsService.Leave":             func() error { return c.Calls.Leave(ctx, token) },
		"CallsService.End":               func() error { return c.Calls.End(ctx, token) },
		"CallsService.Ring":              func() error { return c.Calls.Ring(ctx, token, id) },
		"CallsService.DialOut":           func() error { return c.Calls.DialOut(ctx, token, id) },
		"CallsService.NotificationState": func() error { return errOf(c.Calls.NotificationState(ctx, token)) },
		"CallsService.Participants":      func() error { return errOf(c.Calls.Participants(ctx, token)) },

		"BreakoutRoomsService.Configure":         func() error { return errOf(c.BreakoutRooms.Configure(ctx, token, talk.BreakoutFree, 2, nil)) },
		"BreakoutRoomsService.Remove":            func() error { return errOf(c.BreakoutRooms.Remove(ctx, token)) },
		"BreakoutRoomsService.Start":             func() error { return errOf(c.BreakoutRooms.Start(ctx, token)) },
		"BreakoutRoomsService.Stop":              func() error { return errOf(c.BreakoutRooms.Stop(ctx, token)) },
		"BreakoutRoomsService.Broadcast":         func() error { return errOf(c.BreakoutRooms.Broadcast(ctx, token, "x")) },
		"BreakoutRoomsService.Assign":            func() error { return errOf(c.BreakoutRooms.Assign(ctx, token, map[int64]int{id: 0})) },
		"BreakoutRoomsService.RequestAssistance": func() error { return errOf(c.BreakoutRooms.RequestAssistance(ctx, token)) },
		"BreakoutRoomsService.ResetAssistance":   func() error { return errOf(c.BreakoutRooms.ResetAssistance(ctx, token)) },
		"BreakoutRoomsService.Switch":            func() error { return errOf(c.BreakoutRooms.Switch(ctx, token, "efgh5678")) },
		"BreakoutRoomsService.List":              func() error { return errOf(c.BreakoutRooms.List(ctx, token)) },
		"BreakoutRoomsService.Participants":      func() error { return errOf(c.BreakoutRooms.Participants(ctx, token, nil)) },

		"RecordingsService.Start":               func() error { return c.Recordings.Start(ctx, token, talk.RecordingAudio) },
		"RecordingsService.Stop":                func() error { return c.Recordings.Stop(ctx, token) },
		"RecordingsService.DismissNotification": func() error { return c.Recordings.DismissNotification(ctx, token, later) },
		"RecordingsService.ShareToChat":         func() error { return c.Recordings.ShareToChat(ctx, token, id, later) },
		"RecordingsService.Welcome":             func() error { return errOf(c.Recordings.Welcome(ctx, 7)) },

		"SignalingService.Settings": func() error { return errOf(c.Signaling.Settings(ctx, nil)) },
		"SignalingService.Pull":     func() error { return errOf(c.Signaling.Pull(ctx, token)) },
		"SignalingService.Send": func() error {
			return c.Signaling.Send(ctx, token, "mine", &talk.SignalingMessage{To: "yours", Type: "offer"})
		},
		"SignalingService.Welcome": func() error { return errOf(c.Signaling.Welcome(ctx, 7)) },
		"SignalingService.RequestHosted": func() error {
			return errOf(c.Signaling.RequestHosted(ctx, &talk.HostedSignalingTrial{URL: "https://cloud.example.com", Name: "A", Email: "a@example.com", Language: "en", Country: "DE"}))
		},
		"SignalingService.DeleteHosted": func() error { return c.Signaling.DeleteHosted(ctx) },

		"MeetingsService.Schedule":  func() error { return c.Meetings.Schedule(ctx, token, "personal", later, nil) },
		"MeetingsService.Dashboard": func() error { return errOf(c.Meetings.Dashboard(ctx)) },
		"MeetingsService.Mutual":    func() error { return errOf(c.Meetings.Mutual(ctx, token)) },

		"FederationService.Invitations": func() error { return errOf(c.Federation.Invitations(ctx)) },
		"FederationService.Accept":      func() error { return errOf(c.Federation.Accept(ctx, id)) },
		"FederationService.Reject":      func() error { return c.Federation.Reject(ctx, id) },

		"BridgesService.Get":     func() error { return errOf(c.Bridges.Get(ctx, token)) },
		"BridgesService.Set":     func() error { return errOf(c.Bridges.Set(ctx, token, false)) },
		"BridgesService.Delete":  func() error { return c.Bridges.Delete(ctx, token) },
		"BridgesService.Process": func() error { return errOf(c.Bridges.Process(ctx, token)) },
		"BridgesService.Version": func() error { return errOf(c.Bridges.Version(ctx)) },
		"BridgesService.StopAll": func() error { return c.Bridges.StopAll(ctx) },

		"SettingsService.Set":                   func() error { return c.Settings.Set(ctx, talk.SettingPlaySounds, "no") },
		"SettingsService.SetReadStatusPrivacy":  func() error { return c.Settings.SetReadStatusPrivacy(ctx, talk.PrivacyPrivate) },
		"SettingsService.SetTypingPrivacy":      func() error { return c.Settings.SetTypingPrivacy(ctx, talk.PrivacyPrivate) },
		"SettingsService.SetAttachmentFolder":   func() error { return c.Settings.SetAttachmentFolder(ctx, "/Talk") },
		"SettingsService.SetSIP":                func() error { return c.Settings.SetSIP(ctx, &talk.SIPSettings{}) },
		"SettingsService.CertificateExpiration": func() error { _, _, err := c.Settings.CertificateExpiration(ctx, "turn.example.com"); return err },

		"ChatService.ShareObject": func() error { return errOf(c.Chat.ShareObject(ctx, token, talk.LocationObject("Pole", 90, 0), nil)) },
		"ChatService.Shared": func() error {
			for _, err := range c.Chat.Shared(ctx, token, talk.SharedMedia, nil) {
				return err
			}
			return nil
		},
		"ChatService.SharedOverview": func() error { return errOf(c.Chat.SharedOverview(ctx, token, nil)) },
		"ChatService.Summarize":      func() error { return errOf(c.Chat.Summarize(ctx, token, id)) },

		"ConversationsService.Capabilities": func() error { return errOf(c.Conversations.Capabilities(ctx, token)) },
		"ConversationsService.SetRecordingConsent": func() error {
			return errOf(c.Conversations.SetRecordingConsent(ctx, token, talk.RecordingConsentRequired))
		},
		"ConversationsService.SetSIP":         func() error { return errOf(c.Conversations.SetSIP(ctx, token, talk.SIPWithPIN)) },
		"ConversationsService.Unbind":         func() error { return errOf(c.Conversations.Unbind(ctx, token)) },
		"ConversationsService.OfShare":        func() error { return errOf(c.Conversations.OfShare(ctx, "s3cr3t")) },
		"ConversationsService.AskForPassword": func() error { return errOf(c.Conversations.AskForPassword(ctx, "s3cr3t")) },

		"ParticipantsService.ResendInvitations": func() error { return c.Participants.ResendInvitations(ctx, token, id) },
		"ParticipantsService.ImportEmails": func() error {
			return errOf(c.Participants.ImportEmails(ctx, token, strings.NewReader("email\na@example.com\n"), nil))
		},
		"AvatarsService.OfFederatedUser": func() error {
			var errs []error
			for _, o := range []talk.UserAvatarOptions{{}, {Dark: true}, {Token: token}, {Token: token, Dark: true}} {
				errs = append(errs, errOf(c.Avatars.OfFederatedUser(ctx, "bob@cloud.example.org", &o)))
			}
			return errors.Join(errs...)
		},
		"AvatarsService.SetOwn":    func() error { return c.Avatars.SetOwn(ctx, strings.NewReader("a picture")) },
		"AvatarsService.DeleteOwn": func() error { return c.Avatars.DeleteOwn(ctx) },

		"UsersService.List":   func() error { return errOf(c.Users.List(ctx, nil)) },
		"UsersService.Own":    func() error { return errOf(c.Users.Own(ctx)) },
		"UsersService.Get":    func() error { return errOf(c.Users.Get(ctx, "bob")) },
		"UsersService.Create": func() error { return c.Users.Create(ctx, "bob", &talk.CreateUserOptions{Email: "bob@example.com"}) },
		"UsersService.Set":    func() error { return c.Users.Set(ctx, "bob", talk.UserFieldDisplayName, "Bob") },
		"UsersService.SetEnabled": func() error {
			return errors.Join(c.Users.SetEnabled(ctx, "bob", true), c.Users.SetEnabled(ctx, "bob", false))
		},
		"UsersService.Delete":          func() error { return c.Users.Delete(ctx, "bob") },
		"UsersService.Groups":          func() error { return errOf(c.Users.Groups(ctx, "bob")) },
		"UsersService.AddToGroup":      func() error { return c.Users.AddToGroup(ctx, "bob", "crew") },
		"UsersService.RemoveFromGroup": func() error { return c.Users.RemoveFromGroup(ctx, "bob", "crew") },
		"GroupsService.List":           func() error { return errOf(c.Groups.List(ctx, "")) },
		"GroupsService.Create":         func() error { return c.Groups.Create(ctx, "crew") },
		"GroupsService.Members":        func() error { return errOf(c.Groups.Members(ctx, "crew")) },
		"GroupsService.Delete":         func() error { return c.Groups.Delete(ctx, "crew") },
	}
}

// withoutMethod are the operations that no method calls, and why.
var withoutMethod = map[operation]string{
	"POST /recording/backend":                     signed("recording server"),
	"POST /recording/{token}/store":               signed("recording server"),
	"POST /recording/{token}/request-upload":      signed("recording server"),
	"POST /signaling/backend":                     signed("signaling server"),
	"GET /room/{token}/pin/{pin}":                 signed("bridge to telephones"),
	"POST /room/{token}/verify-dialin":            signed("bridge to telephones"),
	"POST /room/{token}/verify-dialout":           signed("bridge to telephones"),
	"POST /room/{token}/open-dial-in":             signed("bridge to telephones"),
	"POST /room/direct-dial-in":                   signed("bridge to telephones"),
	"DELETE /room/{token}/rejected-dialout":       signed("bridge to telephones"),
	"POST /call/{token}/federation":               federated,
	"PUT /call/{token}/federation":                federated,
	"DELETE /call/{token}/federation":             federated,
	"POST /room/{token}/federation/active":        federated,
	"DELETE /room/{token}/federation/active":      federated,
	"PUT /room/{token}/attendees/permissions/all": "Talk took it away: every server in question refuses it",
}

func signed(who string) string {
	return "a " + who + " calls it, and signs with a secret that only it and the server share"
}

const federated = "a Nextcloud calls it for an account of its own, with an access token that it was given for that conversation"

// TestEveryOperationHasAMethod: what Talk's API can do, this package and its bots can do.
func TestEveryOperationHasAMethod(t *testing.T) {
	t.Parallel()
	said := map[operation]bool{}
	for _, dir := range []string{".", "bot"} {
		for _, operations := range directives(t, dir) {
			for _, op := range operations {
				said[op] = true
			}
		}
	}
	known := knownOperations(t)
	covered := 0
	for op := range known {
		_, exempt := withoutMethod[op]
		if said[op] == exempt {
			t.Errorf("%s: has a method: %v, is exempt: %v", op, said[op], exempt)
		}
		if said[op] {
			covered++
		}
	}
	page := strings.Join(lines(t, "../docs/api.md"), "\n")
	for op := range withoutMethod {
		if !known[op] {
			t.Errorf("%s is none of Talk's operations", op)
		}
		if _, path, _ := strings.Cut(string(op), " "); !strings.Contains(page, path) {
			t.Errorf("docs/api.md does not say why there is no %s", op)
		}
	}
	for field := range reflect.TypeFor[talk.Client]().Fields() {
		if field.IsExported() && !strings.Contains(page, "`"+field.Name+"`") {
			t.Errorf("docs/api.md lacks %s", field.Name)
		}
	}
	if counts := fmt.Sprintf("describes %d operations. %d of them have a method", len(known), covered); !strings.Contains(page, counts) {
		t.Errorf("docs/api.md does not say: %s", counts)
	}
	t.Logf("%d of %d operations have a method, %d have a reason to have none", covered, len(known), len(withoutMethod))
}

// TestServicesAreNotAskedOfOldServers: what an old server does not announce fails by name before anything is sent.
func TestServicesAreNotAskedOfOldServers(t *testing.T) {
	t.Parallel()
	c := oldServer(t)
	needNothing := map[string]bool{} // what every Talk has, and what is Nextcloud's
	for _, name := range []string{
		"CallsService.Peers", "CallsService.Join", "CallsService.SetFlags", "CallsService.Leave", "CallsService.End",
		"SignalingService.RequestHosted", "SignalingService.DeleteHosted", "SettingsService.Set", "SettingsService.SetAttachmentFolder",
		"SettingsService.SetSIP", "SettingsService.CertificateExpiration", "ConversationsService.OfShare", "ConversationsService.AskForPassword",
		"ParticipantsService.ResendInvitations",
	} {
		needNothing[name] = true
	}
	all := serviceCalls(t.Context(), c)
	maps.DeleteFunc(all, func(name string, _ func() error) bool {
		service, _, _ := strings.Cut(name, ".")
		return needNothing[name] || service == "UsersService" || service == "GroupsService" || service == "BridgesService"
	})
	for name, call := range all {
		var e *talk.Error
		if err := call(); !errors.Is(err, talk.ErrUnsupported) || !errors.As(err, &e) || e.Reason == "" || e.Op == "" || !e.Unsent() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Calls.Join(t.Context(), "abcd1234", &talk.JoinCallOptions{Silent: true}); !errors.Is(err, talk.ErrUnsupported) {
		t.Errorf("a silent call: %v", err)
	}
}

// oldServer gives a client of a server that announces next to nothing, and is asked for nothing else.
func oldServer(t *testing.T) *talk.Client {
	t.Helper()
	return clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"spreed":{"version":"9.0.0","features":["audio","video","chat-v2"]}}}}}`)
			return
		}
		t.Errorf("%s %s was sent", r.Method, r.URL)
	})
}
