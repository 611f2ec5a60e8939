package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestParticipantList(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	same(t, s.as("alice").ok(t, "participant", "list", "Deploys"), "1\tusers\talice\tAlice\towner\t\n2\tusers\tbob\tBob B.\tuser\t\n")
	same(t, s.as("alice").tty(80).ok(t, "participant", "ls", "Deploys"), `ATTENDEE  SOURCE  ID     NAME    ROLE   SEEN
       1  users   alice  Alice   owner
       2  users   bob    Bob B.  user
`)
	var people []*talk.Participant
	if err := json.Unmarshal([]byte(s.as("alice").ok(t, "participant", "list", "Deploys", "--json")), &people); err != nil {
		t.Fatal(err)
	}
	if len(people) != 2 || people[1].ActorID != "bob" {
		t.Errorf("--json gives %v", people)
	}
}

func TestParticipantAdd(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	same(t, s.as("alice").ok(t, "participant", "add", "Deploys", "bob"), "")
	same(t, s.as("alice").tty(80).ok(t, "participant", "add", "Deploys", "--source", "groups", "crew"), "✓ Added crew to Deploys\n")
	s.view("bob", room.Token)
	s.view("carol", room.Token)

	s.as("alice").fails(t, exitUsage, []string{"ID is missing"}, "participant", "add", "Deploys")
	s.as("alice").fails(t, exitUsage, []string{"--source", "planets"}, "participant", "add", "Deploys", "--source", "planets", "mars")
	s.as("alice").fails(t, exitNotFound, []string{"after adding bob", `no "nobody" among the users`}, "participant", "add", "Deploys", "bob", "nobody", "carol")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "participant", "add", "Deploys", "carol")
}

func TestParticipantRemove(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob", "carol")
	same(t, s.as("alice").tty(80).ok(t, "participant", "remove", "Deploys", "bob"), "✓ Removed Bob B. from Deploys\n")
	same(t, s.as("alice").ok(t, "participant", "rm", "Deploys", "3"), "")
	same(t, s.as("alice").ok(t, "participant", "list", "Deploys"), "1\tusers\talice\tAlice\towner\t\n")

	s.as("alice").fails(t, exitNotFound, []string{`"bob"`, "participant list"}, "participant", "remove", "Deploys", "bob")
	s.as("alice").fails(t, exitUsage, []string{"--source"}, "participant", "remove", "Deploys", "bob", "--source", "")
}

func TestPickParticipant(t *testing.T) {
	t.Parallel()
	people := []*talk.Participant{
		{AttendeeID: 1, ActorType: talk.ActorUser, ActorID: "alice"},
		{AttendeeID: 2, ActorType: talk.ActorUser, ActorID: "crew"},
		{AttendeeID: 3, ActorType: talk.ActorGroup, ActorID: "crew"},
		{AttendeeID: 4, ActorType: talk.ActorUser, ActorID: "1"},
	}
	tests := []struct {
		source, id string
		want       int64 // 0 for an error with the words
		words      string
	}{
		{"", "alice", 1, ""},
		{"", "2", 2, ""},
		{"groups", "crew", 3, ""},
		{"users", "1", 4, ""},
		{"", "crew", 0, "users/crew (attendee 2) or groups/crew (attendee 3)"},
		{"", "1", 0, "--source"},
		{"groups", "alice", 0, "no participant"},
		{"users", "2", 0, "no participant"},
		{"", "dave", 0, "no participant"},
	}
	for _, tt := range tests {
		got, err := pick(people, tt.source, tt.id)
		switch {
		case tt.want != 0 && (err != nil || got.AttendeeID != tt.want):
			t.Errorf("pick(%q, %q) = %v, %v; want attendee %d", tt.source, tt.id, got, err, tt.want)
		case tt.want == 0 && (err == nil || !strings.Contains(err.Error(), tt.words)):
			t.Errorf("pick(%q, %q) = %v, %v; want an error with %q", tt.source, tt.id, got, err, tt.words)
		}
	}
}
