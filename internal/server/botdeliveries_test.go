package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

// enable enables a bot in a conversation, as one of its moderators.
func (c *client) enable(token, bot string) {
	c.h.t.Helper()
	if a := c.do("POST", talk+"/v1/bot/"+token+"/"+bot, ""); a.status != http.StatusCreated {
		c.h.t.Fatalf("enable bot: %d %s", a.status, a.raw)
	}
}

// awaitBots returns when bots were told everything.
func (h *harness) awaitBots() {
	h.t.Helper()
	if err := h.srv.AwaitBots(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// logged is a log that can be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// logger writes everything, in JSON.
func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// told is what matters of a delivery.
type told struct {
	Type   string
	Actor  struct{ Type, ID, Name, TalkParticipantType string }
	Object struct {
		Type, ID, Name, Content string
		InReplyTo               *struct{ Object struct{ Content string } }
	}
	Target  struct{ ID, Name string }
	Content string
}

func (d delivered) told(t *testing.T) (out told) {
	t.Helper()
	if err := json.Unmarshal([]byte(d.body), &out); err != nil {
		t.Fatalf("%v: %s", err, d.body)
	}
	return out
}

// summary says in short what a bot was told.
func (d delivered) summary(t *testing.T) string {
	t.Helper()
	o := d.told(t)
	var note struct{ Message string }
	if o.Object.Type == "Like" { // what is undone
		note.Message = o.Object.Content
	} else if o.Object.Content != "" {
		if err := json.Unmarshal([]byte(o.Object.Content), &note); err != nil {
			t.Fatal(err)
		}
	}
	return strings.TrimSpace(strings.Join([]string{o.Type, o.Actor.ID, o.Object.Name, note.Message, o.Content}, "|"))
}

func TestBotsHearWhatTheirFeaturesSay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		features int
		want     []string
	}{
		"webhook": {server.BotWebhook, []string{
			"Join|bots/bot-HASH|Room||", "Create|users/anna|message|hello|", "Activity|users/anna|description_set|{actor} set the description|",
			"Activity|users/anna|reaction_revoked|{actor} deleted a reaction|", "Activity|users/anna|message_deleted|{actor} deleted a message|",
			"Leave|bots/bot-HASH|Room||",
		}},
		"reaction": {server.BotWebhook | server.BotReaction, []string{
			"Join|bots/bot-HASH|Room||", "Create|users/anna|message|hello|", "Like|users/anna||hello|🎉",
			"Activity|users/anna|description_set|{actor} set the description|", "Activity|users/anna|reaction_revoked|{actor} deleted a reaction|",
			"Undo|users/anna||🎉|", "Activity|users/anna|message_deleted|{actor} deleted a message|", "Leave|bots/bot-HASH|Room||",
		}},
		"an app": {server.BotWebhook | server.BotEvent | server.BotReaction, nil},
		"deaf":   {server.BotResponse, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, nil)
			anna := h.as("anna")
			token := anna.room("Room")
			bot := newReceiver(t, nil)
			id := h.bot(server.Bot{Name: "Bot", URL: bot.url, Features: tt.features})
			anna.enable(token, id)
			message := anna.send(token, `{"message":"hello"}`)
			anna.do("POST", talk+"/v1/reaction/"+token+"/"+message, `{"reaction":"🎉"}`)
			anna.do("PUT", talk+"/v4/room/"+token+"/description", `{"description":"for bots"}`)
			anna.do("DELETE", talk+"/v1/reaction/"+token+"/"+message, `{"reaction":"🎉"}`)
			anna.do("DELETE", talk+"/v1/chat/"+token+"/"+message, "")
			anna.do("DELETE", talk+"/v1/bot/"+token+"/"+id, "")
			h.awaitBots()
			var got []string
			for len(bot.received) > 0 {
				d := <-bot.received
				if !signed(botSecret, d.header.Get("X-Nextcloud-Talk-Random"), d.header.Get("X-Nextcloud-Talk-Signature"), d.body) {
					t.Errorf("the signature of %s is wrong", d.body)
				}
				got = append(got, botHash.ReplaceAllString(d.summary(t), "HASH"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("heard: %s", diff)
			}
		})
	}
}

var botHash = regexp.MustCompile(`[0-9a-f]{40}`)

func TestABotHearsNothingOfOtherConversationsAndOfWhatFailed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	bot := newReceiver(t, nil)
	id := h.bot(server.Bot{Name: "Bot", URL: bot.url})
	here, there := anna.room("Here"), anna.room("There")
	anna.enable(here, id)
	anna.send(there, `{"message":"elsewhere"}`)
	anna.do("POST", talk+"/v1/chat/"+here, `{"message":"  "}`)
	anna.do("POST", talk+"/v1/chat/"+here, `{"message":"to nobody","replyTo":99999}`)
	anna.send(here, `{"message":"heard"}`)
	for _, want := range []string{"Join", "Create"} {
		if got := bot.next(t).told(t); got.Type != want || got.Type == "Create" && got.Target.ID != here {
			t.Errorf("told %+v, want %s of %s", got, want, here)
		}
	}
}

func TestASlowBotDelaysNobodyAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Slow")
	release := make(chan struct{})
	slow := newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	quick := newReceiver(t, nil)
	anna.enable(token, h.bot(server.Bot{Name: "Slow", URL: slow.url}))
	anna.enable(token, h.bot(server.Bot{Name: "Quick", URL: quick.url}))
	const n = 20
	for i := range n {
		anna.send(token, `{"message":"`+strconv.Itoa(i)+`"}`) // answered although the bot is not
	}
	quick.next(t) // it was enabled
	for i := range n {
		if got, want := quick.next(t).summary(t), "Create|users/anna|message|"+strconv.Itoa(i)+"|"; got != want {
			t.Fatalf("the quick bot: %q, want %q", got, want)
		}
	}
	if got := slow.next(t).told(t).Type; got != "Join" || len(slow.received) != 0 {
		t.Errorf("the slow bot was told %s, and %d more at the same time", got, len(slow.received))
	}
	close(release)
	for i := range n {
		if got, want := slow.next(t).summary(t), "Create|users/anna|message|"+strconv.Itoa(i)+"|"; got != want {
			t.Fatalf("the slow bot: %q, want %q", got, want)
		}
	}
}

func TestErrorsOfBotsAreCounted(t *testing.T) {
	t.Parallel()
	elsewhere := newReceiver(t, nil)
	var log logged
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		gone   bool
		want   string // "" for no error
	}{
		"200":    {answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "thanks") }},
		"202":    {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }},
		"204":    {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, want: "UnexpectedStatusCode: 204"},
		"500":    {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, want: "UnexpectedStatusCode: 500"},
		"cut":    {answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, want: `GuzzleHttp\Exception\ConnectException: EOF`},
		"nobody": {gone: true, want: `GuzzleHttp\Exception\ConnectException: dial tcp`},
		"another host": {answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.url, http.StatusTemporaryRedirect)
		}, want: "UnexpectedStatusCode: 307"},
		"the same host": {answer: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/there" {
				http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := &clock{now: time.Unix(1_800_000_000, 0)}
			h := newHarness(t, func(cfg *server.Config) { cfg.Now, cfg.Logger = now.Now, log.logger() })
			bot := newReceiver(t, tt.answer)
			if tt.gone {
				web := httptest.NewServer(nil)
				bot.url = web.URL
				web.Close()
			}
			anna := h.as("anna")
			token := anna.room("Errors")
			anna.enable(token, h.bot(server.Bot{Name: "Bot", URL: bot.url + "/?key=hidden"}))
			h.awaitBots()
			a := h.as("admin").do("GET", talk+"/v1/bot/admin", "")
			got := a.data.([]any)[0].(object)
			count, date, message := "0", "0", ""
			if tt.want != "" {
				count, date = "1", "1800000000"
			}
			if s, ok := got["last_error_message"].(string); ok {
				message = s
			}
			if got["error_count"] != json.Number(count) || got["last_error_date"] != json.Number(date) || !strings.HasPrefix(message, tt.want) ||
				tt.want == "" && message != "" {
				t.Errorf("errors %v at %v: %q; want %s of %q", got["error_count"], got["last_error_date"], message, count, tt.want)
			}
			if strings.Contains(message, "hidden") {
				t.Errorf("the error tells the address: %s", message)
			}
		})
	}
	t.Cleanup(func() {
		if len(elsewhere.received) != 0 {
			t.Error("a delivery went to another host")
		}
		if text := log.text(); strings.Contains(text, botSecret) || strings.Contains(text, "hidden") || !strings.Contains(text, "UnexpectedStatusCode") {
			t.Errorf("logged: %s", text)
		}
	})
}

func TestCloseWaitsForBotsButNotForLong(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Close")
	ended := make(chan struct{})
	stuck := newReceiver(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); close(ended) })
	anna.enable(token, h.bot(server.Bot{Name: "Stuck", URL: stuck.url}))
	stuck.next(t)
	anna.send(token, `{"message":"never heard"}`)
	began := time.Now()
	if err := h.srv.Close(); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("closing took %v", d)
	}
	<-ended
	if len(stuck.received) != 0 {
		t.Error("a delivery was made after the end")
	}
}

func TestDeliveriesAreWrittenAsPHPWritesThem(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	bot := newReceiver(t, nil)
	anna.enable(token, h.bot(server.Bot{Name: "Bot", URL: bot.url}))
	bot.next(t)
	first := anna.send(token, `{"message":"see https://example.com/ü \"quoted\""}`)
	h.as("ben").send(token, `{"message":"ok","replyTo":`+first+`}`)
	d := bot.next(t)
	if want := `"name":"[\"anna\",\"ben\"]"`; !strings.Contains(d.body, want) {
		t.Errorf("%s is not in %s", want, d.body)
	}
	if want := `"content":"{\"message\":\"see https:\\\/\\\/example.com\\\/\\u00fc \\\"quoted\\\"\",\"parameters\":[]}"`; !strings.Contains(d.body, want) {
		t.Errorf("%s is not in %s", want, d.body)
	}
	if d.told(t).Actor.TalkParticipantType != "1" {
		t.Errorf("participant type %q", d.told(t).Actor.TalkParticipantType)
	}
	reply := bot.next(t).told(t)
	if reply.Object.InReplyTo == nil || !strings.Contains(reply.Object.InReplyTo.Object.Content, `https:\/\/example.com`) {
		t.Errorf("reply: %+v", reply)
	}
}
