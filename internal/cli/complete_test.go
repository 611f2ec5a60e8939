package cli

import (
	"fmt"
	"testing"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	deploys, lunch := s.room("Deploys"), s.room("Lunch")
	s.room("Lu\x1b[2J")
	const files = ":4\n" // no file names
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"send", "de"}, fmt.Sprintf("Deploys\tgroup %s\n", deploys.Token)},
		{[]string{"read", "Lu"}, fmt.Sprintf("Lunch\tgroup %s\n", lunch.Token)},
		{[]string{"participant", "add", "Lun"}, fmt.Sprintf("Lunch\tgroup %s\n", lunch.Token)},
		{[]string{"conversation", "delete", "x"}, ""},
		{[]string{"send", "Lunch", "de"}, ""},
		{[]string{"conversation", "create", "--type", ""}, "group\npublic\none-to-one\nnote-to-self\n"},
		{[]string{"participant", "add", "--source", ""}, "users\ngroups\nemails\ncircles\n"},
		{[]string{"participant", "remove", "--source", ""}, "users\ngroups\nemails\ncircles\n"},
		{[]string{"serve", "--log-format", ""}, "text\njson\n"},
	}
	for _, tt := range tests {
		same(t, s.as("alice").ok(t, append([]string{"__complete"}, tt.args...)...), tt.want+files)
	}
	same(t, newCall().ok(t, "__complete", "send", "De"), files)
}
