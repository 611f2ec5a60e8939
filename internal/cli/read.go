package cli

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// maxPage is the most messages that a server gives at once.
const maxPage = 200

type readOptions struct {
	limit    int
	before   int64
	thread   int64
	all      bool
	markRead bool
}

func newRead(f *factory) *cobra.Command {
	var o readOptions
	cmd := &cobra.Command{
		Use:   "read CONVERSATION",
		Short: "Read the latest messages",
		Long: `Print messages of a conversation, the oldest first. It stays as unread as it was, unless --mark-read is given.

A pipe gets a line for each message: id, time, type, actor, display name, id of the message that it answers, text.`,
		Example: `  $ confab read Deploys
  $ confab read @bob --limit 5 --mark-read
  $ confab read Deploys --thread 4711
  $ confab read Deploys --all --json > deploys.json`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := exclusive(cmd, "all", "limit"); err != nil {
				return err
			}
			switch {
			case o.limit < 1:
				return usagef("--limit: %d is not a number of messages", o.limit)
			case cmd.Flags().Changed("before") && o.before < 1:
				return usagef("--before: %d is not the id of a message", o.before)
			}
			if err := checkThread(cmd, o.thread); err != nil {
				return err
			}
			if err := exclusive(cmd, "thread", "mark-read"); err != nil { // which would mark what was not printed
				return err
			}
			return f.read(cmd.Context(), given[0], o)
		},
	}
	flags := cmd.Flags()
	flags.IntVarP(&o.limit, "limit", "n", 20, "print at most the `N` latest messages")
	flags.Int64Var(&o.before, "before", 0, "only messages older than the one with this `ID`")
	threadFlag(cmd, &o.thread, "only the thread")
	flags.BoolVar(&o.all, "all", false, "print the whole conversation")
	flags.BoolVar(&o.markRead, "mark-read", false, "mark what was printed as read")
	return shows[talk.Message](f, cmd)
}

func (f *factory) read(ctx context.Context, name string, o readOptions) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	room, err := f.conversation(ctx, name)
	if err != nil {
		return err
	}
	messages := latest(ctx, client, room.Token, o.before, o.limit, o.thread)
	if o.all {
		messages = fromStart(ctx, client, room.Token, 0, o.before, o.thread)
	}
	first, last, count, err := f.printMessages(ctx, messages)
	if err != nil {
		return err
	}
	if err := f.out.Flush(); err != nil { // what was not shown is not read
		return fmt.Errorf("write the output: %w", err)
	}
	switch {
	case count == 0:
		f.hint("There are no messages in %s.", room.DisplayName)
	case !o.all && count == o.limit && o.thread > 0:
		f.hint("Older ones: confab read %s --thread %d --before %d", room.Token, o.thread, first)
	case !o.all && count == o.limit:
		f.hint("Older ones: confab read %s --before %d", room.Token, first)
	}
	if o.markRead && last > room.LastReadMessage {
		_, err = client.Chat.MarkRead(ctx, room.Token, last)
	}
	return err
}

// printMessages prints messages as they come, and tells the ids of the first and the last, and how many there were.
func (f *factory) printMessages(ctx context.Context, messages iter.Seq2[*talk.Message, error]) (first, last int64, count int, err error) {
	form := f.form()
	var array *render.Array
	if f.json {
		array = f.writer().Array(f.out)
	}
	for m, err := range messages {
		if err != nil {
			return 0, 0, 0, err
		}
		if array != nil {
			err = array.Add(m)
		} else {
			err = writeMessage(f.out, form, m, form.Time(m.Timestamp))
		}
		if err != nil {
			return 0, 0, 0, err
		}
		if count == 0 {
			first = m.ID
		}
		last, count = m.ID, count+1
	}
	if array != nil {
		return first, last, count, array.Close(ctx)
	}
	return first, last, count, nil
}

// latest goes through the latest messages, at most limit, oldest first; of one thread if that is not 0.
func latest(ctx context.Context, client *talk.Client, token string, before int64, limit int, thread int64) iter.Seq2[*talk.Message, error] {
	return func(yield func(*talk.Message, error) bool) {
		var messages []*talk.Message
		for m, err := range client.Chat.History(ctx, token, &talk.HistoryOptions{Before: before, PageSize: min(limit, maxPage), ThreadID: thread}) {
			if err != nil {
				yield(nil, err)
				return
			}
			if messages = append(messages, m); len(messages) == limit {
				break
			}
		}
		for _, m := range slices.Backward(messages) {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// fromStart goes through the messages of a conversation that come after one, or from its first one on, and before another
// one if that is not 0; of one thread if that is not 0. It does so a page at a time, so that their number costs no memory, and marks nothing as read.
func fromStart(ctx context.Context, client *talk.Client, token string, after, before, thread int64) iter.Seq2[*talk.Message, error] {
	return func(yield func(*talk.Message, error) bool) {
		for known := after; ; {
			page, err := client.Chat.Page(ctx, token, &talk.PageOptions{Forward: true, LastKnown: known, Limit: maxPage, ThreadID: thread})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, m := range page.Messages {
				if before > 0 && m.ID >= before || !yield(m, nil) {
					return
				}
			}
			if page.LastGiven <= known {
				return
			}
			known = page.LastGiven
		}
	}
}
