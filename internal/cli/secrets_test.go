package cli

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/confab-go/confab/internal/server"
)

// spellings are the forms in which a secret of a user could be printed.
func spellings(user, secret string) []string {
	pair := user + ":" + secret
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret))}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding} {
		forms = append(forms, encoding.EncodeToString([]byte(secret)), encoding.EncodeToString([]byte(pair)))
	}
	return forms
}

// TestDebugTellsNoSecret runs commands that have to do with secrets with --debug, those that fail included, and looks for the
// secrets in all that is printed.
func TestDebugTellsNoSecret(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := newHome(s)
	const roomPassword, userPassword, secret = "open sesame/42?", "Dora-Passw0rd", "0123456789 of a bot, which nobody shall see"
	if err := s.srv.EnsureUser(t.Context(), server.User{ID: "dora", DisplayName: "Dora", Password: userPassword}); err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	requests := 0
	run := func(code int, c *call, args ...string) string {
		t.Helper()
		r := c.run(t, append(args, "--debug")...)
		if r.code != code {
			t.Errorf("confab %q: exit code %d, want %d: %s", args, r.code, code, r.err)
		}
		requests += strings.Count(r.err, "level=DEBUG")
		told.WriteString(r.err)
		if args[0] != "auth" || args[1] != "token" { // which is there to print it
			told.WriteString(r.out)
		}
		return strings.TrimSpace(r.out)
	}
	login := h.call()
	login.app.Browse = grant("dora", userPassword)
	run(exitOK, login, "auth", "login", s.url)
	app := run(exitOK, h.call(), "auth", "token")
	run(exitOK, h.call(), "auth", "status")
	room := run(exitOK, h.call().stdin(roomPassword), "conversation", "create", "Open", "--type", "public", "--password-stdin")
	run(exitOK, h.call(), "send", "Open", "Hello", "--idempotency-key", "k")
	run(exitOK, h.call(), "send", room, "Hello")
	run(exitOK, h.call(), "send", room, "file", "--file", "secrets_test.go")
	run(exitOK, s.as("bob").stdin(roomPassword), "conversation", "join", room, "--password-stdin")
	run(exitFailed, s.as("carol").stdin("not "+roomPassword), "conversation", "join", room, "--password-stdin")
	run(exitOK, h.call(), "api", "GET", "room/"+room, "--include")
	run(exitOK, h.call(), "read", "Open")
	run(exitOK, h.call(), "doctor")
	run(exitUnauthorized, s.as("bob").set(envPassword, "wrong "+userPassword), "conversation", "list")
	run(exitFailed, s.as("bob").set(envURL, "http://bob:"+url.PathEscape(userPassword)+"@127.0.0.1:1"), "conversation", "list")
	run(exitFailed, s.as("bob").set(envBotSecret, secret), "bot", "doctor", "http://127.0.0.1:1")
	run(exitOK, h.call(), "auth", "logout")
	if requests < 20 {
		t.Errorf("--debug tells of %d requests", requests)
	}
	for user, secret := range map[string]string{"dora": app, "bob": s.passwords["bob"], "carol": s.passwords["carol"], "": roomPassword, "Dora": userPassword, "bot": secret} {
		for _, form := range spellings(user, secret) {
			if before, _, found := strings.Cut(told.String(), form); found {
				t.Errorf("the secret of %q is told after %q", user, before[max(0, len(before)-200):])
			}
		}
	}
	if found := regexp.MustCompile(`(?i)authorization|basic [a-z0-9+/]{8}|requesttoken`).FindString(told.String()); found != "" {
		t.Errorf("it tells %q", found)
	}
}

// TestNoSecretInACommandLine: where others on the machine, and the shell's history, would have it. No flag takes one, but for
// those of a server for tests, which say what that means and what to use instead.
func TestNoSecretInACommandLine(t *testing.T) {
	t.Parallel()
	root := newRoot(newFactory(App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}))
	for cmd := range leaves(root) {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			names := regexp.MustCompile(`(?i)password|secret`).MatchString(flag.Name) || regexp.MustCompile("`[^`]*(PASSWORD|SECRET)[^`]*`").MatchString(flag.Usage)
			switch {
			case !names, flag.Value.Type() == "bool", strings.HasSuffix(flag.Name, "-file"):
			case cmd.Name() == "serve" && strings.Contains(cmd.Long, "Others on this machine can see the passwords and secrets in a command line. --users-file"):
			default:
				t.Errorf("%s --%s takes a secret: %s", cmd.CommandPath(), flag.Name, flag.Usage)
			}
		})
	}
	for _, args := range [][]string{
		{"auth", "login", "https://cloud.example.com", "--password", "hunter2"},
		{"auth", "login", "https://cloud.example.com", "--with-app-password=hunter2", "--user", "x"},
		{"conversation", "create", "x", "--password", "hunter2"},
		{"conversation", "join", "abcd1234", "--password=hunter2"},
		{"bot", "install-command", "--name", "x", "--url", "http://x", "--secret", "hunter2"},
		{"conversation", "list", "--password", "hunter2"},
	} {
		r := newCall().run(t, args...)
		if r.code != exitUsage || strings.Contains(r.out+r.err, "hunter2") {
			t.Errorf("confab %q: %+v", args, r)
		}
	}
	// Who tries is told where it goes instead.
	newCall().fails(t, exitUsage, []string{"no password", "--with-app-password", "standard input"}, "auth", "login", "https://cloud.example.com", "--password", "x")
	newCall().fails(t, exitUsage, []string{"no password", "--password-stdin"}, "conversation", "create", "x", "--password", "y")
	newCall().fails(t, exitUsage, []string{"no password", envPassword}, "send", "x", "y", "--password", "z")
	newCall().fails(t, exitUsage, []string{"no secret", "--secret-file"}, "bot", "doctor", "http://127.0.0.1:1", "--secret", "z")
}
