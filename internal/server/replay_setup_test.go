package server_test

import "github.com/confab-go/confab/internal/server"

// setup is a line of a recording that says what the administrator had done before.
type setup struct {
	Setup       string
	Name        string
	Secret      string
	URL         string
	Description string
	Features    []string
}

// prepare does what a story begins with.
func (r *replay) prepare(s setup) {
	if s.Setup != "bot" {
		r.t.Fatalf("a setup of %q is not known", s.Setup)
	}
	received := newReplayBot(r, s)
	b := server.Bot{Name: s.Name, Secret: s.Secret, URL: received.url, Description: s.Description}
	for _, f := range s.Features {
		bit, ok := map[string]int{
			"webhook": server.BotWebhook, "response": server.BotResponse, "event": server.BotEvent, "reaction": server.BotReaction,
		}[f]
		if !ok {
			r.t.Fatalf("a bot's feature %q is not known", f)
		}
		b.Features |= bit
	}
	if _, err := r.srv.EnsureBot(r.t.Context(), b); err != nil {
		r.t.Fatal(err)
	}
}
