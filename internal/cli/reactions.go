package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newReaction(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reaction",
		Short: "React to messages, and see who did",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newReactionList(f),
		f.reactionChange("add CONVERSATION ID EMOJI", "React to a message with an emoji", "Reacted with %s to message %d",
			func(ctx context.Context, client *talk.Client, token string, id int64, emoji string) (map[string][]talk.Reaction, error) {
				return client.Reactions.Add(ctx, token, id, emoji)
			}),
		f.reactionChange("remove CONVERSATION ID EMOJI", "Take a reaction back", "Took %s back from message %d",
			func(ctx context.Context, client *talk.Client, token string, id int64, emoji string) (map[string][]talk.Reaction, error) {
				return client.Reactions.Remove(ctx, token, id, emoji)
			}, "rm"))
	return cmd
}

func newReactionList(f *factory) *cobra.Command {
	var emoji string
	cmd := &cobra.Command{
		Use:     "list CONVERSATION ID",
		Aliases: []string{"ls"},
		Short:   "List the reactions to a message",
		Long: `List the reactions to a message.

A pipe gets a line for each: emoji, source, id, display name, time.`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := messageID(given[1])
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			reactions, err := client.Reactions.List(ctx, room.Token, id, &talk.ListReactionsOptions{Emoji: emoji})
			if err != nil {
				return err
			}
			return f.printReactions(ctx, id, reactions)
		},
	}
	cmd.Flags().StringVar(&emoji, "emoji", "", "only those with this `EMOJI`")
	return shows[map[string][]talk.Reaction](f, cmd)
}

func (f *factory) printReactions(ctx context.Context, id int64, reactions map[string][]talk.Reaction) error {
	if f.json {
		if reactions == nil {
			reactions = map[string][]talk.Reaction{}
		}
		return f.show(ctx, reactions)
	}
	if len(reactions) == 0 {
		f.hint("Nobody reacted to message %d.", id)
	}
	form := f.form()
	var rows [][]string
	for _, emoji := range slices.Sorted(maps.Keys(reactions)) {
		for _, r := range reactions[emoji] {
			rows = append(rows, []string{emoji, string(r.ActorType), r.ActorID, r.ActorDisplayName, form.Time(r.Timestamp)})
		}
	}
	return form.Table(f.out, []render.Column{
		{Name: "emoji"},
		{Name: "source", Style: form.Faint},
		{Name: "id", Gives: true},
		{Name: "name", Gives: true, Style: form.Strong},
		{Name: "time", Style: form.Faint},
	}, rows)
}

type reactionCall func(ctx context.Context, client *talk.Client, token string, id int64, emoji string) (map[string][]talk.Reaction, error)

func (f *factory) reactionChange(use, short, done string, change reactionCall, aliases ...string) *cobra.Command {
	return shows[map[string][]talk.Reaction](f, &cobra.Command{
		Use:               use,
		Short:             short,
		Aliases:           aliases,
		Args:              want("CONVERSATION", "ID", "EMOJI"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := messageID(given[1])
			if err != nil {
				return err
			}
			if strings.TrimSpace(given[2]) == "" {
				return usagef("the emoji is empty")
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			reactions, err := change(ctx, client, room.Token, id, given[2])
			if err != nil {
				return err
			}
			if f.json {
				return f.printReactions(ctx, id, reactions)
			}
			f.done("", done, given[2], id)
			return nil
		},
	})
}
