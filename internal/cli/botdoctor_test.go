package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk/bot"
)

// clinic is a stage with a conversation and a bot that listens, whose deliveries a test may answer otherwise.
type clinic struct {
	*stage

	token, hook string
	answer      http.HandlerFunc // in place of the bot, unless nil
	events      chan string      // what the bot's handlers are told of real conversations
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{stage: newStage(t), events: make(chan string, 10)}
	c.token = c.room("Deploys").Token
	b, err := bot.New(bot.WithServer(bot.Server{URL: c.url, Secret: botSecret}))
	if err != nil {
		t.Fatal(err)
	}
	b.Default(func(_ context.Context, h *bot.Context) error {
		if h.Type != bot.EventSystem && h.Type != bot.EventJoined {
			c.events <- string(h.Type)
		}
		return nil
	})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.answer != nil {
			c.answer(w, r)
			return
		}
		b.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	c.hook = web.URL
	return c
}

func (c *clinic) install(b server.Bot) int64 {
	c.t.Helper()
	if b.Name == "" {
		b.Name = "Deployer"
	}
	if b.Secret == "" {
		b.Secret = botSecret
	}
	if b.URL == "" {
		b.URL = c.hook
	}
	id, err := c.srv.EnsureBot(c.t.Context(), b)
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

// examine gives what the doctor finds, by check.
func (c *clinic) examine(user string, change func(*call), args ...string) (map[string]finding, result) {
	c.t.Helper()
	command := c.as(user).set(envBotSecret, botSecret)
	command.app.Transport = dated(serverTime.Add(5 * time.Minute)) // as the command's own clock shows
	if change != nil {
		change(command)
	}
	r := command.run(c.t, append([]string{"bot", "doctor", "--json"}, args...)...)
	var list []finding
	if err := json.Unmarshal([]byte(r.out), &list); err != nil {
		c.t.Fatalf("%v: %+v", err, r)
	}
	found := map[string]finding{}
	for _, f := range list {
		found[f.Check] = f
	}
	if strings.Contains(r.out+r.err, botSecret) {
		c.t.Errorf("the secret is told: %+v", r)
	}
	return found, r
}

func TestBotDoctorFindsAHealthyBot(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	id := c.install(server.Bot{Features: server.BotWebhook | server.BotResponse | server.BotReaction})
	c.enable("admin", id)
	before := c.sdkMessages()
	for _, name := range []string{"Deployer", fmt.Sprint(id), c.hook} {
		found, r := c.examine("admin", nil, name, c.token)
		if r.code != exitOK || len(found) != 9 {
			t.Errorf("%s: exit code %d, %+v", name, r.code, found)
		}
		for check, f := range found {
			if f.State != "ok" || f.Next != "" {
				t.Errorf("%s: %s: %+v", name, check, f)
			}
		}
	}
	if after := c.sdkMessages(); after != before || len(c.events) > 0 {
		t.Errorf("%d messages, were %d; %d events", after, before, len(c.events))
	}
	admin := c.as("admin").tty(100).set(envBotSecret, botSecret)
	admin.app.Transport = dated(serverTime.Add(5 * time.Minute))
	if out := admin.ok(t, "bot", "doctor", "Deployer"); strings.Count(out, "✓") != 7 || !strings.Contains(out, "✓ delivery     it takes one that is signed with the secret") {
		t.Errorf("a person reads %s", out)
	}
}

// enable lets a bot into the conversation, with the administrator as a moderator of it.
func (c *clinic) enable(moderator string, id int64) {
	c.t.Helper()
	alice := c.sdk("alice")
	if _, err := alice.Bots.Enable(c.t.Context(), c.token, id); err != nil {
		c.t.Fatal(err)
	}
	c.promote(moderator)
	if err := c.srv.AwaitBots(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clinic) promote(user string) {
	c.t.Helper()
	c.as("alice").ok(c.t, "participant", "add", c.token, user)
	c.as("alice").ok(c.t, "participant", "promote", c.token, user)
}

// sdkMessages counts the conversation's messages.
func (c *clinic) sdkMessages() (n int) {
	c.t.Helper()
	for _, err := range c.sdk("alice").Chat.History(c.t.Context(), c.token, nil) {
		if err != nil {
			c.t.Fatal(err)
		}
		n++
	}
	return n
}

func TestBotDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	other := "another-secret-of-forty-bytes-0123456789012"
	for name, tt := range map[string]struct {
		bot     *server.Bot // installed; nil is none
		enabled bool
		answer  http.HandlerFunc
		user    string
		change  func(*call)
		args    func(c *clinic) []string
		check   string
		state   string
		words   []string
		code    int
	}{
		"not installed":        {check: "installed", state: "failed", words: []string{"has no bot", "install-command"}, code: exitNotFound},
		"switched off":         {bot: &server.Bot{State: server.BotDisabled}, check: "installed", state: "failed", words: []string{"switched off", "talk:bot:state 1 1"}, code: exitFailed},
		"told nothing":         {bot: &server.Bot{Features: server.BotResponse}, check: "features", state: "failed", words: []string{"not webhook", "--feature webhook"}, code: exitFailed},
		"may not answer":       {bot: &server.Bot{Features: server.BotWebhook}, check: "features", state: "failed", words: []string{"not response"}, code: exitFailed},
		"an app":               {bot: &server.Bot{Features: server.BotEvent}, check: "features", state: "failed", words: []string{"event", "sends it nothing"}, code: exitFailed},
		"not enabled":          {bot: &server.Bot{}, check: "enabled", state: "failed", words: []string{"not enabled in Deploys", "confab bot enable "}, code: exitFailed},
		"the administrator's":  {bot: &server.Bot{State: server.BotNoSetup}, check: "enabled", state: "failed", words: []string{"not in Deploys", "talk:bot:setup 1 "}, code: exitFailed},
		"another secret there": {bot: &server.Bot{Secret: other}, enabled: true, check: "secret", state: "failed", words: []string{"does not take", "install it anew"}, code: exitFailed},
		"another secret here":  {bot: &server.Bot{}, change: func(c *call) { c.set(envBotSecret, other) }, check: "delivery", state: "failed", words: []string{"401", "the secret that the bot has"}, code: exitFailed},
		"no secret":            {bot: &server.Bot{}, enabled: true, change: func(c *call) { c.set(envBotSecret, "") }, check: "delivery", state: "warning", words: []string{"without the secret", envBotSecret}},
		"another server":       {bot: &server.Bot{}, args: func(*clinic) []string { return []string{"--backend", "http://localhost"} }, check: "delivery", state: "failed", words: []string{"403", "--backend"}, code: exitFailed},
		"nobody listens":       {bot: &server.Bot{URL: "http://127.0.0.1:1/"}, check: "address", state: "failed", words: []string{"does not answer", "does the bot run"}, code: exitFailed},
		"takes everything":     {bot: &server.Bot{}, answer: func(http.ResponseWriter, *http.Request) {}, check: "forgery", state: "failed", words: []string{"200 OK", "verify the signature"}, code: exitFailed},
		"fails":                {bot: &server.Bot{}, answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, check: "delivery", state: "failed", words: []string{"500", "wants 200"}, code: exitFailed},
		"somewhere else":       {bot: &server.Bot{}, answer: http.NotFound, check: "delivery", state: "failed", words: []string{"404", "this path"}, code: exitFailed},
		"redirects":            {bot: &server.Bot{}, answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, check: "forgery", state: "failed", words: []string{"302", "not 401"}, code: exitFailed},
		"no administrator":     {bot: &server.Bot{}, enabled: true, user: "alice", args: func(c *clinic) []string { return []string{c.hook} }, check: "installed", state: "warning", words: []string{"only an administrator"}},
		"no moderator": {bot: &server.Bot{}, enabled: true, user: "bob", args: func(c *clinic) []string {
			c.as("alice").ok(c.t, "participant", "add", c.token, "bob")
			return []string{c.hook, c.token}
		}, check: "enabled", state: "warning", words: []string{"only moderators"}},
		"no conversation":           {bot: &server.Bot{}, args: func(*clinic) []string { return []string{"1", "nowhere"} }, check: "enabled", state: "failed", words: []string{"nowhere"}, code: exitNotFound},
		"no account":                {bot: &server.Bot{}, enabled: true, change: func(c *call) { delete(c.env, envPassword) }, args: func(c *clinic) []string { return []string{c.hook, "--backend", c.url} }, check: "account", state: "warning", words: []string{"left out", "auth login"}},
		"clocks":                    {bot: &server.Bot{}, enabled: true, change: func(c *call) { c.app.Transport = dated(serverTime) }, check: "clock", state: "warning", words: []string{"the bot is 5m0s behind"}},
		"clocks, the other way":     {bot: &server.Bot{}, enabled: true, change: func(c *call) { c.app.Transport = dated(serverTime.Add(time.Hour)) }, check: "clock", state: "warning", words: []string{"the bot is 55m0s ahead"}},
		"moderator without details": {bot: &server.Bot{}, enabled: true, user: "alice", args: func(c *clinic) []string { return []string{c.hook, c.token} }, check: "secret", state: "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t)
			if tt.bot != nil {
				id := c.install(*tt.bot)
				if tt.enabled {
					c.enable("admin", id)
				} else {
					c.promote("admin")
				}
			}
			c.answer = tt.answer
			user, args := "admin", []string{c.hook, c.token}
			if tt.bot != nil {
				args[0] = "Deployer"
			}
			if tt.user != "" {
				user = tt.user
			}
			if tt.args != nil {
				if more := tt.args(c); strings.HasPrefix(more[0], "--") {
					args = append(args, more...)
				} else {
					args = more
				}
			}
			found, r := c.examine(user, tt.change, args...)
			got := found[tt.check]
			if got.State != tt.state {
				t.Errorf("%s: %+v", tt.check, found)
			}
			for _, word := range tt.words {
				if !strings.Contains(got.Detail+" "+got.Next, word) {
					t.Errorf("%s lacks %q: %+v", tt.check, word, got)
				}
			}
			if r.code != tt.code {
				t.Errorf("exit code %d, want %d: %+v", r.code, tt.code, found)
			}
		})
	}
}

