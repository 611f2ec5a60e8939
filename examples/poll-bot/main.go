// Poll-bot makes a poll of "/poll Lunch? | Pizza | Soup". Bots cannot make polls themselves, so it borrows a user's account, who takes part in
// the conversation.
//
//	TALK_URL=https://cloud.example.com TALK_BOT_SECRET=… TALK_USER=polls TALK_APP_PASSWORD=… go run ./examples/poll-bot -listen 127.0.0.1:8080
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

func newBot(server bot.Server) (*bot.Bot, error) {
	b, err := bot.New(bot.WithServer(server), bot.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	if err != nil {
		return nil, err
	}
	b.Command("/poll {what...}", poll).Describe("Makes a poll: `/poll Lunch? | Pizza | Soup`")
	b.HelpCommand("/help")
	return b, nil
}

func poll(ctx context.Context, c *bot.Context) error {
	parts := strings.Split(c.Arg("what"), "|")
	if len(parts) < 3 {
		return c.Reply(ctx, "A poll has a question and at least two options: `/poll Lunch? | Pizza | Soup`")
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	_, err := c.Account().Polls.Create(ctx, c.Conversation.Token, parts[0], parts[1:], nil)
	switch {
	case errors.Is(err, talk.ErrInvalid):
		return c.Reply(ctx, "The server does not take this poll: is a part of it empty, or too long?")
	case errors.Is(err, talk.ErrNotFound), errors.Is(err, talk.ErrForbidden):
		return c.Reply(ctx, "The account that I make polls with does not take part here.")
	}
	return err
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address for the server's deliveries")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "poll-bot:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

func run(ctx context.Context, listen string) error {
	url := os.Getenv("TALK_URL")
	account, err := talk.NewClient(url, talk.WithAppPassword(os.Getenv("TALK_USER"), os.Getenv("TALK_APP_PASSWORD")))
	if err != nil {
		return err
	}
	b, err := newBot(bot.Server{URL: url, Backend: os.Getenv("TALK_BACKEND"), Secret: bot.Secret(os.Getenv("TALK_BOT_SECRET")), Account: account})
	if err != nil {
		return err
	}
	return b.ListenAndServe(ctx, listen)
}
