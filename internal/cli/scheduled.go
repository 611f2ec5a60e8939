package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newSchedule(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Have the server send messages later",
		Long: `Have the server send messages later. Nobody but you sees what waits. Servers can do it from Talk 23 on.

An ID here is that of a message that waits; it gets another one when it is sent.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newScheduleList(f), newScheduleCreate(f), newScheduleEdit(f), newScheduleDelete(f))
	return cmd
}

// scheduleTime is when a message is to be sent.
type scheduleTime struct {
	at string
	in time.Duration
}

func (s *scheduleTime) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.at, "at", "", "at this `TIME`: 2026-06-01T09:00:00Z, or \"2026-06-01 09:00\" by the clock here")
	cmd.Flags().DurationVar(&s.in, "in", 0, "after this `DURATION`, such as 2h30m")
}

// time reads the time that is meant; zero for none.
func (s *scheduleTime) time(cmd *cobra.Command, now time.Time) (time.Time, error) {
	if err := exclusive(cmd, "at", "in"); err != nil {
		return time.Time{}, err
	}
	flags := cmd.Flags()
	switch {
	case flags.Changed("in") && s.in <= 0:
		return time.Time{}, usagef("--in: %v is not later", s.in)
	case flags.Changed("in"):
		return now.Add(s.in), nil
	case !flags.Changed("at"):
		return time.Time{}, nil
	}
	return moment("at", s.at, now)
}

// moment reads a time that a flag names, by the clock here unless it says otherwise.
func moment(flag, text string, now time.Time) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.ParseInLocation("2006-01-02 15:04", text, now.Location())
	}
	if err != nil {
		return time.Time{}, usagef("--%s: %q is not a time such as 2026-06-01T09:00:00Z or \"2026-06-01 09:00\"", flag, text)
	}
	return at, nil
}

func newScheduleList(f *factory) *cobra.Command {
	return shows[talk.ScheduledMessage](f, &cobra.Command{
		Use:     "list CONVERSATION",
		Aliases: []string{"ls"},
		Short:   "List your messages that wait to be sent, the next one first",
		Long: `List your messages that wait to be sent, the next one first.

A pipe gets a line for each: id, time, "silent" or nothing, "failed" or nothing, id of the message that it answers, id
of its thread or "new", text.`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			waiting, err := client.Scheduled.List(ctx, room.Token)
			if err != nil {
				return err
			}
			return f.printScheduled(ctx, room, waiting)
		},
	})
}

func (f *factory) printScheduled(ctx context.Context, room *talk.Conversation, waiting []*talk.ScheduledMessage) error {
	form := f.form()
	return printList(ctx, f, waiting, fmt.Sprintf("Nothing waits to be sent to %s.", room.DisplayName), []render.Column{
		{Name: "id", Style: form.Faint},
		{Name: "sent at", Style: form.Strong},
		{Name: ""},
		{Name: "", Style: form.Bad},
		{Name: "answers", Right: true, Style: form.Faint},
		{Name: "thread", Right: true, Style: form.Faint},
		{Name: "text", Gives: true},
	}, func(m *talk.ScheduledMessage) []string {
		when := form.Time(m.SendAt)
		if form.Terminal {
			when = form.Clock(m.SendAt)
		}
		failed, parent, thread := "", "", ""
		if m.Failed() {
			failed = "failed"
		}
		if m.Parent != nil {
			parent = strconv.FormatInt(m.Parent.ID, 10)
		}
		switch {
		case m.ThreadID == talk.NewThread:
			thread = "new"
		case m.ThreadID != 0:
			thread = strconv.FormatInt(m.ThreadID, 10)
		}
		return []string{m.ID, when, word(m.Silent, "silent"), failed, parent, thread, m.Message}
	})
}

// word gives a word when something is so.
func word(so bool, word string) string {
	if so {
		return word
	}
	return ""
}

func newScheduleCreate(f *factory) *cobra.Command {
	var when scheduleTime
	var o talk.ScheduleOptions
	cmd := &cobra.Command{
		Use:   "create CONVERSATION [MESSAGE… | -]",
		Short: "Have the server send a message later, and print its id",
		Long: `Have the server send a message later, and print its id. The message is read as 'confab send' reads it. It is sent at a
whole second.`,
		Example: `  $ confab schedule create Deploys --at "2026-06-01 09:00" "The freeze begins"
  $ confab schedule create @bob --in 2h "Any news?"`,
		Args:              want("CONVERSATION", "[MESSAGE…]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			at, err := when.time(cmd, f.now())
			switch {
			case err != nil:
				return err
			case at.IsZero():
				return usagef("when? --at or --in says it")
			}
			if err := checkReplyTo(cmd, o.ReplyTo); err != nil {
				return err
			}
			if err := checkThread(cmd, o.ThreadID); err != nil {
				return err
			}
			ctx := cmd.Context()
			if _, err := f.talk(); err != nil { // before anything is read
				return err
			}
			text, err := f.messageText(ctx, given[1:])
			if err != nil {
				return err
			}
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			m, err := client.Scheduled.Create(ctx, room.Token, text, at, &o)
			if err != nil {
				return err
			}
			return f.showScheduled(ctx, m, "Will be sent to %s at %s", room.DisplayName, f.form().Clock(m.SendAt))
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	when.add(cmd)
	flags.Int64Var(&o.ReplyTo, "reply-to", 0, "answer the message with this `ID`")
	threadFlag(cmd, &o.ThreadID, "write into the thread")
	flags.StringVar(&o.ThreadTitle, "thread-title", "", "begin a thread with this `TITLE`")
	flags.BoolVar(&o.Silent, "silent", false, "notify nobody")
	return shows[talk.ScheduledMessage](f, cmd)
}

func (f *factory) showScheduled(ctx context.Context, m *talk.ScheduledMessage, format string, args ...any) error {
	if f.json {
		return f.show(ctx, m)
	}
	f.done(m.ID, format, args...)
	return nil
}

func newScheduleEdit(f *factory) *cobra.Command {
	var when scheduleTime
	var title string
	var silent bool
	cmd := &cobra.Command{
		Use:   "edit CONVERSATION ID [MESSAGE… | -]",
		Short: "Change a message that waits to be sent",
		Long: `Change a message that waits to be sent: its text, or what the flags say. The rest stays as it is. With '-', the new text
is what standard input holds.`,
		Example: `  $ confab schedule edit Deploys 1882703984949163901 "The freeze begins at noon"
  $ confab schedule edit Deploys 1882703984949163901 --in 3h --silent`,
		Args:              want("CONVERSATION", "ID", "[MESSAGE…]"),
		ValidArgsFunction: f.completeScheduled,
		RunE: func(cmd *cobra.Command, given []string) error {
			at, err := when.time(cmd, f.now())
			flags := cmd.Flags()
			switch {
			case err != nil:
				return err
			case len(given) == 2 && at.IsZero() && !flags.Changed("silent") && !flags.Changed("thread-title"):
				return usagef("nothing is to be changed: give a text or a flag")
			case !isDigits(given[1]):
				return usagef("%q is not the id of a scheduled message", given[1])
			}
			ctx := cmd.Context()
			if _, err := f.talk(); err != nil { // before anything is read
				return err
			}
			text := ""
			if len(given) > 2 {
				if text, err = f.messageText(ctx, given[2:]); err != nil {
					return err
				}
			}
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			m, err := scheduled(ctx, client, room, given[1])
			if err != nil {
				return err
			}
			// The server replaces all of it at once.
			o := &talk.EditScheduledOptions{Silent: m.Silent, ThreadTitle: m.ThreadTitle}
			if flags.Changed("silent") {
				o.Silent = silent
			}
			if flags.Changed("thread-title") {
				o.ThreadTitle = title
			}
			if text == "" {
				text = m.Message
			}
			if at.IsZero() {
				at = m.SendAt
			}
			if m, err = client.Scheduled.Edit(ctx, room.Token, m.ID, text, at, o); err != nil {
				return err
			}
			return f.showScheduled(ctx, m, "Will be sent to %s at %s", room.DisplayName, f.form().Clock(m.SendAt))
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	when.add(cmd)
	flags.StringVar(&title, "thread-title", "", "begin the thread with this `TITLE`, if it begins one")
	flags.BoolVar(&silent, "silent", false, "notify nobody; =false notifies")
	return shows[talk.ScheduledMessage](f, cmd)
}

func newScheduleDelete(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:               "delete CONVERSATION ID",
		Short:             "Take back a message that waits to be sent",
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeScheduled,
		RunE: func(cmd *cobra.Command, given []string) error {
			if !isDigits(given[1]) {
				return usagef("%q is not the id of a scheduled message", given[1])
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			err = client.Scheduled.Delete(ctx, room.Token, given[1])
			if e, ok := errors.AsType[*talk.Error](err); ok && errors.Is(err, talk.ErrNotFound) && e.Reason == "message" {
				return missingScheduled(room, given[1])
			}
			if err != nil {
				return err
			}
			f.done("", "Will not send the message %s to %s", given[1], room.DisplayName)
			return nil
		},
	}
}

// scheduled finds a message that waits.
func scheduled(ctx context.Context, client *talk.Client, room *talk.Conversation, id string) (*talk.ScheduledMessage, error) {
	waiting, err := client.Scheduled.List(ctx, room.Token)
	if err != nil {
		return nil, err
	}
	for _, m := range waiting {
		if m.ID == id {
			return m, nil
		}
	}
	return nil, missingScheduled(room, id)
}

func missingScheduled(room *talk.Conversation, id string) error {
	return &missingError{"no message " + id + " of yours waits to be sent to " + strconv.Quote(room.DisplayName), "'confab schedule list' shows those that do"}
}

// isDigits reports whether an argument can be an id that is too long for a number.
func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// completeScheduled gives a shell conversations, and then what waits to be sent to the one that was chosen.
func (f *factory) completeScheduled(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return f.completeConversation(cmd, given, begun)
	}
	return f.completeWithin(cmd, given, begun, func(ctx context.Context, client *talk.Client, token string) (found []choice) {
		waiting, err := client.Scheduled.List(ctx, token)
		if err != nil {
			return nil
		}
		for _, m := range waiting {
			found = append(found, choice{m.ID, m.Message})
		}
		return found
	})
}
