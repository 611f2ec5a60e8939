// Alerts-bot posts alerts into a conversation: those of Prometheus' Alertmanager, and plain ones of scripts.
//
//	TALK_URL=https://cloud.example.com TALK_BOT_SECRET=… TALK_CONVERSATION=abcd1234 go run ./examples/alerts-bot -listen 127.0.0.1:9095
//	curl -d '{"title": "Backup", "text": "The disk is full.", "silent": false}' http://127.0.0.1:9095/
//
// In Alertmanager's configuration it is a receiver with a webhook_configs of that address. With ALERTS_TOKEN in the environment, requests must carry
// it as a bearer token. The bot needs no address of its own in Talk: install it with the feature "response" alone.
package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/confab-go/confab/talk/bot"
)

// receiver takes alerts over HTTP.
type receiver struct {
	client       *bot.Client
	conversation string
	token        string // empty for none
	log          *slog.Logger
}

// maxAlerts is the largest body, in bytes.
const maxAlerts = 1 << 20

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "alerts are POST requests", http.StatusMethodNotAllowed)
		return
	}
	given := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(given), []byte(r.token)) == 0 && r.token != "" {
		http.Error(w, "the bearer token is missing or wrong", http.StatusUnauthorized)
		return
	}
	a, err := readAlerts(http.MaxBytesReader(w, req.Body, maxAlerts))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if _, err := r.client.Send(req.Context(), r.conversation, a.text, &bot.SendOptions{Silent: a.silent}); err != nil {
		r.log.Error("alert not posted", "error", err)
		// Alertmanager tries again: an alert that comes twice is better than none.
		http.Error(w, "Talk did not take the message", http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	listen := flag.String("listen", "127.0.0.1:9095", "address for alerts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "alerts-bot:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

func run(ctx context.Context, listen string) error {
	client, err := bot.NewClient(bot.Server{URL: os.Getenv("TALK_URL"), Secret: bot.Secret(os.Getenv("TALK_BOT_SECRET"))})
	if err != nil {
		return err
	}
	r := &receiver{
		client: client, conversation: os.Getenv("TALK_CONVERSATION"), token: os.Getenv("ALERTS_TOKEN"), log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	if r.conversation == "" {
		return errors.New("TALK_CONVERSATION is empty: it is the last part of the conversation's link, /call/TOKEN")
	}
	srv := &http.Server{
		Addr: listen, Handler: r, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return srv.Shutdown(end)
	}
}
