package cli

import "testing"

func TestParticipantMentions(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	same(t, s.as("bob").ok(t, "status", "set", "away"), "")
	same(t, s.as("alice").ok(t, "participant", "mentions", "Deploys"), "@bob\tusers\taway\tBob B.\n@alice\tusers\t\tAlice\n@all\tcalls\t\tDeploys\n")
	same(t, s.as("alice").ok(t, "participant", "mentions", "Deploys", "bob", "--jq", ".[].mentionId"), "bob\n")
	s.as("carol").fails(t, exitNotFound, nil, "participant", "mentions", room.Token)
}

func TestParticipantSearch(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	same(t, s.as("alice").ok(t, "participant", "search", "bo"), "users\tbob\tBob B.\t\n")
	same(t, s.as("alice").ok(t, "participant", "search", "bo", "--into", "Deploys"), "")
	same(t, s.as("alice").ok(t, "participant", "search", "c", "--source", "users,groups", "-n", "1", "--jq", `.[] | "\(.source)/\(.id)"`), "users/carol\ngroups/crew\n")
	s.as("alice").fails(t, exitUsage, []string{"--source", "planets"}, "participant", "search", "mars", "--source", "planets")
	s.as("alice").fails(t, exitUsage, []string{"--limit"}, "participant", "search", "mars", "-n", "0")
	s.as("alice").fails(t, exitNotFound, []string{"Nowhere"}, "participant", "search", "mars", "--into", "Nowhere")
}

func TestFileConversation(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	s.as("alice").stdin("a plan").ok(t, "file", "send", "Deploys", "-", "--name", "plan.txt")
	token := s.as("alice").ok(t, "file", "conversation", "Talk/plan.txt")
	same(t, s.as("bob").ok(t, "file", "conversation", "Talk/plan.txt"), token)
	same(t, s.as("bob").ok(t, "file", "conversation", "Talk/plan.txt", "--jq", `.objectType + " " + .name`), "file plan.txt\n")
	s.as("carol").fails(t, exitNotFound, []string{"look at file"}, "file", "conversation", "Talk/plan.txt")
	s.as("alice").stdin("mine").ok(t, "file", "upload", "-", "mine.txt")
	s.as("alice").fails(t, exitNotFound, []string{"not shared"}, "file", "conversation", "mine.txt")
}

func TestJoinInactive(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	s.as("alice").fails(t, exitUsage, []string{"--inactive", "--stay"}, "conversation", "join", "Deploys", "--inactive")
	run := s.as("alice").start(t, "conversation", "join", "Deploys", "--stay", "--inactive")
	if line := run.line(t); line == "" {
		t.Error("no token")
	}
	run.interrupt(t)
}
