package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newMessageEdit(f *factory) *cobra.Command {
	return shows[talk.Message](f, &cobra.Command{
		Use:   "edit CONVERSATION ID [MESSAGE… | -]",
		Short: "Change the text of a message",
		Long: `Change the text of a message, or the caption of a file, within 24 hours of its sending. Moderators may change
others' messages.

Several words are joined with spaces. With '-', or without a text where standard input is no terminal, the text is
what standard input holds.`,
		Example:           `  $ confab message edit Deploys 4711 "v1.4.1 is live"`,
		Args:              want("CONVERSATION", "ID", "[MESSAGE…]"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := messageID(given[1])
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			if _, err := f.talk(); err != nil { // before anything is read
				return err
			}
			text, err := f.messageText(ctx, given[2:])
			if err != nil {
				return err
			}
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			event, err := client.Chat.Edit(ctx, room.Token, id, text)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, parentOf(event))
			}
			f.done("", "Edited message %d in %s", id, room.DisplayName)
			return nil
		},
	})
}

// parentOf gives the message that a system message tells of, as it is now.
func parentOf(event *talk.Message) *talk.Message {
	if event.Parent != nil {
		return event.Parent
	}
	return event
}

func newMessageDelete(f *factory) *cobra.Command {
	d := deletion{harm: "it deletes for everybody"}
	cmd := &cobra.Command{
		Use:   "delete CONVERSATION ID…",
		Short: "Delete messages for everybody",
		Long: `Delete messages for everybody in the conversation; of files it ends the sharing. Moderators may delete others'
messages.`,
		Args:              want("CONVERSATION", "ID…"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			ids := make([]int64, len(given)-1)
			for i, id := range given[1:] {
				var err error
				if ids[i], err = messageID(id); err != nil {
					return err
				}
			}
			d.question = "Delete " + messages(len(ids)) + " of %s for everybody?"
			client, room, err := f.deleting(ctx, given[0], d)
			if err != nil {
				return err
			}
			for i, id := range ids {
				if _, err := client.Chat.Delete(ctx, room.Token, id); err != nil {
					if i > 0 {
						err = fmt.Errorf("after deleting %s: %w", strings.Join(given[1:1+i], ", "), err)
					}
					return err
				}
			}
			f.done("", "Deleted %s in %s", messages(len(ids)), room.DisplayName)
			return nil
		},
	}
	d.add(cmd)
	return cmd
}

// messages counts them, in words.
func messages(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}
