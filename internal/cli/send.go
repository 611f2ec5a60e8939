package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// maxInput limits what is read for a message, in bytes: four times the characters that a message may have.
const maxInput = 4 * 32000

func newSend(f *factory) *cobra.Command {
	var options talk.SendOptions
	cmd := &cobra.Command{
		Use:   "send CONVERSATION [MESSAGE… | -]",
		Short: "Send a message",
		Long: `Send a message to a conversation, and print its id.

Several words are joined with spaces. With '-', or without a message where standard input is no terminal,
the message is what standard input holds. Mention somebody as @user, or @"user id with spaces".`,
		Example: `  $ confab send Deploys "v1.4 is live"
  $ git log -1 --format=%s | confab send Deploys
  $ confab send @bob --reply-to 4711 "On my way"`,
		Args:              want("CONVERSATION", "[MESSAGE…]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			if err := checkReplyTo(cmd, options.ReplyTo); err != nil {
				return err
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			text, err := f.messageText(ctx, given[1:])
			if err != nil {
				return err
			}
			room, err := f.conversation(ctx, given[0])
			if err != nil {
				return err
			}
			message, err := client.Chat.Send(ctx, room.Token, text, &options)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, message)
			}
			id := strconv.FormatInt(message.ID, 10)
			f.done(id, "Sent to %s as message %s", room.DisplayName, id)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.Int64Var(&options.ReplyTo, "reply-to", 0, "answer the message with this `ID`")
	flags.BoolVar(&options.Silent, "silent", false, "notify nobody")
	flags.StringVar(&options.ReferenceID, "reference-id", "", "mark the message with this `TEXT`, at most 64 characters, to know it again")
	return shows[talk.Message](f, cmd)
}

// messageText gives the message that a command line holds: its words, or standard input where that is meant.
func (f *factory) messageText(ctx context.Context, words []string) (string, error) {
	text := strings.Join(words, " ")
	switch {
	case len(words) == 0 && f.app.InTTY:
		return "", usagef("there is no message; with '-' it is read from standard input")
	case len(words) == 0, text == "-":
		var err error
		if text, err = f.readInput(ctx, "the message", maxInput); err != nil {
			return "", err
		}
	default:
		if _, err := checkText("the message", []byte(text), len(text)); err != nil {
			return "", usagef("the message is not UTF-8 text")
		}
	}
	if strings.TrimSpace(text) == "" {
		return "", usagef("the message is empty")
	}
	return text, nil
}
