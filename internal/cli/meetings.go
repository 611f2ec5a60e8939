package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newMeeting(f *factory) *cobra.Command {
	return noun("meeting", "Put meetings into calendars, and see those to come", "", newMeetingList(f), newMeetingSchedule(f))
}

func newMeetingList(f *factory) *cobra.Command {
	return shows[talk.MeetingEvent](f, &cobra.Command{
		Use:   "list [CONVERSATION]",
		Short: "List the meetings of the next seven days in your conversations",
		Long: `List the next meetings in your conversations, at most ten, within seven days; with a one-to-one CONVERSATION, the next three that
you both have in your calendars.

A pipe gets a line for each: start, end, token of the conversation, name.`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			var events []*talk.MeetingEvent
			if len(given) == 0 {
				events, err = client.Meetings.Dashboard(ctx)
			} else {
				var room *talk.Conversation
				if room, err = f.existing(ctx, given[0]); err == nil {
					events, err = client.Meetings.Mutual(ctx, room.Token)
				}
			}
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, events, "No meeting within seven days.", []render.Column{
				{Name: "start"},
				{Name: "end", Style: form.Faint},
				{Name: "conversation", Style: form.Faint},
				{Name: "name", Gives: true, Style: form.Strong},
			}, func(e *talk.MeetingEvent) []string {
				when := form.Time
				if form.Terminal {
					when = form.Clock
				}
				return []string{when(e.Start), when(e.End), e.RoomToken, e.Name}
			})
		},
	})
}

func newMeetingSchedule(f *factory) *cobra.Command {
	var when scheduleTime
	var o talk.MeetingOptions
	var calendar string
	var duration time.Duration
	var invite []string
	var onlyMe bool
	var start time.Time
	cmd := f.action(action{
		use: "schedule CONVERSATION", short: "Put a meeting in a conversation into your calendar, and invite its participants, as a moderator",
		example: `  $ confab meeting schedule Deploys --at "2026-06-01 09:00" --title "Release 1.4"
  $ confab meeting schedule Deploys --in 24h --for 30m --invite bob,carol`,
		check: func(cmd *cobra.Command, _ []string) (err error) {
			if !cmd.Flags().Changed("at") && !cmd.Flags().Changed("in") {
				return usagef("when? --at or --in says it")
			}
			if err := exclusive(cmd, "invite", "only-me"); err != nil {
				return err
			}
			if duration < time.Minute {
				return usagef("--for: %v is less than a minute", duration)
			}
			start, err = when.time(cmd, f.now())
			return err
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			o.End = start.Add(duration)
			if onlyMe {
				o.AttendeeIDs = []int64{}
			}
			if len(invite) > 0 {
				people, err := client.Participants.List(ctx, room.Token, nil)
				if err != nil {
					return err
				}
				for _, id := range invite {
					who, err := pick(people, "", id)
					if err != nil {
						return err
					}
					o.AttendeeIDs = append(o.AttendeeIDs, who.AttendeeID)
				}
			}
			if err := client.Meetings.Schedule(ctx, room.Token, calendar, start, &o); err != nil {
				return err
			}
			f.done(strconv.FormatInt(start.Unix(), 10), "A meeting in %s begins %s", room.DisplayName, f.form().Clock(start))
			return nil
		},
	})
	when.add(cmd)
	cmd.Flags().DurationVar(&duration, "for", time.Hour, "it takes this `DURATION`")
	cmd.Flags().StringVar(&calendar, "calendar", "personal", "the last part of your calendar's address: `NAME`")
	cmd.Flags().StringVar(&o.Title, "title", "", "call it `TEXT`, and not as the conversation is called")
	cmd.Flags().StringVar(&o.Description, "description", "", "say with this `TEXT` what it is about")
	cmd.Flags().StringSliceVar(&invite, "invite", nil, "only these participants: `IDS`, or attendee ids")
	cmd.Flags().BoolVar(&onlyMe, "only-me", false, "invite nobody")
	return cmd
}
