package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newThread(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "thread",
		Short: "Begin, find and name threads",
		Long: `Begin, find and name threads: named chains of messages inside a conversation. Servers have them from Talk 22 on.

A thread has the id of its first message. 'confab send --thread ID' writes into one, 'confab read --thread ID' and
'confab follow --thread ID' show nothing else.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newThreadList(f), newThreadCreate(f), newThreadView(f), newThreadRename(f), newThreadNotify(f))
	return cmd
}

func newThreadList(f *factory) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:     "list [CONVERSATION]",
		Aliases: []string{"ls"},
		Short:   "List the threads of a conversation, or those of all that you take part in",
		Long: `List the threads of a conversation, those with the latest activity first. Without a conversation, list the threads
of all of them that you began, wrote in, or have a notification level for.

A pipe gets a line for each: id, token of the conversation, number of answers, time of the last activity, your
notification level, title.`,
		Example: `  $ confab thread list Deploys
  $ confab thread list --json --jq '.[] | select(.attendee.notificationLevel != 3) | .thread.title'`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if limit < 1 || len(given) == 1 && limit > maxThreads {
				return usagef("--limit: %d is not a number from 1 to %d", limit, maxThreads)
			}
			if len(given) == 0 {
				return f.listSubscribedThreads(cmd.Context(), limit)
			}
			if !cmd.Flags().Changed("limit") {
				limit = 0 // as many as the server gives
			}
			return f.listThreads(cmd.Context(), given[0], limit)
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", maxThreads, "at most `N` threads")
	return shows[talk.ThreadInfo](f, cmd)
}

// maxThreads is the most threads that a server gives of one conversation.
const maxThreads = 50

func (f *factory) listThreads(ctx context.Context, name string, limit int) error {
	client, room, err := f.within(ctx, name)
	if err != nil {
		return err
	}
	threads, err := client.Threads.Recent(ctx, room.Token, &talk.RecentThreadsOptions{Limit: limit})
	if err != nil {
		return err
	}
	if len(threads) == 0 {
		f.hint("There are no threads in %s.", room.DisplayName)
	}
	return f.printThreads(ctx, threads)
}

func (f *factory) listSubscribedThreads(ctx context.Context, limit int) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	var threads []*talk.ThreadInfo
	for info, err := range client.Threads.Subscribed(ctx, &talk.SubscribedThreadsOptions{PageSize: min(limit, 2*maxThreads)}) {
		if err != nil {
			return err
		}
		if threads = append(threads, info); len(threads) == limit {
			break
		}
	}
	if len(threads) == 0 {
		f.hint("You take part in no threads.")
	}
	return f.printThreads(ctx, threads)
}

func (f *factory) printThreads(ctx context.Context, threads []*talk.ThreadInfo) error {
	form := f.form()
	return printList(ctx, f, threads, "", []render.Column{
		{Name: "thread", Right: true, Style: form.Faint},
		{Name: "conversation", Style: form.Faint},
		{Name: "answers", Right: true},
		{Name: "active", Style: form.Faint},
		{Name: "notifies"},
		{Name: "title", Gives: true, Style: form.Strong},
	}, func(info *talk.ThreadInfo) []string {
		t := info.Thread
		return []string{
			strconv.FormatInt(t.ID, 10), t.RoomToken, f.count(t.NumReplies), form.Time(t.LastActivity),
			info.Attendee.NotificationLevel.String(), t.Title,
		}
	})
}

func newThreadCreate(f *factory) *cobra.Command {
	var silent bool
	cmd := &cobra.Command{
		Use:   "create CONVERSATION TITLE [MESSAGE… | -]",
		Short: "Begin a thread with a message, and print its id",
		Long: `Begin a thread with a message, and print its id.

The message is read as 'confab send' reads it: with '-', or without one where standard input is no terminal, it is what
standard input holds.`,
		Example:           `  $ confab thread create Deploys "Release 1.5" "What is missing?"`,
		Args:              want("CONVERSATION", "TITLE", "[MESSAGE…]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			if _, err := f.talk(); err != nil { // before anything is read
				return err
			}
			if given[1] == "" {
				return usagef("the title is empty")
			}
			text, err := f.messageText(ctx, given[2:])
			if err != nil {
				return err
			}
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			first, err := client.Chat.Send(ctx, room.Token, text, &talk.SendOptions{ThreadTitle: given[1], Silent: silent})
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, first)
			}
			f.done(strconv.FormatInt(first.ID, 10), "Began the thread %d in %s", first.ID, room.DisplayName)
			return nil
		},
	}
	cmd.Flags().BoolVar(&silent, "silent", false, "notify nobody")
	return shows[talk.Message](f, cmd)
}

// thread is a command about one thread; further arguments follow its id.
func (f *factory) thread(use, short string, args []string, do func(ctx context.Context, client *talk.Client, token string, id int64, rest []string) error) *cobra.Command {
	return shows[talk.ThreadInfo](f, &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              want(append([]string{"CONVERSATION", "THREAD"}, args...)...),
		ValidArgsFunction: f.completeThread,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := positive(given[1], "a thread")
			if err != nil {
				return err
			}
			client, room, err := f.within(cmd.Context(), given[0])
			if err != nil {
				return err
			}
			return do(cmd.Context(), client, room.Token, id, given[2:])
		},
	})
}

func newThreadView(f *factory) *cobra.Command {
	cmd := f.thread("view CONVERSATION THREAD", "Show what is known of a thread", nil,
		func(ctx context.Context, client *talk.Client, token string, id int64, _ []string) error {
			info, err := client.Threads.Get(ctx, token, id)
			if err != nil {
				return err
			}
			return f.showThread(ctx, info)
		})
	cmd.Aliases = []string{"show"}
	cmd.Long = `Show what is known of a thread. 'confab read CONVERSATION --thread THREAD' shows its messages.

A pipe gets lines of a name and a value.`
	return cmd
}

func (f *factory) showThread(ctx context.Context, info *talk.ThreadInfo) error {
	if f.json {
		return f.show(ctx, info)
	}
	form := f.form()
	says := func(m *talk.Message) string {
		if m == nil {
			return ""
		}
		return render.Quote(m)
	}
	return form.Fields(f.out, []render.Field{
		{Name: "thread", Value: strconv.FormatInt(info.Thread.ID, 10)},
		{Name: "title", Value: info.Thread.Title},
		{Name: "answers", Value: strconv.Itoa(info.Thread.NumReplies)},
		{Name: "active", Value: form.Time(info.Thread.LastActivity)},
		{Name: "notifies", Value: info.Attendee.NotificationLevel.String()},
		{Name: "first", Value: says(info.First)},
		{Name: "last", Value: says(info.Last)},
	})
}

func newThreadRename(f *factory) *cobra.Command {
	return f.thread("rename CONVERSATION THREAD TITLE", "Give a thread another title, as its author or a moderator", []string{"TITLE"},
		func(ctx context.Context, client *talk.Client, token string, id int64, rest []string) error {
			info, err := client.Threads.Rename(ctx, token, id, rest[0])
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, info)
			}
			f.done("", "Renamed the thread %d to %s", id, info.Thread.Title)
			return nil
		})
}

func newThreadNotify(f *factory) *cobra.Command {
	cmd := f.thread("notify CONVERSATION THREAD LEVEL", "Say which messages of a thread notify you", []string{"LEVEL"},
		func(ctx context.Context, client *talk.Client, token string, id int64, rest []string) error {
			level, err := named(true, "level", rest[0], talk.NotifyDefault, talk.NotifyAlways, talk.NotifyMention, talk.NotifyNever)
			if err != nil {
				return usagef("LEVEL is default, always, mention or never, and not %q", rest[0])
			}
			info, err := client.Threads.SetNotificationLevel(ctx, token, id, level)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, info)
			}
			f.done("", "The thread %d notifies you: %v", id, info.Attendee.NotificationLevel)
			return nil
		})
	cmd.Long = `Say which messages of a thread notify you: always, those that mention you (mention), never, or as those of the whole
conversation do (default).`
	return cmd
}

// threadFlag lets a command do something in a thread, or with one alone.
func threadFlag(cmd *cobra.Command, id *int64, what string) {
	cmd.Flags().Int64Var(id, "thread", 0, what+" that begins with the message with this `ID`")
}

// checkThread refuses what is no id of a thread.
func checkThread(cmd *cobra.Command, id int64) error {
	if id < 0 || cmd.Flags().Changed("thread") && id == 0 {
		return usagef("--thread: %d is not the id of a thread", id)
	}
	return nil
}

// completeThread gives a shell conversations, and then the threads of the one that was chosen.
func (f *factory) completeThread(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return f.completeConversation(cmd, given, begun)
	}
	return f.completeWithin(cmd, given, begun, func(ctx context.Context, client *talk.Client, token string) (found []choice) {
		threads, err := client.Threads.Recent(ctx, token, nil)
		if err != nil {
			return nil
		}
		for _, info := range threads {
			found = append(found, choice{strconv.FormatInt(info.Thread.ID, 10), info.Thread.Title})
		}
		return found
	})
}
