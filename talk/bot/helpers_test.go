package bot_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/confab-go/confab/talk/bot"
)

const (
	secret  = "a-secret-of-forty-bytes-or-more-0123456789"
	secret2 = "b-secret-of-forty-bytes-or-more-0123456789"
	address = "https://cloud.example.com"
	token   = "abcd1234"
)

// line is one of a recording.
type line struct {
	N        int               `json:"n"`
	Setup    string            `json:"setup"`
	Secret   string            `json:"secret"`
	Delivery string            `json:"delivery"`
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Status   int               `json:"status"`
	Headers  map[string]string `json:"headers"`
	Body     json.RawMessage   `json:"body"`
	secret   string
	story    string
}

// text gives a body that was recorded as a string.
func (l line) text(t testing.TB) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(l.Body, &s); err != nil {
		t.Fatalf("%s #%d: %v", l.story, l.N, err)
	}
	return s
}

// recorded gives the lines of the stories with bots.
func recorded(t testing.TB) []line {
	t.Helper()
	files, err := filepath.Glob("../../testdata/recordings/talk-*/bots.ndjson")
	if err != nil || len(files) < 3 {
		t.Fatalf("recordings: %v, %v", files, err)
	}
	var all []line
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		used := ""
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			l := line{story: filepath.Base(filepath.Dir(file))}
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if l.Setup == "bot" {
				used = l.Secret
			}
			l.secret = used
			all = append(all, l)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// deliveries gives the recorded ones.
func deliveries(t testing.TB) []line {
	t.Helper()
	var all []line
	for _, l := range recorded(t) {
		if l.Delivery != "" {
			all = append(all, l)
		}
	}
	if len(all) < 40 {
		t.Fatalf("%d deliveries recorded", len(all))
	}
	return all
}

func (l line) request(t testing.TB) *http.Request {
	t.Helper()
	r := httptest.NewRequest(l.Method, "/hook", strings.NewReader(l.text(t)))
	for name, value := range l.Headers {
		r.Header.Set(name, value)
	}
	return r
}

func newBot(t testing.TB, options ...bot.Option) *bot.Bot {
	t.Helper()
	b, err := bot.New(append([]bot.Option{bot.WithServer(bot.Server{URL: address, Secret: secret})}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// delivery gives a request with an event, signed by the server of newBot.
func delivery(t testing.TB, e *bot.Event) *http.Request {
	t.Helper()
	return deliveryOf(t, bot.Server{URL: address, Secret: secret}, e)
}

func deliveryOf(t testing.TB, s bot.Server, e *bot.Event) *http.Request {
	t.Helper()
	d, err := bot.NewDelivery(s, e)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Request(t.Context(), "http://127.0.0.1/hook")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// deliver sends an event to a bot, and gives the status of its answer.
func deliver(t testing.TB, b http.Handler, e *bot.Event) int {
	t.Helper()
	return serve(b, delivery(t, e)).Code
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var lastID atomic.Int64

// said gives the event of a message.
func said(user, text string) *bot.Event {
	e := bot.NewMessageEvent(token, user, text)
	e.Note.ID = lastID.Add(1)
	return e
}

func bodyOf(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

func now() time.Time { return time.Now().Round(time.Second) }

// TestMain reads one event before any test does: what internal/wire makes at the first use of a type must not belong to the bubble of a
// test with its own time.
func TestMain(m *testing.M) {
	if _, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, bot.NewMessageEvent(token, "anna", "hi")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
