package cli

import (
	"net/url"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	deploys := s.room("Deploys", "bob")
	spaced := s.room("Lunch & dinner")
	twins := []*talk.Conversation{s.room("Twins"), s.room("Twins")}
	shadow := s.room(deploys.Token) // called like the other's token
	hidden, err := s.sdk("bob").Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Hidden"})
	if err != nil {
		t.Fatal(err)
	}

	found := []struct{ name, token string }{
		{deploys.Token, deploys.Token}, // a token goes before a name
		{"Deploys", deploys.Token},
		{"Lunch & dinner", spaced.Token},
		{s.url + "/call/" + deploys.Token, deploys.Token},
		{s.url + "/index.php/call/" + deploys.Token + "/#message_3", deploys.Token},
		{shadow.Token, shadow.Token},
	}
	for _, tt := range found {
		out := s.as("alice").ok(t, "conversation", "view", tt.name)
		if !strings.HasPrefix(out, "token\t"+tt.token+"\n") {
			t.Errorf("%q is %q, want the conversation %s", tt.name, out, tt.token)
		}
	}

	refused := []struct {
		name  string
		code  int
		words []string
	}{
		{"", exitUsage, []string{"empty"}},
		{"@", exitUsage, []string{"@bob"}},
		{"@nobody", exitNotFound, []string{`no user "nobody"`}},
		{"deploys", exitNotFound, []string{`but "Deploys"`, "conversation list"}},
		{"No such thing", exitNotFound, []string{`"No such thing"`, "conversation list"}},
		{hidden.Token, exitNotFound, []string{hidden.Token}},
		{"Hidden", exitNotFound, []string{"conversation list"}},
		{"Twins", exitFailed, []string{"2 conversations", twins[0].Token + " (group)", twins[1].Token + " (group)"}},
		{s.url + "/call/" + hidden.Token, exitNotFound, []string{"conversation list"}},
		{s.url + "/apps/files", exitUsage, []string{"/call/TOKEN"}},
		{s.url + "/call/../status", exitUsage, []string{"/call/TOKEN"}},
		{"https://elsewhere.example.com/call/" + deploys.Token, exitUsage, []string{"elsewhere.example.com"}},
		{"http://[::1/call/x", exitUsage, []string{"link"}},
	}
	for _, tt := range refused {
		s.as("alice").fails(t, tt.code, tt.words, "conversation", "view", tt.name)
	}
}

func TestResolveOneToOne(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.as("alice").ok(t, "send", "@bob", "hello")
	s.as("alice").ok(t, "send", "@bob", "again")
	lines := strings.Split(strings.TrimSpace(s.as("bob").ok(t, "read", "@alice")), "\n")
	if len(lines) < 2 || !strings.HasSuffix(lines[len(lines)-1], "\tagain") || !strings.HasSuffix(lines[len(lines)-2], "\thello") {
		t.Errorf("bob reads %q", lines)
	}
	if out := s.as("alice").ok(t, "conversation", "list"); strings.Count(out, "\n") != 1 {
		t.Errorf("alice has %q", out)
	}
}

func TestTokenOfLink(t *testing.T) {
	t.Parallel()
	tests := []struct{ base, link, want string }{
		{"https://cloud.example.com", "https://cloud.example.com/call/abc123", "abc123"},
		{"https://cloud.example.com", "https://cloud.example.com/index.php/call/abc123?direct=1", "abc123"},
		{"https://example.com/nextcloud", "https://example.com/nextcloud/call/abc123", "abc123"},
		{"https://example.com/nextcloud", "https://example.com/nextcloud/index.php/call/abc123", "abc123"},
		{"https://example.com/nextcloud", "https://example.com/call/abc123", ""},
		{"https://example.com", "https://example.com:8443/call/abc123", ""},
		{"https://example.com", "https://example.com/call/", ""},
		{"https://example.com", "https://example.com/call/a/b", ""},
		{"https://example.com", "https://example.com/call/a%2Fb", ""},
	}
	for _, tt := range tests {
		base, err := url.Parse(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tokenOfLink(base, tt.link)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("tokenOfLink(%s, %s) = %q, %v; want %q", tt.base, tt.link, got, err, tt.want)
		}
	}
}

func FuzzTokenOfLink(f *testing.F) {
	f.Add("https://example.com/call/abc")
	f.Add("https://example.com/index.php/call/abc/?x#y")
	base := &url.URL{Scheme: "https", Host: "example.com"}
	f.Fuzz(func(t *testing.T, link string) {
		token, err := tokenOfLink(base, link)
		if err == nil && !isToken(token) {
			t.Errorf("%q gives the token %q", link, token)
		}
	})
}
