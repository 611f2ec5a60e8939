package bot_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// Bytes from anywhere with a right signature are an event or an error, and an event is the same when it is written and read again.
func FuzzEvent(f *testing.F) {
	for _, l := range deliveries(f) {
		f.Add(l.text(f))
	}
	f.Add(`{"type":"Create","actor":{"id":"guests/"},"object":[],"target":null}`)
	server := bot.Server{URL: address, Secret: secret}
	f.Fuzz(func(t *testing.T, body string) {
		secrets := secretsOf(t, server)
		e, err := bot.Verify(signed(t, random, body), secrets)
		if err != nil {
			if !errors.Is(err, bot.ErrNotJSON) && !errors.Is(err, bot.ErrMalformed) && !errors.Is(err, bot.ErrUnknownEvent) && !errors.Is(err, bot.ErrTooLarge) {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		_, _, _ = e.Text(), e.Note.Mentions(), e.InReplyTo
		d, err := bot.NewDelivery(server, e)
		if err != nil {
			t.Skip() // what no server sends
		}
		r, err := d.Request(t.Context(), "http://127.0.0.1/")
		if err != nil {
			t.Fatal(err)
		}
		again, err := bot.Verify(r, secrets)
		if err != nil {
			t.Fatalf("%q became %q: %v", body, d.Body, err)
		}
		ignored := cmp.Options{
			cmpopts.IgnoreFields(bot.Event{}, "Raw", "Backend", "Published"), cmpopts.IgnoreFields(bot.Note{}, "MediaType", "Author"),
			cmpopts.IgnoreFields(bot.Actor{}, "ParticipantType"), cmpopts.IgnoreFields(talk.RichObject{}, "Extra"), cmpopts.EquateEmpty(),
		}
		if diff := cmp.Diff(e, again, ignored); diff != "" {
			t.Errorf("%q became %q: %s", body, d.Body, diff)
		}
	})
}

// No request without the secret is taken, whatever it says, and none makes the receiver panic.
func FuzzReceiver(f *testing.F) {
	for _, l := range deliveries(f)[:3] {
		f.Add("POST", l.Headers["X-Nextcloud-Talk-Random"], l.Headers["X-Nextcloud-Talk-Signature"], l.Headers["X-Nextcloud-Talk-Backend"], l.text(f))
	}
	f.Add("POST", random, strings.Repeat("0", 64), address, "{}")
	f.Fuzz(func(t *testing.T, method, random, signature, backend, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Method = method
		r.Header.Set("X-Nextcloud-Talk-Random", random)
		r.Header.Set("X-Nextcloud-Talk-Signature", signature)
		r.Header.Set("X-Nextcloud-Talk-Backend", backend)
		if got := serve(newBot(t), r).Code; got < 400 || got > 503 {
			t.Errorf("answered %d", got)
		}
	})
}

// A message from anybody never makes the matching of commands panic, and an argument is part of what was said.
func FuzzCommand(f *testing.F) {
	f.Add("/deploy api prod")
	f.Add("/deploy \"a b\" {mention-user1}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, pattern := range []string{"/deploy {service} [env]", "/deploy {what...}", "/deploy now [x...]"} {
			args, ok, err := bot.MatchCommand(pattern, text)
			if err != nil {
				t.Fatal(err)
			}
			for name, arg := range args {
				if ok && !strings.Contains(text, arg) {
					t.Errorf("%s: %q is not in %q", name, arg, text)
				}
			}
		}
	})
}
