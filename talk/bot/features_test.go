package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// newerCloud is a server of a newer Talk, as far as bots see it.
type newerCloud struct {
	t      *testing.T
	spreed string // what it can do
	asked  int    // for that
	sent   []string
	data   string
}

func (s *newerCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, data := http.StatusOK, s.data
	if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
		s.asked++
		data = `{"capabilities":{"spreed":` + s.spreed + `}}`
	} else {
		body, err := io.ReadAll(r.Body)
		var sent map[string]any
		if err == nil {
			err = json.Unmarshal(body, &sent)
		}
		if err != nil {
			s.t.Error(err)
		}
		signed, _ := sent["message"].(string)
		if token, ok := sent["token"].(string); ok {
			signed = token
		}
		if r.Header.Get("X-Nextcloud-Talk-Bot-Signature") != bot.Sign(secret, r.Header.Get("X-Nextcloud-Talk-Bot-Random"), signed) {
			status, data = http.StatusUnauthorized, "null"
		}
		delete(sent, "referenceId")
		if message, ok := sent["message"].(string); ok && len(message) > 20 {
			sent["message"] = message[:1] + "…"
		}
		s.sent = append(s.sent, fmt.Sprint(r.Method, " ", r.URL.Path[strings.LastIndex(r.URL.Path, "/bot/"):], " ", sent))
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":%d},"data":%s}}`, status, data)
}

