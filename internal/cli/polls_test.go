package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestPoll(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob", "carol")
	id := strings.TrimSpace(s.as("alice").ok(t, "poll", "create", "Deploys", "Which day?", "Monday", "2", "Friday"))

	same(t, s.as("bob").ok(t, "poll", "vote", "Deploys", id, "2", "--jq", ".votedSelf[0]"), "1\n") // the text, not the number
	same(t, s.as("carol").ok(t, "poll", "vote", "Deploys", id, "1", "--jq", ".votedSelf[0]"), "0\n")
	same(t, s.as("alice").ok(t, "poll", "vote", "Deploys", id, "Monday"), fmt.Sprintf(`poll	%s
question	Which day?
status	open
results	public
max-votes	1
voters	3
option	1	Monday	2	chosen
option	2	2	1	
option	3	Friday	0	
`, id))
	same(t, s.as("alice").tty(80).ok(t, "poll", "show", "Deploys", id), fmt.Sprintf(`Which day?
NO  OPTION                        VOTES  SHARE
 1  Monday  █████████████░░░░░░░      2    67%%  ✓ yours
 2  2       ██████░░░░░░░░░░░░░░      1    33%%
 3  Friday  ░░░░░░░░░░░░░░░░░░░░            0%%
poll %s, open, 3 voters
`, id))
	same(t, s.as("alice").ok(t, "poll", "vote", "Deploys", id, "--none", "--jq", ".votedSelf // []"), "[]\n")
	s.as("bob").fails(t, exitFailed, []string{"403"}, "poll", "close", "Deploys", id)
	if out := s.as("alice").tty(80).ok(t, "poll", "close", "Deploys", id); !strings.Contains(out, "closed, 2 voters") {
		t.Errorf("closed: %q", out)
	}
	s.as("bob").fails(t, exitFailed, []string{"400"}, "poll", "vote", "Deploys", id, "1")
}

func TestPollDrafts(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	same(t, s.as("alice").tty(80).run(t, "poll", "drafts", "Deploys").err, "There are no drafts in Deploys.\n")
	id := strings.TrimSpace(s.as("alice").ok(t, "poll", "create", "Deploys", "Which day?", "Monday", "Friday", "--draft", "--hidden", "--max-votes", "all"))
	same(t, s.as("alice").ok(t, "poll", "drafts", "Deploys"), id+"\tWhich day?\tMonday / Friday\n")
	same(t, s.as("alice").ok(t, "poll", "edit-draft", "Deploys", id, "Which night?", "Monday", "Sunday", "--max-votes", "2"), id+"\n")
	same(t, s.as("alice").tty(80).ok(t, "poll", "drafts", "Deploys"), "POLL  QUESTION      OPTIONS\n"+fmt.Sprintf("%4s", id)+"  Which night?  Monday / Sunday\n")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "poll", "drafts", "Deploys")
	same(t, s.as("alice").tty(80).ok(t, "poll", "close", "Deploys", id), "✓ Deleted the draft "+id+"\n")
	same(t, s.as("alice").ok(t, "poll", "drafts", "Deploys", "--json"), "[]\n")
}

func TestPollRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	id := strings.TrimSpace(s.as("alice").ok(t, "poll", "create", "Deploys", "Which day?", "Monday", "Friday"))
	s.as("alice").fails(t, exitUsage, []string{"OPTION is missing"}, "poll", "create", "Deploys", "Which day?", "Monday")
	s.as("alice").fails(t, exitUsage, []string{"--max-votes", "few"}, "poll", "create", "Deploys", "Q", "a", "b", "--max-votes", "few")
	s.as("alice").fails(t, exitUsage, []string{"OPTION is missing", "--none"}, "poll", "vote", "Deploys", id)
	s.as("alice").fails(t, exitUsage, []string{"--none"}, "poll", "vote", "Deploys", id, "Monday", "--none")
	s.as("alice").fails(t, exitUsage, []string{"id of a poll"}, "poll", "view", "Deploys", "x")
	s.as("alice").fails(t, exitNotFound, []string{`no option "Sunday"`, `"Monday", "Friday"`}, "poll", "vote", "Deploys", id, "Sunday")
	s.as("alice").fails(t, exitNotFound, []string{`no option "3"`}, "poll", "vote", "Deploys", id, "3")
	s.as("alice").fails(t, exitNotFound, []string{"404"}, "poll", "view", "Deploys", "4711")
}
