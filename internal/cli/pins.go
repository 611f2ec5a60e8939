package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newMessagePin(f *factory) *cobra.Command {
	var until string
	var lasts time.Duration
	cmd := &cobra.Command{
		Use:   "pin CONVERSATION ID",
		Short: "Show a message to everybody at the top of its conversation",
		Long: `Show a message to everybody at the top of its conversation, for ever or for some time. Only moderators may. Servers can
do it from Talk 23 on.`,
		Example: `  $ confab message pin Deploys 4711
  $ confab message pin Deploys 4711 --for 24h`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := messageID(given[1])
			if err != nil {
				return err
			}
			if err := exclusive(cmd, "until", "for"); err != nil {
				return err
			}
			var o talk.PinOptions
			switch flags := cmd.Flags(); {
			case flags.Changed("for") && lasts <= 0:
				return usagef("--for: %v is no time", lasts)
			case flags.Changed("for"):
				o.Until = f.now().Add(lasts)
			case flags.Changed("until"):
				if o.Until, err = moment("until", until, f.now()); err != nil {
					return err
				}
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			event, err := client.Chat.Pin(ctx, room.Token, id, &o)
			switch {
			case err != nil:
				return err
			case f.json && event != nil:
				return f.show(ctx, parentOf(event))
			case f.json:
				return f.show(ctx, nil)
			case event == nil:
				f.done("", "Message %d was pinned in %s before", id, room.DisplayName)
				return nil
			}
			f.done("", "Pinned message %d in %s", id, room.DisplayName)
			return nil
		},
	}
	cmd.Flags().StringVar(&until, "until", "", "until this `TIME`: 2026-06-01T09:00:00Z, or \"2026-06-01 09:00\" by the clock here")
	cmd.Flags().DurationVar(&lasts, "for", 0, "for this `DURATION`, such as 24h")
	return shows[talk.Message](f, cmd)
}

func newMessageUnpin(f *factory) *cobra.Command {
	var self bool
	cmd := &cobra.Command{
		Use:   "unpin CONVERSATION ID",
		Short: "Take a message from the top of its conversation, for everybody or for yourself",
		Long: `Take a message from the top of its conversation, for everybody, as only moderators may; or with --for-me for yourself
alone: then it stays pinned.`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completePinned,
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
			if self {
				if err := client.Chat.HidePin(ctx, room.Token, id); err != nil {
					return err
				}
				if f.json {
					return f.show(ctx, nil)
				}
				f.done("", "Hid the pinned message %d in %s", id, room.DisplayName)
				return nil
			}
			event, err := client.Chat.Unpin(ctx, room.Token, id)
			switch {
			case err != nil:
				return err
			case f.json && event != nil:
				return f.show(ctx, parentOf(event))
			case f.json:
				return f.show(ctx, nil)
			case event == nil:
				f.done("", "Message %d was not pinned in %s", id, room.DisplayName)
				return nil
			}
			f.done("", "Unpinned message %d in %s", id, room.DisplayName)
			return nil
		},
	}
	cmd.Flags().BoolVar(&self, "for-me", false, "for yourself alone")
	return shows[talk.Message](f, cmd)
}

func newMessagePinned(f *factory) *cobra.Command {
	return shows[talk.Message](f, &cobra.Command{
		Use:   "pinned CONVERSATION",
		Short: "Show the messages that are pinned, the one pinned last first",
		Long: `Show the messages that are pinned, the one pinned last first.

A pipe gets the lines that 'confab read' prints.`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			pinned, err := client.Chat.Pinned(ctx, room.Token)
			if err != nil {
				return err
			}
			if len(pinned) == 0 {
				f.hint("Nothing is pinned in %s.", room.DisplayName)
			}
			_, _, _, err = f.printMessages(ctx, func(yield func(*talk.Message, error) bool) {
				for _, m := range pinned {
					if !yield(m, nil) {
						return
					}
				}
			})
			return err
		},
	})
}

// completePinned gives a shell conversations, and then what is pinned in the one that was chosen.
func (f *factory) completePinned(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return f.completeConversation(cmd, given, begun)
	}
	return f.completeWithin(cmd, given, begun, func(ctx context.Context, client *talk.Client, token string) (found []choice) {
		pinned, err := client.Chat.Pinned(ctx, token)
		if err != nil {
			return nil
		}
		for _, m := range pinned {
			found = append(found, choice{strconv.FormatInt(m.ID, 10), render.Quote(m)})
		}
		return found
	})
}
