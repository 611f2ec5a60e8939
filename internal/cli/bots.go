package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newBot(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bot",
		Short: "Install bots, let them into conversations, and find out what is wrong with them",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newBotList(f), newBotInstallCommand(f), newBotDoctor(f),
		f.botChange("enable CONVERSATION BOT", "Let a bot into a conversation", "Let %s into %s",
			func(ctx context.Context, client *talk.Client, token string, id int64) (*talk.Bot, error) {
				return client.Bots.Enable(ctx, token, id)
			}),
		f.botChange("disable CONVERSATION BOT", "Take a bot out of a conversation", "Took %s out of %s",
			func(ctx context.Context, client *talk.Client, token string, id int64) (*talk.Bot, error) {
				return client.Bots.Disable(ctx, token, id)
			}))
	return cmd
}

func newBotList(f *factory) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "list [CONVERSATION]",
		Aliases: []string{"ls"},
		Short:   "List the bots that a conversation can have, or with --all those of the server",
		Long: `List the bots that a conversation can have and whether it has them, to its moderators; or with --all the bots of
the server, to administrators.

A pipe gets a line for each: id, name, state, description; with --all: id, name, state, features, URL, number of
failed deliveries, what failed last.`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			switch {
			case all && len(given) > 0:
				return usagef("--all and a conversation exclude each other")
			case all:
				return f.listAllBots(cmd.Context())
			case len(given) == 0:
				return usagef("CONVERSATION is missing; --all lists the bots of the server")
			}
			return f.listBots(cmd.Context(), given[0])
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "the bots of the server, for administrators")
	return shows[talk.BotDetails](f, cmd)
}

func (f *factory) listBots(ctx context.Context, name string) error {
	client, room, err := f.within(ctx, name)
	if err != nil {
		return err
	}
	bots, err := client.Bots.List(ctx, room.Token)
	if err != nil {
		return err
	}
	form := f.form()
	return printList(ctx, f, bots, "The server has no bots for conversations.", []render.Column{
		{Name: "bot", Right: true, Style: form.Faint},
		{Name: "name", Gives: true, Style: form.Strong},
		{Name: "state"},
		{Name: "description", Gives: true, Style: form.Faint},
	}, func(bot *talk.Bot) []string {
		return []string{strconv.FormatInt(bot.ID, 10), bot.Name, bot.State.String(), bot.Description}
	})
}

func (f *factory) listAllBots(ctx context.Context) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	bots, err := client.Bots.ListAll(ctx)
	if err != nil {
		return err
	}
	if f.json {
		return f.show(ctx, append([]*talk.BotDetails{}, bots...))
	}
	if len(bots) == 0 {
		f.hint("The server has no bots.")
	}
	rows := make([][]string, len(bots))
	for i, bot := range bots {
		rows[i] = []string{
			strconv.FormatInt(bot.ID, 10), bot.Name, bot.State.String(), bot.Features.String(), bot.URL,
			f.count(bot.ErrorCount), bot.LastErrorMessage,
		}
	}
	return f.botTable(rows)
}

type botCall func(ctx context.Context, client *talk.Client, token string, id int64) (*talk.Bot, error)

func (f *factory) botChange(use, short, done string, change botCall) *cobra.Command {
	return shows[talk.Bot](f, &cobra.Command{
		Use:               use,
		Short:             short,
		Long:              short + ", by its id or name. Only moderators may.",
		Args:              want("CONVERSATION", "BOT"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if given[1] == "" {
				return usagef("the bot is empty")
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			bots, err := client.Bots.List(ctx, room.Token)
			if err != nil {
				return err
			}
			id, err := pickBot(bots, given[1])
			if err != nil {
				return err
			}
			bot, err := change(ctx, client, room.Token, id)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, bot)
			}
			f.done("", done, bot.Name, room.DisplayName)
			return nil
		},
	})
}

// pickBot finds the one bot that an id or a name means.
func pickBot(bots []*talk.Bot, given string) (int64, error) {
	var found []string
	var id int64
	for _, bot := range bots {
		if strconv.FormatInt(bot.ID, 10) == given {
			return bot.ID, nil
		}
		if bot.Name == given {
			id, found = bot.ID, append(found, strconv.FormatInt(bot.ID, 10))
		}
	}
	switch len(found) {
	case 0:
		return 0, &missingError{fmt.Sprintf("there is no bot %q for this conversation", given), "'confab bot list' shows those there are"}
	case 1:
		return id, nil
	}
	return 0, fmt.Errorf("%d bots are called %q; give the id of the one that you mean: %s", len(found), given, strings.Join(found, ", "))
}
