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
}

func newFollow(f *factory) *cobra.Command {
	var o followOptions
	cmd := &cobra.Command{
		Use:   "follow CONVERSATION",
		Short: "Print messages as they arrive, until interrupted",
		Long: `Print the messages of a conversation as they arrive, until interrupted; that is no failure.

When the connection breaks it is taken up again, and no message is lost or printed twice. A pipe gets the lines
that 'confab read' prints, and with --json an object in each line.`,
		Example: `  $ confab follow Deploys
  $ confab follow Deploys --since-last 10
  $ confab follow Deploys --json | jq -r .message`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := exclusive(cmd, "after", "since-last"); err != nil {
				return err
			}
			flags := cmd.Flags()
			switch {
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
	cmd.Flags().Int64Var(&o.after, "after", 0, "begin after the message with this `ID`")
	cmd.Flags().IntVar(&o.last, "since-last", 0, "begin with the `N` latest messages")
	threadFlag(cmd, &o.thread, "only the thread")
	return shows[talk.Message](f, cmd)
}

func (f *factory) follow(ctx context.Context, name string, o followOptions) error {
	err := f.followUntil(ctx, name, o)
	if err != nil && ctx.Err() == nil {
		return err
	}
	return nil // interrupted, which is how it is meant to end
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
	for m, err := range client.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: o.after, ThreadID: o.thread}) {
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
