package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
	"github.com/confab-go/confab/talktest"
)

const secret = "a-secret-of-forty-bytes-or-more-0123456789"

// start gives the address of the receiver, and what was said in its conversation.
func start(t *testing.T, token string) (url string, said func() []string) {
	t.Helper()
	srv := talktest.NewServer(t)
	room := srv.BotRoom(t, srv.ServeBot(t, http.NotFoundHandler(), talktest.Bot{Name: "Alerts", Secret: secret, Features: talk.BotResponse}))
	client, err := bot.NewClient(bot.Server{URL: srv.URL, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(&receiver{client, room.Token, token, slog.New(slog.DiscardHandler)})
	t.Cleanup(hook.Close)
	return hook.URL, func() (all []string) {
		for m, err := range room.Client(t, "alice").Chat.History(t.Context(), room.Token, nil) {
			if err != nil {
				t.Fatal(err)
			}
			if m.ActorType == talk.ActorBot {
				text := m.Text()
				if m.Silent {
					text += " (silent)"
				}
				all = append([]string{text}, all...)
			}
		}
		return all
	}
}

func post(t *testing.T, url, token, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	w.Body.Close()
	return w.StatusCode
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	url, said := start(t, "")
	for _, body := range []string{
		`{"version":"4","status":"firing","receiver":"talk","groupLabels":{},"alerts":[
			{"status":"firing","labels":{"alertname":"DiskFull","severity":"critical","instance":"db1"},"annotations":{"summary":"98 % used"},
			 "startsAt":"2026-01-01T00:00:00Z","generatorURL":"http://prometheus/graph","fingerprint":"x"},
			{"status":"resolved","labels":{},"annotations":{}}]}`,
		`{"version":"4","status":"resolved","alerts":[{"status":"resolved","labels":{"alertname":"DiskFull"}}]}`,
		`{"title":"Backup","text":"The disk is full."}`,
		`{"text":"It is done.","silent":true}`,
	} {
		if got := post(t, url, "", body); got != http.StatusNoContent {
			t.Errorf("%s: answered %d", body, got)
		}
	}
	want := []string{
		"🔥 **DiskFull** · critical · db1\n98 % used\nhttp://prometheus/graph\n\n✅ **Alert**", "✅ **DiskFull** (silent)", "**Backup**\nThe disk is full.", "It is done. (silent)",
	}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Error(diff)
	}
}

func TestBadAlerts(t *testing.T) {
	t.Parallel()
	url, said := start(t, "let-me-in")
	for name, test := range map[string]struct {
		token, body string
		want        int
	}{
		"no token":     {"", `{"text":"x"}`, http.StatusUnauthorized},
		"wrong token":  {"let-me-out", `{"text":"x"}`, http.StatusUnauthorized},
		"no JSON":      {"let-me-in", `text`, http.StatusBadRequest},
		"another form": {"let-me-in", `{"message":"x"}`, http.StatusBadRequest},
		"of a type":    {"let-me-in", `{"text":7}`, http.StatusBadRequest},
		"too large":    {"let-me-in", `{"text":"` + strings.Repeat("x", maxAlerts) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		if got := post(t, url, test.token, test.body); got != test.want {
			t.Errorf("%s: answered %d", name, got)
		}
	}
	if got := said(); len(got) > 0 {
		t.Errorf("posted %q", got)
	}
	w := httptest.NewRecorder()
	(&receiver{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: answered %d", w.Code)
	}
}

// What Talk does not take is the sender's to send again.
func TestTalkRefuses(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	client, err := bot.NewClient(bot.Server{URL: srv.URL, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(&receiver{client, "abcd1234", "", slog.New(slog.DiscardHandler)})
	t.Cleanup(hook.Close)
	if got := post(t, hook.URL, "", `{"text":"x"}`); got != http.StatusBadGateway {
		t.Errorf("answered %d", got)
	}
}
