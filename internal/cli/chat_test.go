package cli

import "testing"

func TestChatNeedsATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	tests := []struct {
		name  string
		call  *call
		code  int
		words []string
		args  []string
	}{
		{"a pipe", s.as("alice"), exitUsage, []string{"chat needs a terminal", "confab follow"}, []string{"chat", "Deploys"}},
		{"a dumb terminal", s.as("alice").tty(80).set("TERM", "dumb"), exitUsage, []string{"TERM=dumb"}, []string{"chat"}},
		{"JSON", s.as("alice").tty(80), exitUsage, []string{"confab follow --json"}, []string{"chat", "--json"}},
		{"a log over the screen", s.as("alice").tty(80), exitUsage, []string{"2>debug.log"}, []string{"chat", "--debug"}},
		{"an unknown theme", s.as("alice").tty(80), exitUsage, []string{"--theme", "sepia"}, []string{"chat", "--theme", "sepia"}},
		{"two conversations", s.as("alice").tty(80), exitUsage, []string{"one argument too many"}, []string{"chat", "Deploys", "Lunch"}},
		{"an unknown conversation", s.as("alice").tty(80), exitNotFound, []string{`no conversation "Lunch"`}, []string{"chat", "Lunch"}},
		{"a wrong password", s.as("nobody").tty(80), exitUnauthorized, []string{"CONFAB_PASSWORD"}, []string{"chat", "Deploys"}},
		{"no account", newCall().tty(80), exitUnauthorized, []string{"no account"}, []string{"chat"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.call.fails(t, tt.code, tt.words, tt.args...)
		})
	}
}
