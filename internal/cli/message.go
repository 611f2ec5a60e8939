package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newMessage(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "message",
		Aliases: []string{"msg"},
		Short:   "Send, read, edit, pin and delete messages, and mark them as read",
		Args:    noSubcommand,
		RunE:    showHelp,
	}
	list := newRead(f)
	list.Use, list.Aliases = "list CONVERSATION", []string{"ls", "read"}
	cmd.AddCommand(newSend(f), list, newMessageEdit(f), newMessageDelete(f), newMessageContext(f),
		newMarkRead(f), newMarkUnread(f), newMessagePin(f), newMessageUnpin(f), newMessagePinned(f), newMessageDownload(f),
		newMessageShared(f), newMessageShare(f), newMessageSummarize(f))
	return cmd
}

// messageID reads the id of a message, as a command's argument.
func messageID(given string) (int64, error) {
	return positive(strings.TrimPrefix(given, "#"), "a message")
}

// positive reads the id of something.
func positive(given, what string) (int64, error) {
	id, err := strconv.ParseInt(given, 10, 64)
	if err != nil || id < 1 {
		return 0, usagef("%q is not the id of %s", given, what)
	}
	return id, nil
}

func newMessageContext(f *factory) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "context CONVERSATION ID",
		Short: "Show a message together with those around it",
		Long: `Show a message together with those around it, the oldest first. Nothing is marked as read.

A pipe gets the lines that 'confab read' prints.`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := messageID(given[1])
			if err != nil {
				return err
			}
			if limit < 1 || limit >= maxPage/2 {
				return usagef("--limit: %d is not a number from 1 to %d", limit, maxPage/2-1)
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			// The server counts the message itself among those before it.
			page, err := client.Chat.Context(ctx, room.Token, id, &talk.ContextOptions{Limit: limit + 1})
			if err != nil {
				return err
			}
			_, _, _, err = f.printMessages(ctx, func(yield func(*talk.Message, error) bool) {
				after := 0
				for _, m := range page.Messages {
					if m.ID > id {
						after++
					}
					if after > limit || !yield(m, nil) {
						return
					}
				}
			})
			return err
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", 5, "at most `N` messages before it, and as many after it")
	return shows[talk.Message](f, cmd)
}

func newMarkRead(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:               "mark-read CONVERSATION [ID]",
		Short:             "Mark messages as read: all, or up to one",
		Args:              want("CONVERSATION", "[ID]"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id := int64(0)
			if len(given) == 2 {
				var err error
				if id, err = messageID(given[1]); err != nil {
					return err
				}
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			marked, err := client.Chat.MarkRead(ctx, room.Token, id)
			if err != nil {
				return err
			}
			return f.showChanged(ctx, room, marked, "Marked %s as read", room.DisplayName)
		},
	})
}

func newMarkUnread(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:               "mark-unread CONVERSATION",
		Short:             "Mark the newest message as unread",
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			marked, err := client.Chat.MarkUnread(ctx, room.Token)
			if err != nil {
				return err
			}
			return f.showChanged(ctx, room, marked, "Marked %s as unread", room.DisplayName)
		},
	})
}
