package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/playback"
)

// playing begins a command of a user on a server that plays a recorded story, of a Talk that the server of a stage is too
// old for.
func playing(s *playback.Server, user string) *call {
	return at(s.URL, user)
}

func at(url, user string) *call {
	c := newCall()
	c.env[envURL], c.env[envUser], c.env[envPassword] = url, user, password
	return c
}

// newerServer answers as a test wants, and about its capabilities as a real Talk 25 does, but for pairs of old and new
// settings.
func newerServer(t *testing.T, handler http.HandlerFunc, settings ...string) *httptest.Server {
	t.Helper()
	plays := playback.New(t, "talk-25-alpha/presets")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
			answer := httptest.NewRecorder()
			plays.Config.Handler.ServeHTTP(answer, r)
			_, _ = strings.NewReplacer(settings...).WriteString(w, strings.ReplaceAll(answer.Body.String(), `": `, `":`))
			return
		}
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/room/"+plays.Vars["room"]) {
			plays.Config.Handler.ServeHTTP(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(web.Close)
	return web
}

// newerRoom is the conversation of a newer server; it is called Rights.
const newerRoom = "2py2pwee"

// TestNewerCommandsOnAnOlderServer: each says which feature is lacking.
func TestNewerCommandsOnAnOlderServer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	for _, tt := range []struct {
		feature string
		args    []string
	}{
		{"threads", []string{"thread", "list", "Deploys"}},
		{"threads", []string{"thread", "list"}},
		{"threads", []string{"thread", "create", "Deploys", "Plans", "x"}},
		{"threads", []string{"thread", "view", "Deploys", "7"}},
		{"threads", []string{"thread", "rename", "Deploys", "7", "x"}},
		{"threads", []string{"thread", "notify", "Deploys", "7", "never"}},
		{"threads", []string{"send", "Deploys", "x", "--thread", "7"}},
		{"private-reply", []string{"send", "@bob", "x", "--reply-to", "7", "--reply-in", "Deploys"}},
		{"threads", []string{"read", "Deploys", "--thread", "7"}},
		{"threads", []string{"follow", "Deploys", "--thread", "7"}},
		{"threads", []string{"poll", "create", "Deploys", "When?", "now", "later", "--thread", "7"}},
		{"scheduled-messages", []string{"schedule", "list", "Deploys"}},
		{"scheduled-messages", []string{"schedule", "create", "Deploys", "x", "--in", "1h"}},
		{"scheduled-messages", []string{"schedule", "edit", "Deploys", "7", "x"}},
		{"scheduled-messages", []string{"schedule", "delete", "Deploys", "7"}},
		{"pinned-messages", []string{"message", "pin", "Deploys", "7"}},
		{"pinned-messages", []string{"message", "unpin", "Deploys", "7"}},
		{"pinned-messages", []string{"message", "unpin", "Deploys", "7", "--for-me"}},
		{"pinned-messages", []string{"message", "pinned", "Deploys"}},
		{"conversation-tags", []string{"tag", "list"}},
		{"conversation-tags", []string{"tag", "create", "Work"}},
		{"conversation-tags", []string{"tag", "set", "Deploys", "--none"}},
		{"conversation-tags", []string{"tag", "delete", "Work"}},
		{"conversation-presets", []string{"preset", "list"}},
		{"conversation-presets", []string{"conversation", "create", "x", "--preset", "webinar"}},
		{"preserve-conversation", []string{"conversation", "edit", "Deploys", "--preserved"}},
		{"promote-demote-owner", []string{"participant", "promote", "Deploys", "bob", "--to", "owner"}},
		{"promote-demote-owner", []string{"participant", "demote", "Deploys", "bob", "--to", "user"}},
		{"Talk 24", []string{"poll", "export", "Deploys", "7"}},
		{"live-transcription", []string{"transcription", "start", "Deploys"}},
		{"live-transcription", []string{"transcription", "languages"}},
	} {
		s.as("alice").fails(t, exitFailed, []string{`does not support "` + tt.feature + `"`, "too old"}, tt.args...)
	}
}

// read gives what was sent.
func read(t *testing.T, r *http.Request) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

// TestNewerIsDocumented: each command and flag that docs/newer.md names is there.
func TestNewerIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/newer.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("`confab ([a-z -]+)`").FindAllStringSubmatch(string(text), -1)
	for _, m := range found {
		help := newCall().ok(t, append(strings.Fields(regexp.MustCompile(` ?--.*`).ReplaceAllString(m[1], "")), "--help")...)
		_, flag, has := strings.Cut(m[1], "--")
		if has && !strings.Contains(help, "--"+flag+" ") {
			t.Errorf("confab %s: no flag --%s", m[1], flag)
		}
	}
	if len(found) < 12 {
		t.Errorf("%d commands are named", len(found))
	}
}
