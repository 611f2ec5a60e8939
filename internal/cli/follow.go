package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

type followOptions struct {
	after  int64
	last   int
	thread int64
	all    bool
	cursor string
}

func newFollow(f *factory) *cobra.Command {
	var o followOptions
	cmd := &cobra.Command{
		Use:   "follow CONVERSATION | --all",
		Short: "Print messages as they arrive, until interrupted",
		Long: `Print the messages of a conversation as they arrive, until interrupted; that is no failure.

When the connection breaks it is taken up again, and no message is lost or printed twice. A pipe gets the lines
that 'confab read' prints, and with --json an object in each line. --all follows all conversations at once; a pipe
gets the token of the conversation before everything else then.

With --cursor the last message that was printed is kept in a file, and the next time it goes on after it: what came
in between is not lost. A message is printed twice at most when it is killed in the middle.`,
		Example: `  $ confab follow Deploys
  $ confab follow Deploys --since-last 10
  $ confab follow Deploys --json | jq -r .message
  $ confab follow --all --cursor ~/.talk-cursor --json | ./on-message`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			for _, other := range []string{"after", "cursor"} {
				if err := exclusive(cmd, other, "since-last"); err != nil {
					return err
				}
			}
			flags := cmd.Flags()
			if o.all {
				if len(given) > 0 || o.after != 0 || o.last != 0 || o.thread != 0 {
					return usagef("--all takes no CONVERSATION, --after, --since-last or --thread")
				}
				return f.untilInterrupted(cmd.Context(), f.followAll(cmd.Context(), o))
			}
			switch {
			case len(given) == 0:
				return usagef("CONVERSATION is missing; --all follows all of them")
			case flags.Changed("after") && o.after < 1:
				return usagef("--after: %d is not the id of a message", o.after)
			case flags.Changed("since-last") && o.last < 1:
				return usagef("--since-last: %d is not a number of messages", o.last)
			}
			if err := checkThread(cmd, o.thread); err != nil {
				return err
			}
			return f.follow(cmd.Context(), given[0], o)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "follow all conversations that you take part in")
	cmd.Flags().StringVar(&o.cursor, "cursor", "", "keep in this `FILE` how far it came, and go on there")
	cmd.Flags().Int64Var(&o.after, "after", 0, "begin after the message with this `ID`")
	cmd.Flags().IntVar(&o.last, "since-last", 0, "begin with the `N` latest messages")
	threadFlag(cmd, &o.thread, "only the thread")
	return shows[talk.Message](f, cmd)
}

func (f *factory) follow(ctx context.Context, name string, o followOptions) error {
	return f.untilInterrupted(ctx, f.followUntil(ctx, name, o))
}

func (f *factory) untilInterrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil {
		return err
	}
	return nil // interrupted, which is how it is meant to end
}

// cursors opens the file in which it is kept how far it came; nil for none.
func (o *followOptions) cursors() (talk.CursorStore, error) {
	if o.cursor == "" {
		return nil, nil
	}
	return talk.OpenFileCursors(o.cursor)
}

func (f *factory) followAll(ctx context.Context, o followOptions) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	cursors, err := o.cursors()
	if err != nil {
		return err
	}
	f.hint("Following all conversations; Ctrl-C ends it.")
	form, at := f.form(), ""
	for event, err := range client.Watch(ctx, &talk.WatchOptions{Cursors: cursors, Thorough: true}) {
		switch {
		case err != nil:
			return err
		case event.Type != talk.EventMessage:
			continue
		case f.json:
			err = f.writer().Line(ctx, f.out, event.Message)
		case form.Terminal:
			if at != event.Token {
				at = event.Token
				_, err = fmt.Fprintln(f.out, form.Strong(form.Value(event.Conversation.DisplayName)))
			}
			if err == nil {
				err = writeMessage(f.out, form, event.Message, form.Clock(event.Message.Timestamp))
			}
		default:
			err = form.Table(f.out, nil, [][]string{append([]string{event.Token}, messageRow(form, event.Message)...)})
		}
		if err == nil {
			err = f.out.Flush()
		}
		if err != nil {
			return fmt.Errorf("write the output: %w", err)
		}
	}
	return nil
}

func (f *factory) followUntil(ctx context.Context, name string, o followOptions) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	room, err := f.conversation(ctx, name)
	if err != nil {
		return err
	}
	f.hint("Following %s; Ctrl-C ends it.", room.DisplayName)
	if o.last > 0 {
		for m, err := range latest(ctx, client, room.Token, 0, o.last, o.thread) {
			if err != nil {
				return err
			}
			if err := f.printLive(ctx, m); err != nil {
				return err
			}
			o.after = m.ID
		}
	}
	cursors, err := o.cursors()
	if err != nil {
		return err
	}
	for m, err := range client.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: o.after, Cursors: cursors, ThreadID: o.thread}) {
		if err != nil {
			return err
		}
		if err := f.printLive(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// printLive prints a message at once.
func (f *factory) printLive(ctx context.Context, m *talk.Message) error {
	var err error
	if f.json {
		err = f.writer().Line(ctx, f.out, m)
	} else {
		form := f.form()
		err = writeMessage(f.out, form, m, form.Clock(m.Timestamp))
	}
	if err == nil {
		err = f.out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	return nil
}
