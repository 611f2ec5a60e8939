package talk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// TestPreservedAndOwners goes through a recorded story of what Talk 24 and 25 added to conversations.
func TestPreservedAndOwners(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"talk-25-alpha"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := played(t, version+"/presets")
			ctx := t.Context()
			anna, ben := player(t, s, "anna"), player(t, s, "ben")
			room, kinds := s.Vars["room"], map[string]string{}
			for _, preset := range must(anna.Conversations.Presets(ctx))(t) {
				kinds[preset.Identifier] = fmt.Sprint(preset.Parameters)
				if preset.Name == "" || preset.Description == "" {
					t.Errorf("%+v", preset)
				}
			}
			want := map[string]string{
				talk.PresetForced:       "map[]",
				talk.PresetWebinar:      "map[lobbyState:1 mentionPermissions:1 permissions:389 recordingConsent:1 roomType:3]",
				talk.PresetPresentation: "map[mentionPermissions:1 permissions:389 recordingConsent:1]",
				talk.PresetVoiceRoom:    "map[listable:1 messageExpiration:3600]",
				talk.PresetClassified:   "map[listable:0 messageExpiration:3600 roomType:2 sipEnabled:0]",
				talk.PresetChannel:      "map[listable:1 permissions:257]",
				talk.PresetDefault:      kinds[talk.PresetDefault],
			}
			if diff := cmp.Diff(want, kinds); diff != "" {
				t.Errorf("presets:\n%s", diff)
			}

			c := must(anna.Conversations.SetPreserved(ctx, room, true))(t)
			if !c.Attributes.Has(talk.AttributePreserved) || c.CanDeleteConversation || c.Attributes.String() != "preserved" {
				t.Errorf("preserved: %v", c.Attributes)
			}
			refused(t, "delete what is preserved", anna.Conversations.Delete(ctx, room), talk.ErrForbidden, "preserved")
			refused(t, "clear what is preserved", errOf(anna.Chat.ClearHistory(ctx, room)), talk.ErrForbidden, "")
			refused(t, "preserved by no owner", errOf(ben.Conversations.SetPreserved(ctx, room, true)), talk.ErrForbidden, "")
			if c := must(anna.Conversations.SetPreserved(ctx, room, false))(t); c.Attributes != 0 || c.Attributes.String() != "none" {
				t.Errorf("no longer preserved: %v", c.Attributes)
			}

			var id int64
			for _, p := range must(anna.Participants.List(ctx, room, nil))(t) {
				if p.ActorID == "ben" {
					id = p.AttendeeID
				}
			}
			if err := anna.Participants.PromoteTo(ctx, room, id, talk.ParticipantOwner); err != nil {
				t.Error(err)
			}
			if err := ben.Participants.DemoteTo(ctx, room, id, talk.ParticipantModerator); err != nil {
				t.Error(err)
			}
			told := map[talk.SystemMessage]bool{}
			for _, m := range must(anna.Chat.Page(ctx, room, &talk.PageOptions{Limit: 30}))(t).Messages {
				told[m.SystemMessage] = true
			}
			for _, word := range []talk.SystemMessage{talk.SystemOwnerPromoted, talk.SystemOwnerDemoted, talk.SystemConversationPreserved, talk.SystemConversationPreservedOff} {
				if !told[word] {
					t.Errorf("%s is not told", word)
				}
			}
		})
	}
}

