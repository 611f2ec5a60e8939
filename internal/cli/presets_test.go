package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/playback"
)

// TestPresets plays the recorded story of presets to the commands.
func TestPresets(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-25-alpha/presets")
	room := s.Vars["room"]
	out := playing(s, "anna").ok(t, "preset", "list")
	for _, line := range []string{
		"webinar\tWebinar\tlobbyState=1 mentionPermissions=1 permissions=389 recordingConsent=1 roomType=3\tRestricted",
		"forced\tforced\t\tforced\n",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("there is no line %q: %s", line, out)
		}
	}
	same(t, playing(s, "anna").ok(t, "conversation", "edit", room, "--preserved", "--jq", ".attributes"), "2\n")
	playing(s, "anna").fails(t, exitFailed, []string{"preserved", "--preserved=false"}, "conversation", "delete", room, "--yes")
	playing(s, "ben").fails(t, exitFailed, []string{"--preserved"}, "conversation", "edit", room, "--preserved")
	same(t, playing(s, "anna").tty(80).ok(t, "conversation", "edit", room, "--preserved=false"), "✓ Changed Rights\n")
}

// TestRoles plays how an owner was made and unmade.
func TestRoles(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-25-alpha/presets")
	s.Repeat(8) // who takes part
	s.RepeatFor("ben", 8)
	room := s.Vars["room"]
	same(t, playing(s, "anna").tty(80).ok(t, "participant", "promote", room, "ben", "--to", "owner"), "✓ Ben owns Rights now\n")
	same(t, playing(s, "ben").tty(80).ok(t, "participant", "demote", room, "ben", "--to", "moderator"), "✓ Ben moderates Rights, and does not own it any more\n")
	playing(s, "anna").fails(t, exitUsage, []string{"--to", "moderator, owner"}, "participant", "promote", room, "ben", "--to", "user")
	playing(s, "anna").fails(t, exitUsage, []string{"--to"}, "participant", "demote", room, "ben", "--to", "owner")
}

func TestPresetsRefuse(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.as("alice").fails(t, exitUsage, []string{"preset"}, "conversation", "create", "--type", "one-to-one", "--invite", "bob", "--preset", "webinar")
	s.as("alice").fails(t, exitUsage, []string{"password"}, "conversation", "create", "x", "--type", "group", "--preset", "webinar", "--password-stdin")
}

// TestRefusalsOfNewerServers say what can be done.
func TestRefusalsOfNewerServers(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"error":"forced","forced":2}`: "to be 2 everywhere",
		`{"error":"forced"}`:            "for all conversations",
		`{"error":"classified"}`:        "classified conversation does not permit",
		`{"error":"announcement"}`:      "only moderators can leave",
	} {
		url := newerServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":%s}}`, data)
		}).URL
		at(url, "anna").fails(t, exitFailed, []string{want}, "conversation", "edit", newerRoom, "--listable", "users")
	}
}
