package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

const botSecret = "a-secret-of-forty-bytes-or-more-0123456789"

// hook is where a bot listens that is made later, when its server has an address.
type hook struct {
	url string
	bot atomic.Pointer[bot.Bot]
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.bot.Load().ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	h.url = web.URL
	return h
}

// echo makes the hook's bot, which says what it is told to.
func (h *hook) echo(t *testing.T, server, secret string) {
	t.Helper()
	b, err := bot.New(bot.WithServer(bot.Server{URL: server, Secret: bot.Secret(secret)}))
	if err != nil {
		t.Fatal(err)
	}
	b.Command("/echo {text...}", func(ctx context.Context, c *bot.Context) error { return c.Reply(ctx, c.Arg("text")) })
	h.bot.Store(b)
}

// hears lets a bot into a conversation of alice, and gives what it answers there.
func hears(t *testing.T, s served, name, say string) string {
	t.Helper()
	alice := func() *call { return login(s, "alice", "wonderland") }
	token := strings.TrimSpace(alice().ok(t, "conversation", "create", "With "+name))
	alice().ok(t, "bot", "enable", token, name)
	client, err := talk.NewClient(s.URL, talk.WithAppPassword("alice", "wonderland"))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := client.Chat.Send(t.Context(), token, say, nil)
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range client.Chat.Follow(t.Context(), token, &talk.FollowOptions{After: sent.ID}) {
		if err != nil {
			t.Fatal(err)
		}
		if m.ActorType == talk.ActorBot {
			return m.ActorDisplayName + ": " + m.Text()
		}
	}
	return ""
}