// TestCreateFromAPreset: what is left open is as the preset has it, then as the server has it by default; what is forced goes
// before all.
func TestCreateFromAPreset(t *testing.T) {
	t.Parallel()
	const presets = `[
		{"identifier":"default","parameters":{"roomType":2,"listable":1,"messageExpiration":60,"lobbyState":0,"recordingConsent":1}},
		{"identifier":"forced","parameters":{"sipEnabled":1,"roomType":2}},
		{"identifier":"webinar","parameters":{"roomType":3,"lobbyState":1,"permissions":389,"messageExpiration":3600,"sipEnabled":2,"news":7}},
		{"identifier":"plain","parameters":[]}]`
	var bodies []map[string]any
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/presets/room") {
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, presets)
			return
		}
		var body map[string]any
		decodeBody(t, r, &body)
		bodies = append(bodies, body)
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":201},"data":{"id":1,"token":"abcd1234"}}}`)
	})
	ctx := t.Context()
	must(c.Conversations.Create(ctx, 0, &talk.CreateOptions{Name: "Open day", Preset: talk.PresetWebinar}))(t)
	must(c.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{
		Name: "Own mind", Preset: talk.PresetWebinar, MessageExpiration: time.Minute, Permissions: talk.PermissionChat, SIPEnabled: talk.SIPWithoutPIN,
	}))(t)
	must(c.Conversations.Create(ctx, 0, &talk.CreateOptions{Name: "Plain", Preset: "plain"}))(t)
	want := []map[string]any{
		{
			"roomType": 2., "roomName": "Open day", "preset": "webinar", "lobbyState": 1., "permissions": 389., "messageExpiration": 3600.,
			"sipEnabled": 1., "listable": 1., "recordingConsent": 1.,
		},
		{
			"roomType": 2., "roomName": "Own mind", "preset": "webinar", "lobbyState": 1., "permissions": 128., "messageExpiration": 60.,
			"sipEnabled": 1., "listable": 1., "recordingConsent": 1.,
		},
		{"roomType": 2., "roomName": "Plain", "preset": "plain", "sipEnabled": 1., "listable": 1., "messageExpiration": 60., "recordingConsent": 1.},
	}
	if diff := cmp.Diff(want, bodies); diff != "" {
		t.Errorf("-want +sent:\n%s", diff)
	}
	for _, preset := range []string{"bogus", talk.PresetForced, talk.PresetAnnouncement} {
		refusedHere(t, preset, errOf(c.Conversations.Create(ctx, 0, &talk.CreateOptions{Name: "x", Preset: preset})), "preset")
	}
	refusedHere(t, "a one-to-one", errOf(c.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob", Preset: "plain"})), "preset")
	if len(bodies) != 3 {
		t.Errorf("%d conversations were made", len(bodies))
	}
}

// TestThePresetsKind: a preset says what kind of conversation it is for, unless the caller does.
func TestThePresetsKind(t *testing.T) {
	t.Parallel()
	var kinds []any
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/presets/room") {
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[{"identifier":"webinar","parameters":{"roomType":3}}]}}`)
			return
		}
		var body map[string]any
		decodeBody(t, r, &body)
		kinds = append(kinds, body["roomType"])
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":201},"data":{"id":1,"token":"abcd1234"}}}`)
	})
	for _, kind := range []talk.ConversationType{0, talk.ConversationGroup} {
		must(c.Conversations.Create(t.Context(), kind, &talk.CreateOptions{Name: "x", Preset: talk.PresetWebinar}))(t)
	}
	if diff := cmp.Diff([]any{3., 2.}, kinds); diff != "" {
		t.Errorf("where nothing is forced:\n%s", diff)
	}
}

// TestForcedValue reads which value an administrator forces out of a refusal.
func TestForcedValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		data  string
		value int
		ok    bool
	}{
		{`{"error":"forced","forced":2}`, 2, true},
		{`{"error":"forced","forced":0}`, 0, true},
		{`{"error":"forced"}`, 0, false},
		{`{"error":"forced","forced":"x"}`, 0, false},
		{`{"error":"scope","forced":2}`, 0, false},
		{`[]`, 0, false},
	} {
		c := newerClient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":%s}}`, tt.data)
		})
		_, err := c.Conversations.SetListable(t.Context(), "abcd1234", talk.ListableUsers)
		refused(t, tt.data, err, talk.ErrInvalid, "")
		if value, ok := talk.ForcedValue(err); value != tt.value || ok != tt.ok {
			t.Errorf("%s: %d, %v", tt.data, value, ok)
		}
	}
	if _, ok := talk.ForcedValue(nil); ok {
		t.Error("no error forces something")
	}
}

func TestRolesRefuse(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
	refusedHere(t, "up to a user", c.Participants.PromoteTo(t.Context(), "abcd1234", 7, talk.ParticipantUser), "role")
	refusedHere(t, "down to an owner", c.Participants.DemoteTo(t.Context(), "abcd1234", 7, talk.ParticipantOwner), "role")
}

// TestRefusedRoles: newer servers say why.
func TestRefusedRoles(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-25-alpha/participants", "/moderators")
	ctx := t.Context()
	anna, ben, cleo := player(t, s, "anna"), player(t, s, "ben"), player(t, s, "cleo")
	room, ids := s.Vars["room"], map[string]int64{}
	for _, p := range must(anna.Participants.List(ctx, room, nil))(t) {
		ids[p.ActorID] = p.AttendeeID
	}
	if err := anna.Participants.Promote(ctx, room, ids["ben"]); err != nil {
		t.Error(err)
	}
	refused(t, "already", anna.Participants.Promote(ctx, room, ids["ben"]), talk.ErrInvalid, "type")
	refused(t, "may not", cleo.Participants.Promote(ctx, room, ids["cleo"]), talk.ErrForbidden, "")
	refused(t, "nobody", anna.Participants.Promote(ctx, room, 999999), talk.ErrNotFound, "participant")
	refused(t, "the owner", anna.Participants.Demote(ctx, room, ids["anna"]), talk.ErrForbidden, "self")
	refused(t, "oneself", ben.Participants.Demote(ctx, room, ids["ben"]), talk.ErrForbidden, "self")
	if err := anna.Participants.Demote(ctx, room, ids["ben"]); err != nil {
		t.Error(err)
	}
}

// TestTheRightToReact: before Talk 24 who may chat may react.
func TestTheRightToReact(t *testing.T) {
	t.Parallel()
	for features, want := range map[string]talk.Permissions{`[]`: talk.PermissionChat, `["react-permission"]`: talk.PermissionReact} {
		var caps talk.Capabilities
		if err := caps.UnmarshalJSON([]byte(`{"features":` + features + `}`)); err != nil {
			t.Fatal(err)
		}
		if got := caps.ReactPermission(); got != want {
			t.Errorf("%s: %v", features, got)
		}
	}
}
