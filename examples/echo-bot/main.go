// Echo-bot says what it is told to, and greets back.
//
//	TALK_URL=https://cloud.example.com TALK_BOT_SECRET=… go run ./examples/echo-bot -listen 127.0.0.1:8080
//
// An administrator installs it on the server, with the same secret and the address at which the server reaches it:
//
//	occ talk:bot:install --feature webhook --feature response "Echo" SECRET http://127.0.0.1:8080/
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"regexp"

	"github.com/confab-go/confab/talk/bot"
)

func newBot(server bot.Server) (*bot.Bot, error) {
	b, err := bot.New(bot.WithServer(server), bot.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	if err != nil {
		return nil, err
	}
	b.Command("/echo {text...}", func(ctx context.Context, c *bot.Context) error {
		return c.Reply(ctx, c.Arg("text"))
	}).Describe("Says it again.")
	b.Hears(regexp.MustCompile(`(?i)\bgood (morning|evening|night)\b`), func(ctx context.Context, c *bot.Context) error {
		return c.Reply(ctx, "Good "+c.Match(1)+", "+c.Actor.Name+"!")
	})
	b.OnJoin(func(ctx context.Context, c *bot.Context) error {
		return c.Send(ctx, "Hello! What I can do:\n"+b.Help(), nil)
	})
	b.HelpCommand("/help")
	return b, nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address for the server's deliveries")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b, err := newBot(bot.Server{
		URL: os.Getenv("TALK_URL"), Backend: os.Getenv("TALK_BACKEND"), Secret: bot.Secret(os.Getenv("TALK_BOT_SECRET")),
	})
	if err == nil {
		err = b.ListenAndServe(ctx, *listen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-bot:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}
