package cli

import (
	"fmt"
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
	s.room("Funny")
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
		{"deploys", deploys.Token}, // but for capitals
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
		{"d", exitNotFound, []string{`"d" among yours`, "conversation list"}},
		{"nn", exitFailed, []string{`"nn" could be any of 2 conversations`, `"Lunch & dinner" (`, `"Funny" (`}},
		{"No such thing", exitNotFound, []string{`"No such thing"`, "conversation list"}},
		{hidden.Token, exitNotFound, []string{hidden.Token}},
		{"Hidden", exitNotFound, []string{"conversation list"}},
		{"Twins", exitFailed, []string{"2 conversations", twins[0].Token + ", group)", twins[1].Token + ", group)"}},
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

// TestResolveByPart names conversations by a part of their names, and sees that it is told which one was meant.
func TestResolveByPart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	deploys, other, lunch := s.room("Deploys"), s.room("Old deploys"), s.room("Lunch & dinner")
	for written, token := range map[string]string{"dep": deploys.Token, "old d": other.Token, "DINN": lunch.Token, "lnchd": lunch.Token} {
		r := s.as("alice").run(t, "conversation", "view", written, "--jq", ".token")
		if r.code != exitOK || r.out != token+"\n" || !strings.Contains(r.err, fmt.Sprintf("%q is taken for %q (%s, group)", written, roomName(token, deploys, other, lunch), token)) {
			t.Errorf("%q: %+v", written, r)
		}
	}
	for _, args := range [][]string{{"conversation", "delete", "dep", "--yes"}, {"conversation", "clear-history", "dep", "--yes"}, {"conversation", "leave", "dep"}, {"message", "delete", "deploys", "1", "--yes"}} {
		s.as("alice").fails(t, exitNotFound, []string{"but \"Deploys\" (" + deploys.Token, "the whole name"}, args...)
	}
	s.as("alice").ok(t, "conversation", "delete", "Deploys", "--yes")
}

func roomName(token string, rooms ...*talk.Conversation) string {
	for _, room := range rooms {
		if room.Token == token {
			return room.DisplayName
		}
	}
	return ""
}

func TestCompareNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, written string
		want          closeness
	}{
		{"Deploys", "Deploys", sameName},
		{"Deploys", " deploys", sameWords},
		{"Ärzte", "ÄRZTE", sameWords},
		{"Deploys", "dep", nameBegins},
		{"Undeployed deploys", "dep", wordBegins},
		{"v1.4-deploys", "dep", wordBegins},
		{"Undeployed", "dep", nameHolds},
		{"Lunch & dinner", "lndi", lettersIn},
		{"Lunch", "hcnul", different},
		{"Deploys", "d", different},
		{"Deploys", "", different},
		{"d", "D", sameWords},
		{"\xff\xfe", "\xfe", different},
	} {
		if got := compareNames(tt.name, tt.written); got != tt.want {
			t.Errorf("%q is %d to %q, want %d", tt.written, got, tt.name, tt.want)
		}
	}
}

func FuzzCompareNames(f *testing.F) {
	f.Add("Lunch & dinner", "lndi")
	f.Add("İ", "i")
	f.Fuzz(func(t *testing.T, name, written string) {
		if got := compareNames(name, written); (got == sameName) != (name == written) || got < sameName || got > different {
			t.Errorf("%q is %d to %q", written, got, name)
		}
	})
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
