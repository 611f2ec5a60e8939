package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// maxInput limits what is read for a message, in bytes: four times the characters that a message may have.
const maxInput = 4 * 32000

type sendOptions struct {
	talk.SendOptions
	file string
	from string        // the conversation with the message to answer, if it is another one
	key  string        // of which the reference id is made
	wait time.Duration // for an answer
}

func newSend(f *factory) *cobra.Command {
	var o sendOptions
	cmd := &cobra.Command{
		Use:   "send CONVERSATION [MESSAGE… | -]",
		Short: "Send a message",
		Long: `Send a message to a conversation, and print its id.

Several words are joined with spaces. With '-', or without a message where standard input is no terminal,
the message is what standard input holds. Mention somebody as @user, or @"user id with spaces". With --file, a file
is sent, and the message is its caption.

With --idempotency-key, a message that was sent with the same key is not sent again: its id is printed. It is looked for
among your messages in the latest ` + strconv.Itoa(maxLooked) + ` of the conversation. Two commands at the same time do not see each other.

With --wait-reply, what is printed is the first answer instead, in the lines of 'confab read': in a one-to-one the
next message of the other, elsewhere the next one that quotes yours. If none comes in time the exit code is 6.`,
		Example: `  $ confab send Deploys "v1.4 is live"
  $ git log -1 --format=%s | confab send Deploys
  $ confab send @bob --reply-to 4711 "On my way"
  $ confab send Deploys "Build failed" --file build.log --idempotency-key "build-$BUILD_ID"
  $ confab send @bob "Deploy now?" --wait-reply 10m --jq .message
  $ confab send @bob --reply-to 4711 --reply-in Deploys "Between you and me"
  $ confab send Deploys --thread 4711 "It was the cache"`,
		Args:              want("CONVERSATION", "[MESSAGE…]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			return f.send(cmd.Context(), given[0], given[1:], o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Int64Var(&o.ReplyTo, "reply-to", 0, "answer the message with this `ID`")
	flags.StringVar(&o.from, "reply-in", "", "which is in this other `CONVERSATION`, and its author's alone to read")
	threadFlag(cmd, &o.ThreadID, "write into the thread")
	flags.BoolVar(&o.Silent, "silent", false, "notify nobody")
	flags.StringVar(&o.file, "file", "", "send this `FILE` of this machine")
	flags.DurationVar(&o.wait, "wait-reply", 0, "wait for an answer as long as this `DURATION`, such as 10m, and print it")
	flags.StringVar(&o.key, "idempotency-key", "", "send nothing when a message with this `KEY` was sent before")
	flags.StringVar(&o.ReferenceID, "reference-id", "", "mark the message with this `TEXT`, at most 64 characters, to know it again")
	_ = cmd.RegisterFlagCompletionFunc("reply-to", f.completeReplyTo) // as in completeValues
	return shows[talk.Message](f, cmd)
}

func (o *sendOptions) check(cmd *cobra.Command) error {
	flags := cmd.Flags()
	switch {
	case flags.Changed("wait-reply") && o.wait <= 0:
		return usagef("--wait-reply: %v is no time to wait", o.wait)
	case flags.Changed("idempotency-key") && o.key == "":
		return usagef("--idempotency-key: the key is empty")
	case flags.Changed("file") && o.file == "":
		return usagef("--file: the name of the file is empty")
	case flags.Changed("reply-in") && o.from == "":
		return usagef("--reply-in: the conversation is empty")
	case o.from != "" && o.ReplyTo == 0:
		return usagef("--reply-in needs --reply-to")
	case o.from != "" && o.file != "":
		return usagef("--reply-in and --file exclude each other")
	case o.file == "-":
		return usagef("--file: standard input is for the message; 'confab file send' sends it as a file")
	}
	if err := exclusive(cmd, "idempotency-key", "reference-id"); err != nil {
		return err
	}
	if err := checkThread(cmd, o.ThreadID); err != nil {
		return err
	}
	return checkReplyTo(cmd, o.ReplyTo)
}

func (f *factory) send(ctx context.Context, name string, words []string, o sendOptions) error {
	client, err := f.talk()
	if err != nil { // before anything is read
		return err
	}
	text := ""
	if o.file == "" || len(words) > 0 {
		var err error
		if text, err = f.messageText(ctx, words); err != nil {
			return err
		}
	}
	if f.needsNoRoom(name, o) {
		message, err := client.Chat.Send(ctx, name, text, &o.SendOptions)
		if err == nil {
			return f.sent(ctx, message, "")
		}
		if !errors.Is(err, talk.ErrNotFound) || errors.Is(err, talk.ErrBadResponse) {
			return err
		}
	}
	room, err := f.conversation(ctx, name)
	if err != nil {
		return err
	}
	if o.from != "" {
		other, err := f.existing(ctx, o.from)
		if err != nil {
			return err
		}
		o.ReplyToToken = other.Token
	}
	var message *talk.Message
	done := "Sent to %s as message %d"
	if o.key != "" {
		o.ReferenceID = referenceID(o.key, room.Token)
		if message, err = sentBefore(ctx, client, room, o.ReferenceID); err != nil {
			return err
		}
	}
	switch {
	case message != nil:
		done = "Was sent to %s before, as message %d"
	case o.file != "":
		message, err = f.sendNamed(ctx, client, room, text, o)
	default:
		message, err = client.Chat.Send(ctx, room.Token, text, &o.SendOptions)
	}
	switch {
	case err != nil:
		return err
	case o.wait > 0:
		return f.waitReply(ctx, client, room, message, o.wait)
	}
	return f.sent(ctx, message, fmt.Sprintf(done, room.DisplayName, message.ID))
}

// needsNoRoom reports whether a message can go to a token at once: nothing that will be printed or done takes more of the
// conversation than that. It saves a request; a name that only looks like a token is found in the usual way then.
func (f *factory) needsNoRoom(name string, o sendOptions) bool {
	return looksMade(name) && (f.json || !f.app.OutTTY) && o.file == "" && o.from == "" && o.key == "" && o.wait == 0
}

// sent tells of the message that was sent: its id, or to a person in words.
func (f *factory) sent(ctx context.Context, message *talk.Message, words string) error {
	if f.json {
		return f.show(ctx, message)
	}
	f.done(strconv.FormatInt(message.ID, 10), "%s", words)
	return nil
}

// sendNamed sends a file of this machine with a caption.
func (f *factory) sendNamed(ctx context.Context, client *talk.Client, room *talk.Conversation, caption string, o sendOptions) (*talk.Message, error) {
	file, err := openFile(o.file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return f.sendFile(ctx, client, room, file, filepath.Base(o.file), talk.FileOptions{
		Caption: caption, ReplyTo: o.ReplyTo, ThreadID: o.ThreadID, Silent: o.Silent, ReferenceID: o.ReferenceID,
	})
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