func (s *newerCloud) client(secret bot.Secret) *bot.Client {
	s.t.Helper()
	srv := httptest.NewServer(s)
	s.t.Cleanup(srv.Close)
	c, err := bot.NewClient(bot.Server{URL: srv.URL, Secret: secret})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

const newest = `{"version":"25.0.0","features":["threads","bot-features-api"]}`

func TestFeatures(t *testing.T) {
	t.Parallel()
	s := &newerCloud{t: t, spreed: newest, data: `{"features":11}`}
	c := s.client(secret)
	for range 2 {
		features, err := c.Features(t.Context(), token)
		if err != nil || features != talk.BotWebhook|talk.BotResponse|talk.BotReaction {
			t.Errorf("%v, %v", features, err)
		}
	}
	if diff := cmp.Diff([]string{"POST /bot/ask-features map[token:" + token + "]", "POST /bot/ask-features map[token:" + token + "]"}, s.sent); diff != "" {
		t.Errorf("-want +sent:\n%s", diff)
	}
	if s.asked != 1 {
		t.Errorf("what the server can do was asked %d times", s.asked)
	}
	if _, err := (&newerCloud{t: t, spreed: newest, data: `{}`}).client("another secret, that is long enough for one").Features(t.Context(), token); !errors.Is(err, talk.ErrUnauthorized) {
		t.Errorf("another secret: %v", err)
	}
	if _, err := (&newerCloud{t: t, spreed: newest, data: `{"features":{}}`}).client(secret).Features(t.Context(), token); !errors.Is(err, talk.ErrBadResponse) {
		t.Errorf("no number: %v", err)
	}
	if _, err := c.Features(t.Context(), "../x"); !errors.Is(err, talk.ErrInvalid) {
		t.Errorf("no token: %v", err)
	}
}

func TestSendIntoThreads(t *testing.T) {
	t.Parallel()
	s := &newerCloud{t: t, spreed: newest, data: "null"}
	c := s.client(secret)
	long := strings.Repeat("x", bot.MaxMessage-100) + " " + strings.Repeat("y", 200)
	for _, send := range []struct {
		text    string
		options bot.SendOptions
	}{
		{"begin", bot.SendOptions{ThreadTitle: "Plans"}},
		{"go on", bot.SendOptions{ThreadID: 7}},
		{long, bot.SendOptions{ThreadID: 7, ReplyTo: 8}},
	} {
		if _, err := c.Send(t.Context(), token, send.text, &send.options); err != nil {
			t.Error(err)
		}
	}
	path := "POST /bot/" + token + "/message map["
	want := []string{
		path + "message:begin threadTitle:Plans]", path + "message:go on threadId:7]",
		path + "message:x… replyTo:8 threadId:7]", path + "message:y… threadId:7]",
	}
	if diff := cmp.Diff(want, s.sent); diff != "" {
		t.Errorf("-want +sent:\n%s", diff)
	}
	if s.asked != 1 {
		t.Errorf("what the server can do was asked %d times", s.asked)
	}
	for name, o := range map[string]bot.SendOptions{
		"a negative thread": {ThreadID: -1}, "a title of a thread": {ThreadID: 7, ThreadTitle: "x"}, "a title of an answer": {ReplyTo: 7, ThreadTitle: "x"},
		"a blank title": {ThreadTitle: " "}, "too long a title": {ThreadTitle: strings.Repeat("ü", 201)}, "no UTF-8": {ThreadTitle: "\xff"},
	} {
		if _, err := c.Send(t.Context(), token, "x", &o); !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Send(t.Context(), token, long, &bot.SendOptions{ThreadTitle: "x"}); !errors.Is(err, talk.ErrInvalid) {
		t.Errorf("a title of several messages: %v", err)
	}
	if len(s.sent) != len(want) {
		t.Errorf("sent all the same: %q", s.sent[len(want):])
	}
}

// TestNewerFeaturesAreNotAskedOfOlderServers: nothing but what the server can do is asked for; once it can, it works.
func TestNewerFeaturesAreNotAskedOfOlderServers(t *testing.T) {
	t.Parallel()
	for spreed, missing := range map[string]string{
		`{"version":"21.1.7","features":["bots-v1"]}`: "threads",
		`{"version":"23.0.2","features":["threads"]}`: "Talk 24",
		`null`: "threads",
	} {
		s := &newerCloud{t: t, spreed: spreed, data: "null"}
		c := s.client(secret)
		_, err := c.Send(t.Context(), token, "x", &bot.SendOptions{ThreadID: 7})
		var e *talk.Error
		if !errors.Is(err, talk.ErrUnsupported) || !errors.As(err, &e) || e.Reason != missing {
			t.Errorf("%s: %v", spreed, err)
		}
		if _, err := c.Features(t.Context(), token); !errors.Is(err, talk.ErrUnsupported) {
			t.Errorf("%s: %v", spreed, err)
		}
		if len(s.sent) != 0 {
			t.Errorf("%s: sent %q", spreed, s.sent)
		}
		s.spreed = newest
		if _, err := c.Send(t.Context(), token, "x", &bot.SendOptions{ThreadID: 7}); err != nil {
			t.Errorf("after an upgrade: %v", err)
		}
	}
}

// TestALongReplyStaysInItsThread: the parts of it that quote nothing, too.
func TestALongReplyStaysInItsThread(t *testing.T) {
	t.Parallel()
	cloud := &newerCloud{t: t, spreed: newest, data: "null"}
	srv := httptest.NewServer(cloud)
	t.Cleanup(srv.Close)
	config := bot.Server{URL: srv.URL, Secret: secret}
	b, err := bot.New(bot.WithServer(config))
	if err != nil {
		t.Fatal(err)
	}
	b.OnMessage(func(ctx context.Context, c *bot.Context) error {
		return errors.Join(c.Reply(ctx, "short"), c.Reply(ctx, strings.Repeat("x", bot.MaxMessage-100)+" "+strings.Repeat("y", 200)))
	})
	e := said("anna", "tell me all")
	e.Note.ThreadID = 7
	if got := serve(b, deliveryOf(t, config, e)).Code; got != http.StatusOK {
		t.Errorf("answered %d", got)
	}
	if err := b.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	path, reply := "POST /bot/"+token+"/message map[", fmt.Sprint(" replyTo:", e.Note.ID)
	want := []string{path + "message:short" + reply + "]", path + "message:x…" + reply + " threadId:7]", path + "message:y… threadId:7]"}
	if diff := cmp.Diff(want, cloud.sent); diff != "" {
		t.Errorf("-want +sent:\n%s", diff)
	}
}
