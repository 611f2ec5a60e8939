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

func newSearch(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search",
		Short: "Find messages and conversations by their text",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newSearchMessages(f), newSearchConversations(f))
	return cmd
}

func newSearchMessages(f *factory) *cobra.Command {
	var o talk.SearchOptions
	var in, since, until string
	var limit int
	cmd := &cobra.Command{
		Use:     "messages TEXT…",
		Aliases: []string{"message"},
		Short:   "Find messages that contain a text, the newest first",
		Long: `Find messages that contain a text, the newest first.

A pipe gets a line for each: token of the conversation, id of the message, time, who wrote it, text.`,
		Example: `  $ confab search messages disk full
  $ confab search messages "disk full" --in Deploys --by bob --since 2026-06-01T00:00:00Z`,
		Args:              want("TEXT…"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			if limit < 1 {
				return usagef("--limit: %d is not a number from 1 on", limit)
			}
			var err error
			if since != "" {
				if o.Since, err = moment("since", since, f.now()); err != nil {
					return err
				}
			}
			if until != "" {
				if o.Until, err = moment("until", until, f.now()); err != nil {
					return err
				}
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			if in != "" {
				room, err := f.existing(ctx, in)
				if err != nil {
					return err
				}
				o.Token = room.Token
			}
			o.PageSize = min(limit, 25) // the most that a server gives at once
			return f.printFound(ctx, client, strings.Join(given, " "), &o, limit)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&in, "in", "", "in this `CONVERSATION` only")
	flags.StringVar(&o.UserID, "by", "", "written by this `USER` only")
	flags.StringVar(&since, "since", "", "written at this `TIME` or later: 2026-06-01T09:00:00Z, or \"2026-06-01 09:00\" by the clock here")
	flags.StringVar(&until, "until", "", "written at this `TIME` or earlier")
	flags.IntVarP(&limit, "limit", "n", 25, "at most `N` messages")
	return shows[talk.SearchEntry](f, cmd)
}

func (f *factory) printFound(ctx context.Context, client *talk.Client, text string, o *talk.SearchOptions, limit int) error {
	var found []*talk.SearchEntry
	for entry, err := range client.Search.Messages(ctx, text, o) {
		if err != nil {
			return err
		}
		if found = append(found, entry); len(found) == limit {
			break
		}
	}
	form := f.form()
	return printList(ctx, f, found, fmt.Sprintf("No message contains %q.", text), []render.Column{
		{Name: "conversation", Style: form.Faint},
		{Name: "message", Right: true, Style: form.Faint},
		{Name: "when", Style: form.Faint},
		{Name: "by", Gives: true, Style: form.Strong},
		{Name: "text", Gives: true},
	}, func(entry *talk.SearchEntry) []string {
		a := entry.Attributes
		return []string{a.Token, strconv.FormatInt(a.MessageID, 10), form.Time(a.Timestamp), entry.Title, entry.Subline}
	})
}

func newSearchConversations(f *factory) *cobra.Command {
	return shows[talk.SearchEntry](f, &cobra.Command{
		Use:     "conversations TEXT…",
		Aliases: []string{"conversation"},
		Short:   "Find conversations of yours by a part of their names",
		Long: `Find conversations of yours by a part of their names. 'confab conversation search' finds those that you can join.

A pipe gets a line for each: token, name.`,
		Args:              want("TEXT…"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			found, err := client.Search.Conversations(ctx, strings.Join(given, " "))
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, found, fmt.Sprintf("No conversation of yours is found by %q.", strings.Join(given, " ")), []render.Column{
				{Name: "conversation", Style: form.Faint},
				{Name: "name", Gives: true, Style: form.Strong},
			}, func(entry *talk.SearchEntry) []string {
				return []string{entry.Attributes.Token, entry.Title}
			})
		},
	})
}
