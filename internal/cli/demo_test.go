package cli

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	out := newCall().ok(t, "demo")
	for _, want := range []string{
		`1. alice creates the group conversation "Lunch"`,
		`2. alice adds bob`, "taking part: Alice (owner), Bob (user)",
		`3. bob follows the conversation, live`,
		`4. alice writes: Soup or pizza today?`, "bob gets message ",
		`6. bob looks at his unread messages`, "2 unread before, 0 after",
		`7. bob writes: Your turn to choose, @alice`, `"Your turn to choose, @Alice"`,
		`8. alice answers that message: Soup, then!`,
		`9. alice reads the history`, "Every answer was as it should be.",
	} {
		_, rest, found := strings.Cut(out, want)
		if !found {
			t.Fatalf("%q is not where it should be in\n%s", want, out)
		}
		out = rest
	}
}

func TestDemoTellsTheRealRequests(t *testing.T) {
	t.Parallel()
	out := newCall().ok(t, "demo")
	for _, want := range []string{
		`(?m)^   alice: POST /ocs/v2\.php/apps/spreed/api/v4/room → 201 Created, [0-9.]+(ms|µs|s)$`,
		`(?m)^   alice: POST /ocs/v2\.php/apps/spreed/api/v4/room/[a-z0-9]+/participants → 200 OK`,
		`(?m)^   alice: POST /ocs/v2\.php/apps/spreed/api/v1/chat/[a-z0-9]+ → 201 Created`,
		`(?m)^   bob: GET /ocs/v2\.php/apps/spreed/api/v1/chat/[a-z0-9]+\?lookIntoFuture=1&lastKnownMessageId=[0-9]+&limit=200&timeout=30 → 200 OK`,
		`(?m)^   bob: POST /ocs/v2\.php/apps/spreed/api/v1/chat/[a-z0-9]+/read → 200 OK`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no request like %s in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("a pipe gets colour")
	}
	c := newCall()
	c.app.OutTTY = true
	if out := c.ok(t, "demo"); !strings.Contains(out, "   \x1b[2malice: POST ") {
		t.Errorf("a terminal gets no dimmed requests in\n%s", out)
	}
}

// TestDemoNoticesWrongAnswers has the server seem to say something wrong: each time the demo must fail.
func TestDemoNoticesWrongAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, path string // of the answer to change
		from, to           string
		words              []string
	}{
		{"another type", "POST", "/room$", `"type":2`, `"type":3`, []string{"step 1", "its type is public, and should be group"}},
		{"somebody else", "GET", "/participants$", `"actorId":"bob"`, `"actorId":"rob"`, []string{"step 2", "bob's role"}},
		{"another text", "GET", "/chat/", `Soup or pizza`, `Soap or pizza`, []string{"step 4", "its text"}},
		{"another id", "GET", "/chat/", `"id":4`, `"id":9`, []string{"step 5", "the message that arrived is 9, and should be 4"}},
		{"unread", "GET", "/room/[a-z0-9]+$", `"unreadMessages":2`, `"unreadMessages":7`, []string{"step 6", "is 7, and should be 2"}},
		{"no mention", "GET", "/room/[a-z0-9]+$", `"unreadMentionDirect":true`, `"unreadMentionDirect":false`, []string{"step 7", "mentioned"}},
		{"no quote", "GET", "/chat/", `"parent":`, `"other":`, []string{"step 8", "quotes nothing"}},
		{"refused", "POST", "/chat/[a-z0-9]+$", `"statuscode":201`, `"statuscode":400`, []string{"step 4"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			path := regexp.MustCompile(tt.path)
			c := newCall()
			c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
				resp, err := transport.RoundTrip(req)
				if err != nil || req.Method != tt.method || !path.MatchString(req.URL.Path) {
					return resp, err
				}
				data, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				data = bytes.ReplaceAll(data, []byte(tt.from), []byte(tt.to))
				resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
				resp.Header.Del("Content-Length")
				return resp, err
			})
			r := c.run(t, "demo")
			if r.code != exitFailed {
				t.Errorf("exit code %d, want %d\n%s", r.code, exitFailed, r.out)
			}
			for _, word := range tt.words {
				if !strings.Contains(r.err, word) {
					t.Errorf("the error lacks %q: %s", word, r.err)
				}
			}
		})
	}
}

func TestDemoKeep(t *testing.T) {
	t.Parallel()
	run := newCall().start(t, "demo", "--keep")
	account := regexp.MustCompile(`^  export CONFAB_URL=(\S+) CONFAB_USER=alice CONFAB_PASSWORD=(\S+)$`)
	for {
		found := account.FindStringSubmatch(run.line(t))
		if found == nil {
			continue
		}
		run.line(t)
		run.line(t) // the last one
		c := newCall().set(envURL, found[1]).set(envUser, "alice").set(envPassword, found[2])
		if out := c.ok(t, "read", "Lunch"); !strings.HasSuffix(out, "\tSoup, then!\n") {
			t.Errorf("the conversation is %q", out)
		}
		run.interrupt(t)
		return
	}
}
