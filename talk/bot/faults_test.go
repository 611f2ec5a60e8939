package bot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/faultproxy"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// TestAnAnswerIsFoundBehindOthers: between an answer and the look for it, more messages come than a page holds.
func TestAnAnswerIsFoundBehindOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true)
	server := w.server
	server.HTTPClient = &http.Client{Transport: &faultproxy.Transport{
		Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/message") },
		Faults: []faultproxy.Fault{func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
			resp, err := faultproxy.LostAnswer(req, next)
			for i := range 250 {
				w.say(t, w.bob, fmt.Sprint(i), nil)
			}
			return resp, err
		}},
	}}
	c, err := bot.NewClient(server)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), w.room.Token, "only once", nil); err != nil {
		t.Fatal(err)
	}
	count := 0
	for m, err := range w.alice.Chat.History(t.Context(), w.room.Token, &talk.HistoryOptions{PageSize: 200}) {
		if err != nil {
			t.Fatal(err)
		}
		if m.Message == "only once" {
			count++
		}
	}
	if count != 1 {
		t.Errorf("it is there %d times", count)
	}
}