func TestServeBots(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bots.txt")
	given, madeUp := newHook(t), newHook(t)
	if err := os.WriteFile(file, []byte("# bots\nFiled:"+botSecret+":"+given.url+"/hook:webhook,response,reaction\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "talk")
	args := []string{"--data", data, "--user", "alice:wonderland", "--bots-file", file, "--bot", "Made::" + madeUp.url}
	s, run := serving(t, newCall(), args...)
	if len(s.Bots) != 2 || len(s.Bots[1].Secret) < minBotSecret {
		t.Fatalf("announced %+v", s.Bots)
	}
	secret := s.Bots[1].Secret
	want := []servedBot{
		{1, "Filed", given.url + "/hook", []string{"webhook", "response", "reaction"}, ""},
		{2, "Made", madeUp.url, []string{"webhook", "response"}, secret},
	}
	if diff := cmp.Diff(want, s.Bots); diff != "" {
		t.Errorf("announced: %s", diff)
	}
	given.echo(t, s.URL, botSecret)
	madeUp.echo(t, s.URL, secret)
	same(t, hears(t, s, "Filed", "/echo one"), "Filed (Bot): one")
	same(t, hears(t, s, "Made", "/echo two"), "Made (Bot): two")
	run.interrupt(t)

	// The second time the bot without a secret keeps the one that it has.
	s, run = serving(t, newCall(), args...)
	if len(s.Bots) != 2 || s.Bots[1].Secret != "" || s.Bots[1].ID != 2 {
		t.Fatalf("announced %+v the second time", s.Bots)
	}
	madeUp.echo(t, s.URL, secret)
	same(t, hears(t, s, "Made", "/echo three"), "Made (Bot): three")
	newCall().fails(t, exitFailed, []string{"in use", "stop the server"}, "server", "bot", "list", "--data", data)
	run.interrupt(t)
	same(t, newCall().ok(t, "server", "bot", "list", "--data", data, "--jq", ".[].name"), "Filed\nMade\n")
}

func TestServeBotForms(t *testing.T) {
	t.Parallel()
	run := newCall().start(t, "serve", "--addr", "127.0.0.1:0", "--admin", "root:toor", "--bot", "Made::http://127.0.0.1:1/x:response")
	lines := []string{run.line(t), run.line(t), run.line(t), run.line(t)}
	same(t, lines[2], "bot\tMade\thttp://127.0.0.1:1/x\tresponse")
	if !strings.HasPrefix(lines[3], "secret\tMade\t") {
		t.Errorf("the secret is told as %q", lines[3])
	}
	run.interrupt(t)

	run = newCall().tty(80).start(t, "serve", "--addr", "127.0.0.1:0", "--admin", "root:toor", "--bot", "Made::http://127.0.0.1:1/x")
	for range 5 {
		run.line(t)
	}
	same(t, run.line(t), "Bot Made is told what happens at http://127.0.0.1:1/x")
	if line := run.line(t); !strings.HasPrefix(line, "The secret of Made was made up now: ") {
		t.Errorf("the secret is told as %q", line)
	}
	run.interrupt(t)
}

func TestServeRefusesBots(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "talk")
	for _, tt := range []struct {
		bot   string
		words []string
	}{
		{"Echo", []string{"two colons"}},
		{"Echo:" + botSecret, []string{"two colons"}},
		{"Echo:http://127.0.0.1:1", []string{"secret", "missing", "name::url"}},
		{":" + botSecret + ":http://127.0.0.1:1", []string{"name", "1 to 64"}},
		{" Echo:" + botSecret + ":http://127.0.0.1:1", []string{"white space"}},
		{"Echo:tooshorttokeep:http://127.0.0.1:1", []string{"secret", "40 to 128"}},
		{"Echo::ftp://127.0.0.1", []string{"URL", "http://"}},
		{"Echo::http://127.0.0.1:1:fly", []string{`no feature "fly"`, "webhook"}},
		{"Echo::http://127.0.0.1:1:webhook,", []string{`no feature ""`}},
	} {
		newCall().fails(t, exitUsage, append(tt.words, "--bot: "), "serve", "--data", data, "--bot", tt.bot)
	}
	newCall().fails(t, exitUsage, []string{"two bots", "http://127.0.0.1:1"}, "serve", "--data", data, "--bot", "A::http://127.0.0.1:1", "--bot", "B::http://127.0.0.1:1:response")
	r := newCall().run(t, "serve", "--bot", "Echo:tooshorttokeep:http://127.0.0.1:1")
	if strings.Contains(r.err, "tooshorttokeep") {
		t.Errorf("the secret is shown: %s", r.err)
	}
	file := filepath.Join(t.TempDir(), "bots.txt")
	newCall().fails(t, exitFailed, []string{"--bots-file", "no such file"}, "serve", "--bots-file", file)
	if err := os.WriteFile(file, []byte("\n# x\nEcho:http://127.0.0.1\n"), 0o644); err != nil { //nolint:gosec // that is what it warns of
		t.Fatal(err)
	}
	r = newCall().run(t, "serve", "--bots-file", file)
	if r.code != exitFailed || !strings.Contains(r.err, "bots.txt:3: ") || !strings.Contains(r.err, "warning: "+file+" holds secrets") {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the directory is there: %v", err)
	}
}

func TestServeWelcome(t *testing.T) {
	t.Parallel()
	s, run := serving(t, newCall(), "--welcome", "--user", "alice:wonderland")
	if out := login(s, "alice", "wonderland").ok(t, "conversation", "list", "--jq", ".[].displayName"); strings.Count(out, "\n") < 2 {
		t.Errorf("alice finds %q", out)
	}
	run.interrupt(t)
}

func TestServerBots(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "talk")
	newCall().fails(t, exitFailed, []string{"no server's data"}, "server", "bot", "list", "--data", data)
	for _, tt := range []struct {
		words, args []string
	}{
		{[]string{"--data"}, []string{"install", "Echo", "http://127.0.0.1:1"}},
		{[]string{"--data"}, []string{"list"}},
		{[]string{"URL is missing"}, []string{"install", "Echo", "--data", data}},
		{[]string{"URL", "http://"}, []string{"install", "Echo", "ftp://x", "--data", data}},
		{[]string{"state", "asleep"}, []string{"install", "Echo", "http://127.0.0.1:1", "--data", data, "--state", "asleep"}},
		{[]string{"--features", "fly"}, []string{"install", "Echo", "http://127.0.0.1:1", "--data", data, "--features", "fly"}},
		{[]string{"--secret-file", "40 to 128"}, []string{"install", "Echo", "http://127.0.0.1:1", "--data", data, "--secret-file", "-"}},
	} {
		newCall().fails(t, exitUsage, tt.words, append([]string{"server", "bot"}, tt.args...)...)
	}
	newCall().set(envBotSecret, "short").fails(t, exitUsage, []string{envBotSecret, "40 to 128"}, "server", "bot", "install", "Echo", "http://127.0.0.1:1", "--data", data)
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the directory is there: %v", err)
	}

	install := func(c *call, args ...string) string {
		t.Helper()
		return c.ok(t, append([]string{"server", "bot", "install", "--data", data}, args...)...)
	}
	id, secret, ok := strings.Cut(strings.TrimSpace(install(newCall(), "Made", "http://127.0.0.1:1/made")), "\t")
	if !ok || id != "1" || len(secret) < minBotSecret {
		t.Errorf("installed as %q with %q", id, secret)
	}
	same(t, install(newCall().stdin(botSecret+"\r\nmore"), "Piped", "http://127.0.0.1:1/piped", "--secret-file", "-"), "2\n")
	file := filepath.Join(dir, "secret")
	if err := os.WriteFile(file, []byte(botSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	same(t, install(newCall(), "Filed", "http://127.0.0.1:1/filed", "--secret-file", file, "--features", "response", "--description", "Is filed"), "3\n")
	var made ownBot
	if err := json.Unmarshal([]byte(install(newCall().set(envBotSecret, botSecret), "Env", "http://127.0.0.1:1/env", "--state", "no-setup", "--json")), &made); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ownBot{ID: 4, Name: "Env", URL: "http://127.0.0.1:1/env", State: "no-setup", Features: []string{"webhook", "response"}}, made); diff != "" {
		t.Error(diff)
	}
	if out := install(newCall().tty(100), "Seen", "http://127.0.0.1:1/seen"); !strings.HasPrefix(out, "✓ Installed Seen as bot 5\n  Its secret was made up now, and is not told again: ") {
		t.Errorf("a person reads %q", out)
	}
	newCall().fails(t, exitFailed, []string{"installed already", `"Made"`}, "server", "bot", "install", "--data", data, "Again", "http://127.0.0.1:1/made")

	list := func() string {
		t.Helper()
		return newCall().ok(t, "server", "bot", "list", "--data", data)
	}
	want := "1\tMade\tenabled\twebhook|response\thttp://127.0.0.1:1/made\t0\t\n2\tPiped\tenabled\twebhook|response\thttp://127.0.0.1:1/piped\t0\t\n" +
		"3\tFiled\tenabled\tresponse\thttp://127.0.0.1:1/filed\t0\t\n4\tEnv\tno-setup\twebhook|response\thttp://127.0.0.1:1/env\t0\t\n" +
		"5\tSeen\tenabled\twebhook|response\thttp://127.0.0.1:1/seen\t0\t\n"
	same(t, list(), want)
	if out := newCall().ok(t, "server", "bot", "list", "--data", data, "--json"); strings.Contains(out, secret) || strings.Contains(out, botSecret) {
		t.Errorf("the list tells a secret: %s", out)
	}
	newCall().fails(t, exitNotFound, []string{`no bot "Nobody"`}, "server", "bot", "remove", "--data", data, "Nobody")
	for _, name := range []string{"1", "Piped", "http://127.0.0.1:1/filed", "Seen"} {
		newCall().ok(t, "server", "bot", "remove", "--data", data, name)
	}
	same(t, list(), "4\tEnv\tno-setup\twebhook|response\thttp://127.0.0.1:1/env\t0\t\n")
}

func FuzzParseBot(f *testing.F) {
	f.Add("Echo:" + botSecret + ":http://127.0.0.1:8081/hook:webhook,response")
	f.Add("Echo::https://[::1]:8081")
	f.Add("a:b:c:d:e")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := parseBot(text)
		if err != nil {
			return
		}
		if b.Secret == "" {
			b.Secret = botSecret
		}
		if err := b.Check(); err != nil {
			t.Errorf("%q gives what cannot be installed: %v", text, err)
		}
		if !strings.HasPrefix(text, b.Name+":") || !strings.Contains(text, b.URL) || b.Features&^(server.BotWebhook|server.BotResponse|server.BotEvent|server.BotReaction) != 0 {
			t.Errorf("%q gives %+v", text, b)
		}
	})
}
