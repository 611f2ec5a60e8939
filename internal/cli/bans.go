package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newBan(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ban",
		Short: "Keep people out of a conversation, as a moderator",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newBanList(f), newBanCreate(f), newBanLift(f))
	return cmd
}

func newBanList(f *factory) *cobra.Command {
	return shows[talk.Ban](f, &cobra.Command{
		Use:     "list CONVERSATION",
		Aliases: []string{"ls"},
		Short:   "List who is kept out of a conversation",
		Long: `List who is kept out of a conversation.

A pipe gets a line for each: id of the ban, source, id, display name, who banned them, when, note.`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			bans, err := client.Bans.List(ctx, room.Token)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, bans, fmt.Sprintf("Nobody is banned from %s.", room.DisplayName), []render.Column{
				{Name: "ban", Right: true, Style: form.Faint},
				{Name: "source", Style: form.Faint},
				{Name: "id", Gives: true},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "by"},
				{Name: "when", Style: form.Faint},
				{Name: "note", Gives: true},
			}, func(b *talk.Ban) []string {
				return []string{strconv.FormatInt(b.ID, 10), string(b.BannedType), b.BannedID, b.BannedDisplayName, b.ModeratorDisplayName, form.Time(b.BannedTime), b.InternalNote}
			})
		},
	})
}

// banSources are the kinds of ids that can be banned.
var banSources = []string{string(talk.ActorUser), string(talk.ActorGuest), string(talk.ActorEmail), string(talk.ActorIP)}

func newBanCreate(f *factory) *cobra.Command {
	var source, note string
	cmd := &cobra.Command{
		Use:   "create CONVERSATION ID",
		Short: "Remove somebody from a conversation and keep them out, and print the id of the ban",
		Long: `Remove somebody from a conversation and keep them out, and print the id of the ban. They need not take part yet.

Guests are named by the ids that 'confab participant list' shows. An ip is an address, or a range of them.`,
		Example: `  $ confab ban create Square mallory --note "spam"
  $ confab ban create Square 192.0.2.0/24 --source ip`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeParticipant,
		RunE: func(cmd *cobra.Command, given []string) error {
			if !slices.Contains(banSources, source) {
				return usagef("--source: %q is none of %s", source, strings.Join(banSources, ", "))
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			ban, err := client.Bans.Ban(ctx, room.Token, talk.ActorType(source), given[1], &talk.BanOptions{InternalNote: note})
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, ban)
			}
			f.done(strconv.FormatInt(ban.ID, 10), "Banned %s from %s", ban.BannedDisplayName, room.DisplayName)
			return nil
		},
	}
	cmd.Flags().StringVar(&source, "source", "users", "what the id is of: `users|guests|emails|ip`")
	completeValues(cmd, "source", banSources...)
	cmd.Flags().StringVar(&note, "note", "", "a `TEXT` for moderators to read")
	return shows[talk.Ban](f, cmd)
}

func newBanLift(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:     "lift CONVERSATION BAN",
		Aliases: []string{"delete", "rm"},
		Short:   "Let somebody in again, by the id of the ban",
		Args:    want("CONVERSATION", "BAN"),
		ValidArgsFunction: func(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(given) == 0 {
				return f.completeConversation(cmd, given, begun)
			}
			return f.completeWithin(cmd, given, begun, bansOf)
		},
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := positive(given[1], "a ban")
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			bans, err := client.Bans.List(ctx, room.Token)
			if err != nil {
				return err
			}
			n := slices.IndexFunc(bans, func(b *talk.Ban) bool { return b.ID == id })
			if n < 0 { // which the server would call a success
				return &missingError{"there is no ban " + given[1] + " in " + room.DisplayName, "'confab ban list' shows them"}
			}
			if err := client.Bans.Unban(ctx, room.Token, id); err != nil {
				return err
			}
			f.done("", "%s may enter %s again", bans[n].BannedDisplayName, room.DisplayName)
			return nil
		},
	}
}

func bansOf(ctx context.Context, client *talk.Client, token string) (found []choice) {
	bans, err := client.Bans.List(ctx, token)
	if err != nil {
		return nil
	}
	for _, b := range bans {
		found = append(found, choice{strconv.FormatInt(b.ID, 10), b.BannedDisplayName})
	}
	return found
}
