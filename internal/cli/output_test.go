package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestOutput(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	first := s.send("alice", room.Token, "Is it \x1b[2J live?", nil)
	second := s.send("bob", room.Token, "Yes", &talk.SendOptions{ReplyTo: first.ID})
	tests := []struct {
		name     string
		args     []string
		pipe     string
		terminal string
	}{
		{
			"fields in their order",
			[]string{"read", "Deploys", "-n2", "--json=message,id"},
			fmt.Sprintf(`[{"message":"Is it \u001b[2J live?","id":%d},{"message":"Yes","id":%d}]`+"\n", first.ID, second.ID),
			fmt.Sprintf("[\n  {\n    \"message\": \"Is it \\u001b[2J live?\",\n    \"id\": %d\n  },\n  {\n    \"message\": \"Yes\",\n    \"id\": %d\n  }\n]\n", first.ID, second.ID),
		},
		{
			"a field that is not there is null",
			[]string{"read", "Deploys", "-n1", "--fields", "silent", "--fields", "message"},
			`[{"silent":null,"message":"Yes"}]` + "\n",
			"[\n  {\n    \"silent\": null,\n    \"message\": \"Yes\"\n  }\n]\n",
		},
		{
			"jq gives strings bare",
			[]string{"read", "Deploys", "-n2", "--jq", ".[].message"},
			"Is it \x1b[2J live?\nYes\n", "Is it ␛[2J live?\nYes\n",
		},
		{
			"jq gives the rest as JSON",
			[]string{"read", "Deploys", "-n2", "--jq", ".[-1] | {message, token}"},
			fmt.Sprintf(`{"message":"Yes","token":"%s"}`+"\n", room.Token),
			fmt.Sprintf("{\n  \"message\": \"Yes\",\n  \"token\": \"%s\"\n}\n", room.Token),
		},
		{
			"jq after fields",
			[]string{"conversation", "view", "Deploys", "--json=displayName", "--jq", "keys|join(\",\")"},
			"displayName\n", "displayName\n",
		},
		{
			"jq that gives nothing", []string{"conversation", "view", "Deploys", "--jq", "empty"}, "", "",
		},
		{
			"template",
			[]string{"read", "Deploys", "-n2", "--template", `{{range .}}#{{.id}} {{timeago .timestamp}}, {{timefmt "15:04" .timestamp}}: {{truncate 3 .message}}{{"\n"}}{{end}}{{join ", " (pluck "actorId" .)}}`},
			fmt.Sprintf("#%d 5m ago, 12:00: Is…\n#%d 5m ago, 12:00: Yes\nalice, bob", first.ID, second.ID),
			fmt.Sprintf("#%d 5m ago, 12:00: Is…\n#%d 5m ago, 12:00: Yes\nalice, bob", first.ID, second.ID),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			same(t, s.as("bob").ok(t, tt.args...), tt.pipe)
			same(t, s.as("bob").tty(80).ok(t, tt.args...), tt.terminal)
		})
	}
}

func TestOutputOfEveryKind(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	same(t, s.as("alice").ok(t, "conversation", "list", "--json=displayName"), `[{"displayName":"Deploys"}]`+"\n")
	same(t, s.as("alice").ok(t, "participant", "list", "Deploys", "--json=actorId"), `[{"actorId":"alice"}]`+"\n")
	same(t, s.as("alice").ok(t, "send", "Deploys", "Hello", "--jq", ".message"), "Hello\n")
	same(t, s.as("alice").ok(t, "--jq", ".displayName", "conversation", "view", room.Token), "Deploys\n")
	same(t, newCall().ok(t, "version", "--jq", "has(\"go\")"), "true\n")
	same(t, s.as("alice").ok(t, "version", "--jq", "[env, $ENV]"), "[{},{}]\n") // a filter from elsewhere finds no password
	same(t, s.as("alice").ok(t, "conversation", "view", "Deploys", "--json=false"), s.as("alice").ok(t, "conversation", "view", "Deploys"))

	run := s.as("alice").start(t, "follow", "Deploys", "--since-last", "1", "--jq", ".message")
	same(t, run.line(t), "Hello")
	run.interrupt(t)
	run = s.as("alice").tty(80).start(t, "follow", "Deploys", "--since-last", "1", "--fields", "message")
	same(t, run.line(t), `{"message":"Hello"}`)
	run.interrupt(t)

	if help := newCall().ok(t, "read", "--help"); !strings.Contains(help, "Fields of its JSON:") || !strings.Contains(help, "actorDisplayName, ") {
		t.Errorf("the help is %q", help)
	}
	if help := newCall().ok(t, "conversation", "delete", "--help"); strings.Contains(help, "Fields of its JSON:") {
		t.Errorf("the help is %q", help)
	}
}

func TestOutputRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	tests := []struct {
		words []string
		args  []string
	}{
		{[]string{`"colour"`, "displayName", "token"}, []string{"conversation", "list", "--json=token,colour"}},
		{[]string{`"colour"`}, []string{"conversation", "list", "--fields", "colour"}},
		{[]string{`no field ""`}, []string{"conversation", "list", "--json="}},
		{[]string{"--fields", "no field"}, []string{"conversation", "list", "--fields", ""}},
		{[]string{"--jq", "unexpected"}, []string{"conversation", "list", "--jq", ".["}},
		{[]string{"--jq", "function not defined"}, []string{"conversation", "list", "--jq", "frobnicate"}},
		{[]string{"--template", "unclosed"}, []string{"conversation", "list", "--template", "{{"}},
		{[]string{"--jq and --template"}, []string{"conversation", "list", "--jq", ".", "--template", "x"}},
		{[]string{"no data"}, []string{"conversation", "delete", "Deploys", "--yes", "--jq", "."}},
	}
	for _, tt := range tests {
		s.as("alice").fails(t, exitUsage, tt.words, tt.args...)
	}
	s.as("alice").fails(t, exitFailed, []string{"jq:"}, "conversation", "list", "--jq", ".[0].token, error(\"x\")")
	s.as("alice").fails(t, exitFailed, []string{"template"}, "conversation", "list", "--template", "{{range .}}{{.token}}{{join 1 2}}{{end}}")

	var rooms []json.RawMessage
	if err := json.Unmarshal([]byte(s.as("alice").ok(t, "conversation", "list", "--json")), &rooms); err != nil || len(rooms) != 1 {
		t.Errorf("after that there are %d conversations, %v", len(rooms), err)
	}
}
