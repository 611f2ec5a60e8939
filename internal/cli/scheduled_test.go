package cli

import (
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/playback"
)

// TestSchedule plays the recorded story of scheduled messages to the commands.
func TestSchedule(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-23/scheduled")
	room, id := s.Vars["room"], s.Vars["sm"]
	const soon, later = "2030-01-01T00:00:00Z", "2030-01-01T01:00:00Z"
	same(t, playing(s, "anna").tty(80).run(t, "schedule", "list", room).err, "Nothing waits to be sent to Later.\n")
	same(t, playing(s, "anna").ok(t, "schedule", "create", room, "later", "--at", soon), id+"\n")
	same(t, playing(s, "anna").ok(t, "schedule", "create", room, "a reply", "--at", later, "--reply-to", s.Vars["m"], "--silent", "--jq", ".silent"), "true\n")
	same(t, playing(s, "anna").tty(80).ok(t, "schedule", "create", room, "a thread", "--at", later, "--thread-title", "Later thread"),
		"✓ Will be sent to Later at 2030-01-01 01:00\n")
	playing(s, "anna").fails(t, exitFailed, []string{"send-at", "passed"}, "schedule", "create", room, "past", "--at", "1970-01-01T00:00:05Z")
	same(t, playing(s, "ben").ok(t, "schedule", "list", room, "--json"), "[]\n")

	// The new text is all that is said; the rest is read from the list, and stays.
	same(t, playing(s, "anna").ok(t, "schedule", "edit", room, id, "later, edited", "--at", later, "--jq", ".message"), "later, edited\n")
	playing(s, "ben").fails(t, exitNotFound, []string{id, "schedule list"}, "schedule", "delete", room, id)
	same(t, playing(s, "anna").tty(80).ok(t, "schedule", "delete", room, id), "✓ Will not send the message "+id+" to Later\n")
	playing(s, "anna").fails(t, exitNotFound, []string{"no message"}, "schedule", "delete", room, id)
	same(t, playing(s, "anna").ok(t, "schedule", "ls", room), `1882703984984992337	2030-01-01T01:00:00Z	silent		609		a reply
1882703985014345701	2030-01-01T01:00:00Z				new	a thread
`)
	playing(s, "cleo").fails(t, exitNotFound, []string{"404"}, "schedule", "list", room)
}

func TestScheduleRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{"when"}, []string{"schedule", "create", "Deploys", "x"}},
		{[]string{"--at", "--in"}, []string{"schedule", "create", "Deploys", "x", "--at", "2030-01-01T00:00:00Z", "--in", "1h"}},
		{[]string{"--at", "tomorrow"}, []string{"schedule", "create", "Deploys", "x", "--at", "tomorrow"}},
		{[]string{"--in"}, []string{"schedule", "create", "Deploys", "x", "--in", "-1h"}},
		{[]string{"--reply-to"}, []string{"schedule", "create", "Deploys", "x", "--in", "1h", "--reply-to", "0"}},
		{[]string{"message is empty"}, []string{"schedule", "create", "Deploys", " ", "--in", "1h"}},
		{[]string{"nothing is to be changed"}, []string{"schedule", "edit", "Deploys", "7"}},
		{[]string{"id of a scheduled message"}, []string{"schedule", "edit", "Deploys", "x", "y"}},
		{[]string{"id of a scheduled message"}, []string{"schedule", "delete", "Deploys", "../7"}},
	} {
		s.as("alice").fails(t, exitUsage, tt.words, tt.args...)
	}
}

// TestTimesOfSchedules: a time without a zone is the one of the clock here.
func TestTimesOfSchedules(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("here", 2*60*60))
	for _, tt := range []struct{ flag, value, want string }{
		{"at", "2026-06-01 09:00", "2026-06-01T07:00:00Z"},
		{"at", "2026-06-01T09:00:00Z", "2026-06-01T09:00:00Z"},
		{"at", "2026-06-01T09:00:00-03:00", "2026-06-01T12:00:00Z"},
		{"in", "2h30m", "2026-03-01T12:30:00Z"},
	} {
		var when scheduleTime
		cmd := &cobra.Command{}
		when.add(cmd)
		if err := cmd.Flags().Set(tt.flag, tt.value); err != nil {
			t.Fatal(err)
		}
		got, err := when.time(cmd, now)
		if err != nil {
			t.Error(err)
		}
		same(t, got.UTC().Format(time.RFC3339), tt.want)
	}
}
