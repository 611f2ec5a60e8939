package api

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

// newTestQueue is a queue, and a bot that it can deliver to.
func newTestQueue(t *testing.T, hear http.HandlerFunc) (*botQueue, core.BotListener) {
	t.Helper()
	st, err := store.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	c, err := core.New(t.Context(), st, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(hear)
	t.Cleanup(web.Close)
	bot := core.BotListener{Name: "Bot", URL: web.URL, Secret: "a secret of forty bytes, or a bit more than that"}
	if bot.ID, err = c.EnsureBot(t.Context(), core.NewBot{Name: bot.Name, Secret: bot.Secret, URL: bot.URL, State: core.BotEnabled}); err != nil {
		t.Fatal(err)
	}
	q := newBotQueue(c, "", slog.New(slog.DiscardHandler))
	t.Cleanup(q.close)
	return q, bot
}

// numbered is a delivery that can be told from others.
func numbered(i int) *core.BotDelivery {
	return &core.BotDelivery{Kind: core.BotToldMessage, RoomToken: fmt.Sprint(i)}
}

// number reads which delivery it is.
func number(t *testing.T, r *http.Request) string {
	t.Helper()
	var d struct{ Target struct{ ID string } }
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &d) != nil {
		t.Errorf("delivery: %v %s", err, body)
	}
	return d.Target.ID
}

func TestAFullQueueDropsAndSaysSo(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	var heard []string // one after another
	q, bot := newTestQueue(t, func(_ http.ResponseWriter, r *http.Request) {
		heard = append(heard, number(t, r))
		if len(heard) == 1 {
			close(arrived)
			<-release
		}
	})
	q.add(bot, numbered(0))
	<-arrived
	for i := range botQueueLength + 5 {
		q.add(bot, numbered(i+1))
	}
	close(release)
	if err := q.await(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(heard) != botQueueLength+1 {
		t.Fatalf("%d deliveries, want %d", len(heard), botQueueLength+1)
	}
	for i, got := range heard {
		if got != fmt.Sprint(i) {
			t.Fatalf("delivery %d is number %s", i, got)
		}
	}
	bots, err := q.core.Bots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := "QueueFull: 5 deliveries were dropped, while 1000 waited"; bots[0].LastError != want || bots[0].ErrorCount != 1 {
		t.Errorf("%d errors, %q; want %q", bots[0].ErrorCount, bots[0].LastError, want)
	}
}

func TestDroppedDeliveriesAreNoErrors(t *testing.T) {
	t.Parallel()
	arrived := make(chan string, 10)
	q, bot := newTestQueue(t, func(_ http.ResponseWriter, r *http.Request) {
		n := number(t, r)
		arrived <- n
		if n == "0" {
			<-r.Context().Done()
		}
	})
	q.add(bot, numbered(0))
	<-arrived
	q.add(bot, numbered(1))
	q.drop()
	q.add(bot, numbered(2))
	if got := <-arrived; got != "2" {
		t.Errorf("delivery %s, want 2", got)
	}
	if err := q.await(t.Context()); err != nil {
		t.Fatal(err)
	}
	bots, err := q.core.Bots(t.Context())
	if err != nil || bots[0].ErrorCount != 0 {
		t.Errorf("%d errors, %q, %v", bots[0].ErrorCount, bots[0].LastError, err)
	}
	q.close()
	q.add(bot, numbered(3))
	if err := q.await(t.Context()); err != nil || len(arrived) != 0 {
		t.Errorf("%d deliveries after the end, %v", len(arrived), err)
	}
}

func TestWhatABotIsToldTheServerIsCalled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ configured, asked, want string }{
		"configured":      {"https://cloud.example.com", "http://127.0.0.1:1", "https://cloud.example.com/"},
		"as it was asked": {"", "http://127.0.0.1:1/below/", "http://127.0.0.1:1/below/"},
		"by time":         {"", "", "http://localhost/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			q, bot := newTestQueue(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("X-Nextcloud-Talk-Backend") })
			q.backend = tt.configured
			q.add(bot, &core.BotDelivery{Kind: core.BotToldActivity, BaseURL: tt.asked})
			if backend := <-got; backend != tt.want {
				t.Errorf("backend %q, want %q", backend, tt.want)
			}
		})
	}
}