func TestBotDoctorCountsFailures(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
	id := c.install(server.Bot{})
	c.enable("admin", id)
	c.answer = nil
	found, r := c.examine("admin", nil, "Deployer", c.token)
	if f := found["failures"]; r.code != exitOK || f.State != "warning" || !strings.Contains(f.Detail, "have failed; the last one on 2026-03-01 12:00:00: UnexpectedStatusCode: 418") {
		t.Errorf("exit code %d, %+v", r.code, f)
	}
}

func TestBotDoctorRefuses(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.as("alice").fails(t, exitUsage, []string{"BOT is missing"}, "bot", "doctor")
	c.as("alice").fails(t, exitUsage, []string{"is not a URL"}, "bot", "doctor", "ftp://127.0.0.1")
	c.as("alice").set(envBotSecret, "short").fails(t, exitUsage, []string{envBotSecret}, "bot", "doctor", c.hook)
}

func TestBotInstallCommand(t *testing.T) {
	t.Parallel()
	const url = "https://bots.example.com/deployer"
	line := func(c *call, args ...string) string {
		t.Helper()
		return c.ok(t, append([]string{"bot", "install-command", "--name", "Deployer", "--url", url}, args...)...)
	}
	same(t, line(newCall().set(envBotSecret, botSecret)), "occ talk:bot:install --feature webhook --feature response -- Deployer "+botSecret+" "+url+"\n")
	same(t, line(newCall().stdin(botSecret+"\n"), "--secret-file", "-", "--features", "reaction,response", "--description", "Bob's $HOME", "--no-setup"),
		"occ talk:bot:install --no-setup --feature response --feature reaction -- Deployer "+botSecret+" "+url+` 'Bob'\''s $HOME'`+"\n")
	var made, again occLine
	for _, to := range []*occLine{&made, &again} {
		if err := json.Unmarshal([]byte(line(newCall(), "--json")), to); err != nil {
			t.Fatal(err)
		}
	}
	if len(made.Secret) < minBotSecret || made.Secret == again.Secret || !strings.Contains(made.Command, " "+made.Secret+" ") || !strings.Contains(made.Note, "history") {
		t.Errorf("made up: %+v", made)
	}
	if r := newCall().tty(80).run(t, "bot", "install-command", "--name", "x", "--url", url); !strings.Contains(r.err, "HISTCONTROL") {
		t.Errorf("a person is told %q", r.err)
	}
	for word, args := range map[string][]string{
		"--name":          {"--url", url},
		"--url":           {"--name", "x"},
		"http://":         {"--name", "x", "--url", "bots.example.com"},
		"--features":      {"--name", "x", "--url", url, "--features", "fly"},
		"1 to 64":         {"--name", strings.Repeat("x", 65), "--url", url},
		"line break":      {"--name", "x\ny", "--url", url},
		"no such file":    {"--name", "x", "--url", url, "--secret-file", "/none"},
		"one argument to": {"--name", "x", "--url", url, "more"},
	} {
		code := exitUsage
		if word == "no such file" {
			code = exitFailed
		}
		newCall().fails(t, code, []string{word}, append([]string{"bot", "install-command"}, args...)...)
	}
}
