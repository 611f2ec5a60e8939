package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// nextcloud is a server that takes answers of bots, checks their signatures as the real one does, and can be told to fail.
type nextcloud struct {
	t testing.TB
	// fail is asked before a request is acted on (after: false) and after it (true), and may answer it, or panic to cut the connection.
	fail func(w http.ResponseWriter, r *http.Request, n int, after bool) bool

	mu       sync.Mutex
	n        int
	requests []string
	messages []map[string]any
	randoms  map[string]bool
	waits    []time.Duration // of the client
}

func (s *nextcloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	if s.fail != nil && s.fail(w, r, s.n, false) {
		return
	}
	if strings.Contains(r.URL.Path, "/chat/") {
		s.reply(w, http.StatusOK, s.messages)
		return
	}
	if !strings.Contains(r.URL.Path, "/bot/") {
		s.reply(w, http.StatusOK, map[string]any{"capabilities": map[string]any{"spreed": map[string]any{"features": []string{"chat-v2"}}}})
		return
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		s.t.Errorf("%s: body %q", r.URL.Path, body)
	}
	signed, _ := m["message"].(string)
	if emoji, ok := m["reaction"].(string); ok {
		signed = emoji
	}
	random := r.Header.Get("X-Nextcloud-Talk-Bot-Random")
	if len(random) < 32 || s.randoms[random] {
		s.t.Errorf("random %q, used before: %v", random, s.randoms[random])
	}
	if s.randoms == nil {
		s.randoms = map[string]bool{}
	}
	s.randoms[random] = true
	if r.Header.Get("X-Nextcloud-Talk-Bot-Signature") != bot.Sign(secret, random, signed) {
		s.reply(w, http.StatusUnauthorized, nil)
		return
	}
	if r.Header.Get("Authorization") != "" || r.Header.Get("OCS-APIRequest") != "true" {
		s.t.Errorf("headers: %v", r.Header)
	}
	if m["message"] != nil {
		m["id"], m["token"] = 100+len(s.messages), token
		s.messages = append(s.messages, m)
	}
	if s.fail != nil && s.fail(w, r, s.n, true) {
		return
	}
	s.reply(w, http.StatusCreated, nil)
}

func (s *nextcloud) reply(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ocs": map[string]any{"meta": map[string]any{"status": "ok", "statuscode": status}, "data": data}})
}

// texts gives what was written, without what differs from time to time.
func (s *nextcloud) texts() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		all = append(all, m["message"].(string))
	}
	return all
}

