package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newStatus(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say whether you are available, and see whether others are",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newStatusView(f), newStatusList(f), newStatusSet(f), newStatusMessage(f), newStatusClear(f))
	return cmd
}

// availabilities are what people can say of themselves.
var availabilities = []string{
	string(talk.StatusOnline), string(talk.StatusAway), string(talk.StatusDoNotDisturb), string(talk.StatusBusy), string(talk.StatusInvisible), string(talk.StatusOffline),
}

func newStatusView(f *factory) *cobra.Command {
	return shows[talk.PublicStatus](f, &cobra.Command{
		Use:     "view [USER]",
		Aliases: []string{"show"},
		Short:   "Show your status, or that of another user",
		Long: `Show your status, or that of another user. JSON of your own has "messageId", "messageIsPredefined" and
"statusIsUserDefined" as well.

A pipe gets lines of a name and a value.`,
		Args:              want("[USER]"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			if len(given) == 0 {
				s, err := client.Status.Own(ctx)
				if err != nil {
					return err
				}
				return f.showOwnStatus(ctx, s)
			}
			s, err := client.Status.Get(ctx, strings.TrimPrefix(given[0], "@"))
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, s)
			}
			return f.statusFields(s)
		},
	})
}

func (f *factory) showOwnStatus(ctx context.Context, s *talk.OwnStatus) error {
	if f.json {
		return f.show(ctx, s)
	}
	text := s.Message
	if text == "" {
		text = s.MessageID // predefined ones have no text of their own
	}
	return f.statusFields(&talk.PublicStatus{UserID: s.UserID, Type: s.Type, Icon: s.Icon, Message: text, ClearAt: s.ClearAt})
}

func (f *factory) statusFields(s *talk.PublicStatus) error {
	form := f.form()
	return form.Fields(f.out, []render.Field{
		{Name: "user", Value: s.UserID},
		{Name: "status", Value: string(s.Type)},
		{Name: "icon", Value: s.Icon},
		{Name: "message", Value: s.Message},
		{Name: "until", Value: form.Time(s.ClearAt)},
	})
}

func newStatusList(f *factory) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the users of the server who have a status",
		Long: `List the users of the server who have a status.

A pipe gets a line for each: id, availability, icon, message, time at which the message ends.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit: %d is not a number from 1 on", limit)
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			all, err := client.Status.List(ctx, &talk.ListStatusOptions{Limit: limit})
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, all, "", []render.Column{
				{Name: "user", Gives: true, Style: form.Strong},
				{Name: "status"},
				{Name: "icon"},
				{Name: "message", Gives: true},
				{Name: "until", Style: form.Faint},
			}, func(s *talk.PublicStatus) []string {
				return []string{s.UserID, string(s.Type), s.Icon, s.Message, form.Time(s.ClearAt)}
			})
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", 100, "at most `N` users")
	return shows[talk.PublicStatus](f, cmd)
}

func newStatusSet(f *factory) *cobra.Command {
	return shows[talk.OwnStatus](f, &cobra.Command{
		Use:   "set " + strings.Join(availabilities, "|"),
		Short: "Say how available you are; your message stays",
		Args:  want("STATUS"),
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(given) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return availabilities, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, given []string) error {
			if !slices.Contains(availabilities, given[0]) {
				return usagef("%q is none of %s", given[0], strings.Join(availabilities, ", "))
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			s, err := client.Status.Set(cmd.Context(), talk.StatusType(given[0]))
			if err != nil {
				return err
			}
			return f.statusDone(cmd.Context(), s, "You are %s", s.Type)
		},
	})
}

func (f *factory) statusDone(ctx context.Context, s *talk.OwnStatus, format string, args ...any) error {
	if f.json {
		return f.show(ctx, s)
	}
	f.done("", format, args...)
	return nil
}

func newStatusMessage(f *factory) *cobra.Command {
	var icon, until string
	var lasts time.Duration
	var predefined bool
	cmd := &cobra.Command{
		Use:   "message TEXT",
		Short: "Say what you do, for ever or for some time; your availability stays",
		Long: `Say what you do, for ever or for some time; your availability stays.

With --predefined, TEXT is the id of a message that Nextcloud has in the languages of its users: meeting, commuting,
be-right-back, remote-work, sick-leave, vacationing.`,
		Example: `  $ confab status message "Fixing the build" --icon 🔧 --for 2h
  $ confab status message --predefined meeting --for 1h`,
		Args:              want("TEXT"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := exclusive(cmd, "predefined", "icon"); err != nil {
				return err
			}
			if err := exclusive(cmd, "until", "for"); err != nil {
				return err
			}
			o := &talk.StatusMessageOptions{Icon: icon}
			var err error
			switch flags := cmd.Flags(); {
			case flags.Changed("for") && lasts <= 0:
				return usagef("--for: %v is no time", lasts)
			case flags.Changed("for"):
				o.ClearAt = f.now().Add(lasts)
			case flags.Changed("until"):
				if o.ClearAt, err = moment("until", until, f.now()); err != nil {
					return err
				}
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			var s *talk.OwnStatus
			if predefined {
				s, err = client.Status.SetPredefined(ctx, given[0], o)
			} else {
				s, err = client.Status.SetMessage(ctx, given[0], o)
			}
			if err != nil {
				return err
			}
			return f.statusDone(ctx, s, "Your status says %s", given[0])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&icon, "icon", "", "show this `EMOJI`")
	flags.DurationVar(&lasts, "for", 0, "for this `DURATION`, such as 2h30m")
	flags.StringVar(&until, "until", "", "until this `TIME`: 2026-06-01T09:00:00Z, or \"2026-06-01 09:00\" by the clock here")
	flags.BoolVar(&predefined, "predefined", false, "TEXT is the id of a message that Nextcloud has")
	return shows[talk.OwnStatus](f, cmd)
}

func newStatusClear(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Take your message and its icon away; your availability stays",
		Args:  want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			if err := client.Status.ClearMessage(cmd.Context()); err != nil {
				return err
			}
			f.done("", "Your status says nothing any more")
			return nil
		},
	}
}
