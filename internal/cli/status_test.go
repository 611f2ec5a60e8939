package cli

import "testing"

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.as("alice").fails(t, exitNotFound, []string{"status"}, "status", "view")
	same(t, s.as("alice").tty(80).ok(t, "status", "set", "dnd"), "✓ You are dnd\n")
	same(t, s.as("alice").tty(80).ok(t, "status", "message", "Fixing the build", "--icon", "🔧", "--for", "2h"), "✓ Your status says Fixing the build\n")
	same(t, s.as("alice").ok(t, "status", "view"), "user\talice\nstatus\tdnd\nicon\t🔧\nmessage\tFixing the build\nuntil\t2026-03-01T14:05:00Z\n")
	same(t, s.as("bob").ok(t, "status", "view", "@alice"), "user\talice\nstatus\tdnd\nicon\t🔧\nmessage\tFixing the build\nuntil\t2026-03-01T14:05:00Z\n")
	same(t, s.as("bob").ok(t, "status", "view", "alice", "--jq", ".clearAt"), "1772373900\n")
	same(t, s.as("alice").ok(t, "status", "message", "--predefined", "meeting", "--jq", ".messageId"), "meeting\n")
	same(t, s.as("bob").ok(t, "status", "set", "online", "--jq", ".status"), "online\n")
	same(t, s.as("bob").ok(t, "status", "list", "--jq", ".[].userId"), "alice\nbob\n")
	same(t, s.as("bob").ok(t, "status", "ls", "-n", "1"), "alice\tdnd\t📅\tIn a meeting\t\n")
	same(t, s.as("alice").tty(80).ok(t, "status", "clear"), "✓ Your status says nothing any more\n")
	same(t, s.as("alice").ok(t, "status", "view", "--jq", ".message, .status"), "null\ndnd\n")
	same(t, s.as("alice").ok(t, "__complete", "status", "set", "a"), "online\naway\ndnd\nbusy\ninvisible\noffline\n:4\n")

	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{"asleep", "online"}, []string{"status", "set", "asleep"}},
		{[]string{"--for"}, []string{"status", "message", "x", "--for", "0s"}},
		{[]string{"--until"}, []string{"status", "message", "x", "--until", "later"}},
		{[]string{"exclude"}, []string{"status", "message", "x", "--until", "2026-06-01T09:00:00Z", "--for", "1h"}},
		{[]string{"exclude"}, []string{"status", "message", "meeting", "--predefined", "--icon", "🔧"}},
		{[]string{"--limit"}, []string{"status", "list", "-n", "0"}},
	} {
		s.as("alice").fails(t, exitUsage, tt.words, tt.args...)
	}
}