func (s *nextcloud) client(t testing.TB, account bool, change ...func(*bot.Server)) *bot.Client {
	t.Helper()
	s.t = t
	srv := httptest.NewServer(http.StripPrefix("/cloud", s))
	t.Cleanup(srv.Close)
	retry := talk.Retry{Sleep: func(ctx context.Context, d time.Duration) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waits = append(s.waits, d)
		return ctx.Err()
	}}
	config := bot.Server{URL: srv.URL + "/cloud", Secret: secret, Retry: retry}
	if account {
		c, err := talk.NewClient(srv.URL+"/cloud", talk.WithAppPassword("alice", "app-password"), talk.WithRetry(retry))
		if err != nil {
			t.Fatal(err)
		}
		config.Account = c
	}
	for _, f := range change {
		f(&config)
	}
	c, err := bot.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSend(t *testing.T) {
	t.Parallel()
	var s nextcloud
	c := s.client(t, false)
	ids, err := c.Send(t.Context(), token, "hi <b>@ben</b> & 🎉", &bot.SendOptions{ReplyTo: 7, Silent: true, ReferenceID: "ref"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.React(t.Context(), token, 7, "👍"); err != nil {
		t.Error(err)
	}
	if err := c.Unreact(t.Context(), token, 7, "👍"); err != nil {
		t.Error(err)
	}
	want := []map[string]any{{"id": 100, "token": token, "message": "hi <b>@ben</b> & 🎉", "replyTo": 7.0, "silent": true, "referenceId": "ref"}}
	if diff := cmp.Diff(want, s.messages); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ref"}, ids); diff != "" {
		t.Error(diff)
	}
	const path = "/ocs/v2.php/apps/spreed/api/v1/bot/" + token
	if diff := cmp.Diff([]string{"POST " + path + "/message", "POST " + path + "/reaction/7", "DELETE " + path + "/reaction/7"}, s.requests); diff != "" {
		t.Error(diff)
	}
}

func TestSendInParts(t *testing.T) {
	t.Parallel()
	var s nextcloud
	c := s.client(t, false)
	text := strings.Repeat("twenty-nine characters, yes.\n", 3000)
	for range 2 {
		ids, err := c.Send(t.Context(), token, text, &bot.SendOptions{ReplyTo: 7, ReferenceID: "ref"})
		if err != nil || len(ids) != 3 || ids[0] != "ref" || ids[1] == ids[2] || len(ids[2]) != 64 {
			t.Fatalf("%v, %v", ids, err)
		}
	}
	for i, m := range s.messages {
		if (m["replyTo"] != nil) != (i%3 == 0) {
			t.Errorf("part %d replies to %v", i, m["replyTo"])
		}
		if i >= 3 && m["referenceId"] != s.messages[i-3]["referenceId"] {
			t.Errorf("part %d has another reference id the second time", i)
		}
	}
	s.fail = func(w http.ResponseWriter, _ *http.Request, n int, _ bool) bool {
		if n == 8 {
			s.reply(w, http.StatusUnauthorized, nil)
		}
		return n == 8
	}
	ids, err := c.Send(t.Context(), token, text, nil)
	if len(ids) != 1 || !errors.Is(err, talk.ErrUnauthorized) || !strings.Contains(err.Error(), "part 2 of 3") {
		t.Errorf("%d parts arrived, %v", len(ids), err)
	}
}

func TestAnswersThatCannotBeRight(t *testing.T) {
	t.Parallel()
	var s nextcloud
	c := s.client(t, false)
	ctx := t.Context()
	send := func(token, message string, o *bot.SendOptions) error { return errOf(c.Send(ctx, token, message, o)) }
	for name, test := range map[string]struct {
		err   error
		field string
	}{
		"empty message":     {send(token, "", nil), "message"},
		"blank message":     {send(token, " \n\t", nil), "message"},
		"no UTF-8":          {send(token, "a\xff", nil), "message"},
		"no token":          {send("", "x", nil), "token"},
		"a path for one":    {send("../x", "x", nil), "token"},
		"negative reply":    {send(token, "x", &bot.SendOptions{ReplyTo: -1}), "reply to"},
		"long reference id": {send(token, "x", &bot.SendOptions{ReferenceID: strings.Repeat("x", 65)}), "reference id"},
		"no emoji":          {c.React(ctx, token, 7, ""), "emoji"},
		"a text for one":    {c.React(ctx, token, 7, strings.Repeat("x", 65)), "emoji"},
		"no message":        {c.React(ctx, token, 0, "👍"), "message id"},
		"take back nothing": {c.Unreact(ctx, "", 7, "👍"), "token"},
	} {
		var e *talk.Error
		if !errors.Is(test.err, talk.ErrInvalid) || !errors.As(test.err, &e) || e.Field != test.field {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	if s.n != 0 {
		t.Errorf("%d requests were sent", s.n)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		want   error
		says   string
	}{
		{http.StatusBadRequest, talk.ErrInvalid, "proxy"},
		{http.StatusUnauthorized, talk.ErrUnauthorized, "--feature response"},
		{http.StatusNotFound, talk.ErrNotFound, "no such message"},
		{http.StatusRequestEntityTooLarge, talk.ErrTooLarge, "32000"},
		{http.StatusTooManyRequests, talk.ErrRateLimited, "throttles"},
	} {
		s := nextcloud{}
		s.fail = func(w http.ResponseWriter, _ *http.Request, _ int, _ bool) bool {
			s.reply(w, test.status, nil)
			return true
		}
		c := s.client(t, false)
		for what, err := range map[string]error{
			"send": errOf(c.Send(t.Context(), token, "x", nil)), "react": c.React(t.Context(), token, 7, "👍"), "unreact": c.Unreact(t.Context(), token, 7, "👍"),
		} {
			var e *talk.Error
			if !errors.Is(err, test.want) || !errors.As(err, &e) || e.StatusCode != test.status || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), secret) {
				t.Errorf("%s, %d: %v", what, test.status, err)
			}
		}
	}
	var s nextcloud
	wrong := s.client(t, false, func(s *bot.Server) { s.Secret = secret2 })
	if _, err := wrong.Send(t.Context(), token, "x", nil); !errors.Is(err, talk.ErrUnauthorized) || !strings.Contains(err.Error(), "the secret is not the bot's") {
		t.Error(err)
	}
}

// cut ends the connection without an answer.
func cut() { panic(http.ErrAbortHandler) }

func TestSendOverBrokenConnections(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		account   bool
		fail      func(s *nextcloud, w http.ResponseWriter, n int, after bool) bool
		want      error
		delivered int
		wait      time.Duration // the last one
	}{
		"the answer is lost, without an account": {
			fail:      func(_ *nextcloud, _ http.ResponseWriter, _ int, after bool) bool { return after && die() },
			want:      bot.ErrUncertain,
			delivered: 1,
		},
		"the request is lost, without an account": {
			fail: func(_ *nextcloud, _ http.ResponseWriter, n int, after bool) bool { return n == 1 && !after && die() },
			want: bot.ErrUncertain,
		},
		"the answer is lost, with an account": {
			account:   true,
			fail:      func(_ *nextcloud, _ http.ResponseWriter, n int, after bool) bool { return n == 1 && after && die() },
			delivered: 1,
		},
		"the request is lost, with an account": {
			account:   true,
			fail:      func(_ *nextcloud, _ http.ResponseWriter, n int, after bool) bool { return n == 1 && !after && die() },
			delivered: 1,
		},
		"every request is lost, with an account": {
			account: true,
			fail: func(s *nextcloud, _ http.ResponseWriter, _ int, after bool) bool {
				return s.last("/message") && !after && die()
			},
			want: talk.ErrConnection,
		},
		"nobody can find out": {
			account: true,
			fail: func(s *nextcloud, _ http.ResponseWriter, _ int, after bool) bool {
				return (after || s.last("/chat/"+token)) && die()
			},
			want:      bot.ErrUncertain,
			delivered: 1,
		},
		"the server asks to wait": {
			fail: func(s *nextcloud, w http.ResponseWriter, n int, after bool) bool {
				if n == 1 && !after {
					w.Header().Set("Retry-After", "7")
					s.reply(w, http.StatusTooManyRequests, nil)
					return true
				}
				return false
			},
			delivered: 1,
			wait:      7 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s nextcloud
			s.fail = func(w http.ResponseWriter, _ *http.Request, n int, after bool) bool {
				return test.fail(&s, w, n, after)
			}
			c := s.client(t, test.account)
			_, err := c.Send(t.Context(), token, "once", nil)
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if errors.Is(err, bot.ErrUncertain) && !errors.Is(err, talk.ErrConnection) {
				t.Errorf("the cause is lost: %v", err)
			}
			if n := len(s.waits); test.wait > 0 && (n == 0 || s.waits[n-1] != test.wait) {
				t.Errorf("waited %v, want %v", s.waits, test.wait)
			}
			if got := len(s.texts()); got != test.delivered {
				t.Errorf("%d messages arrived, want %d; requests %v", got, test.delivered, s.requests)
			}
		})
	}
}

