package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newReminder(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reminder",
		Short: "Have the server notify you of messages at a later time",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newReminderList(f), newReminderSet(f), newReminderView(f), newReminderDelete(f))
	return cmd
}

func newReminderList(f *factory) *cobra.Command {
	return shows[talk.UpcomingReminder](f, &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List your next reminders, of all conversations, the earliest first",
		Long: `List your next reminders, of all conversations, the earliest first. Servers tell at most ten.

A pipe gets a line for each: time, token of the conversation, id of the message, who wrote it, text.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			reminders, err := client.Reminders.Upcoming(ctx)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, reminders, "Nothing to be reminded of.", []render.Column{
				{Name: "when"},
				{Name: "conversation", Style: form.Faint},
				{Name: "message", Right: true, Style: form.Faint},
				{Name: "by"},
				{Name: "text", Gives: true},
			}, func(r *talk.UpcomingReminder) []string {
				when := form.Time(r.At)
				if form.Terminal {
					when = form.Clock(r.At)
				}
				return []string{when, r.Token, strconv.FormatInt(r.MessageID, 10), r.ActorDisplayName, r.Text()}
			})
		},
	})
}

func newReminderSet(f *factory) *cobra.Command {
	var when scheduleTime
	cmd := &cobra.Command{
		Use:   "set CONVERSATION ID",
		Short: "Be reminded of a message at a time, instead of at the one that was set before",
		Example: `  $ confab reminder set Deploys 4711 --in 2h
  $ confab reminder set Deploys 4711 --at "2026-06-01 09:00"`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
	}
	cmd.RunE = f.reminder(func(ctx context.Context, client *talk.Client, room *talk.Conversation, id int64) error {
		at, err := when.time(cmd, f.now())
		if err != nil {
			return err
		}
		r, err := client.Reminders.Set(ctx, room.Token, id, at)
		if err != nil {
			return err
		}
		return f.showReminder(ctx, r, "You will be reminded of message %d in %s: %s", id, room.DisplayName, f.form().Clock(r.At))
	}, func(cmd *cobra.Command) error {
		if !cmd.Flags().Changed("at") && !cmd.Flags().Changed("in") {
			return usagef("when? --at or --in says it")
		}
		_, err := when.time(cmd, f.now())
		return err
	})
	when.add(cmd)
	return shows[talk.Reminder](f, cmd)
}

// reminder runs what is done with one message, after a check of what the flags say.
func (f *factory) reminder(do func(ctx context.Context, client *talk.Client, room *talk.Conversation, id int64) error, check func(*cobra.Command) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, given []string) error {
		id, err := messageID(given[1])
		if err != nil {
			return err
		}
		if check != nil {
			if err := check(cmd); err != nil {
				return err
			}
		}
		client, room, err := f.within(cmd.Context(), given[0])
		if err != nil {
			return err
		}
		return do(cmd.Context(), client, room, id)
	}
}

func (f *factory) showReminder(ctx context.Context, r *talk.Reminder, format string, args ...any) error {
	if f.json {
		return f.show(ctx, r)
	}
	f.done(r.At.UTC().Format(time.RFC3339), format, args...)
	return nil
}

func newReminderView(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "view CONVERSATION ID",
		Aliases:           []string{"show"},
		Short:             "Show when you will be reminded of a message",
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
	}
	cmd.RunE = f.reminder(func(ctx context.Context, client *talk.Client, room *talk.Conversation, id int64) error {
		r, err := client.Reminders.Get(ctx, room.Token, id)
		if err != nil {
			return err
		}
		return f.showReminder(ctx, r, "You will be reminded of message %d in %s: %s", id, room.DisplayName, f.form().Clock(r.At))
	}, nil)
	return shows[talk.Reminder](f, cmd)
}

func newReminderDelete(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "delete CONVERSATION ID",
		Aliases:           []string{"rm"},
		Short:             "Do not be reminded of a message",
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
	}
	cmd.RunE = f.reminder(func(ctx context.Context, client *talk.Client, room *talk.Conversation, id int64) error {
		if err := client.Reminders.Delete(ctx, room.Token, id); err != nil {
			return err
		}
		f.done("", "You will not be reminded of message %d in %s", id, room.DisplayName)
		return nil
	}, nil)
	return cmd
}