func die() bool {
	cut()
	return true
}

// last reports whether the path of the last request ends in something. The mutex is held.
func (s *nextcloud) last(suffix string) bool {
	return strings.HasSuffix(s.requests[len(s.requests)-1], suffix)
}

// The recorded waits of retries are honoured, and nothing reached the server when no connection came about.
func TestSendRetriesWhatWasNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c, err := bot.NewClient(bot.Server{URL: address, Secret: secret, HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if tries++; tries < 3 {
				return nil, refused()
			}
			return &http.Response{StatusCode: http.StatusCreated, Body: io.NopCloser(strings.NewReader(`{"ocs":{"meta":{"statuscode":201},"data":null}}`)), Request: r}, nil
		})}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Send(t.Context(), token, "x", nil); err != nil || tries != 3 {
			t.Errorf("%v after %d tries", err, tries)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestFind(t *testing.T) {
	t.Parallel()
	var s nextcloud
	c := s.client(t, true)
	ids, err := c.Send(t.Context(), token, "where am I?", nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Find(t.Context(), token, ids[0])
	if err != nil || m.ID != 100 || m.Message != "where am I?" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := c.Find(t.Context(), token, "another"); !errors.Is(err, talk.ErrNotFound) {
		t.Error(err)
	}
	if _, err := s.client(t, false).Find(t.Context(), token, ids[0]); !errors.Is(err, bot.ErrNoAccount) {
		t.Error(err)
	}
}

// refused is the error of a connection that did not come about.
func refused() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}
