package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newMessageShared(f *factory) *cobra.Command {
	var limit int
	var kind string
	cmd := f.action(action{
		use:   "shared CONVERSATION",
		short: "List what was shared in a conversation, the newest first",
		long: `List what was shared in a conversation, the newest first: with --kind the latest of one kind, else the latest seven of each.

A pipe gets a line for each: kind, id of the message, when, who shared it, what.`,
		example: `  $ confab message shared Deploys
  $ confab message shared Deploys --kind media --limit 50`,
		check: func(cmd *cobra.Command, _ []string) error {
			switch {
			case limit < 1:
				return usagef("--limit: %d is not a number of messages", limit)
			case kind == "" && limit > 20 && cmd.Flags().Changed("limit"):
				return usagef("--limit: of each kind servers list at most 20; --kind lists more")
			}
			return nil
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			var things []*sharedThing
			if kind != "" {
				for m, err := range client.Chat.Shared(ctx, room.Token, talk.SharedType(kind), &talk.SharedOptions{PageSize: min(limit, 200)}) {
					if err != nil {
						return err
					}
					if things = append(things, &sharedThing{kind, m}); len(things) == limit {
						break
					}
				}
			} else {
				overview, err := client.Chat.SharedOverview(ctx, room.Token, &talk.SharedOverviewOptions{Limit: limit})
				if err != nil {
					return err
				}
				for _, kind := range slices.Sorted(maps.Keys(overview)) {
					for _, m := range overview[kind] {
						things = append(things, &sharedThing{string(kind), m})
					}
				}
			}
			form := f.form()
			return printList(ctx, f, things, "Nothing was shared in "+room.DisplayName+".", []render.Column{
				{Name: "kind", Style: form.Faint},
				{Name: "message", Right: true, Style: form.Faint},
				{Name: "when"},
				{Name: "by"},
				{Name: "what", Gives: true},
			}, func(s *sharedThing) []string {
				return []string{s.Kind, strconv.FormatInt(s.Message.ID, 10), form.Time(s.Message.Timestamp), s.Message.ActorDisplayName, s.Message.Text()}
			})
		},
	})
	cmd.Flags().IntVar(&limit, "limit", 7, "at most `N`, of each kind without --kind")
	cmd.Flags().StringVar(&kind, "kind", "", "only this `KIND`: audio, deckcard, file, location, media, other, pinned, poll, recording, voice")
	completeValues(cmd, "kind", "audio", "deckcard", "file", "location", "media", "other", "pinned", "poll", "recording", "voice")
	return shows[sharedThing](f, cmd)
}

// sharedThing is what was shared, with its kind.
type sharedThing struct {
	Kind    string        `json:"kind"`
	Message *talk.Message `json:"message"`
}

func newMessageShare(f *factory) *cobra.Command {
	var thread int64
	var parameters map[string]string
	cmd := f.action(action{
		use:   "share CONVERSATION TYPE ID [NAME=VALUE…]",
		short: "Send a message that shows an object, such as a place, and print its id",
		long: `Send a message that shows an object that the server knows, by its type and id, and print the id of the message. What an object
needs to be shown depends on its type; each has a name.`,
		example: `  $ confab message share Deploys geo-location geo:54.349,18.652 name="Town hall" latitude=54.349 longitude=18.652`,
		args:    []string{"TYPE", "ID", "[NAME=VALUE…]"},
		check: func(cmd *cobra.Command, rest []string) error {
			parameters = map[string]string{}
			for _, text := range rest[2:] {
				name, value, ok := strings.Cut(text, "=")
				if !ok || name == "" {
					return usagef("%q is not NAME=VALUE", text)
				}
				parameters[name] = value
			}
			return checkThread(cmd, thread)
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
			m, err := client.Chat.ShareObject(ctx, room.Token, &talk.SharedObject{Type: rest[0], ID: rest[1], MetaData: parameters}, &talk.ShareObjectOptions{ThreadID: thread})
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, m)
			}
			f.done(strconv.FormatInt(m.ID, 10), "Showed %s in %s", m.Text(), room.DisplayName)
			return nil
		},
	})
	threadFlag(cmd, &thread, "into the thread")
	return shows[talk.Message](f, cmd)
}

func newMessageSummarize(f *factory) *cobra.Command {
	var from int64
	cmd := f.action(action{
		use:   "summarize CONVERSATION",
		short: "Have the server sum up a conversation, and print the id of the task that does it",
		long: `Have the server sum up a conversation, from the first message that you have not read on or after the one that --after names, and
print the id of the task that does it. 'confab api /ocs/v2.php/taskprocessing/task/ID' has the text when it is done.`,
		check: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("after") && from < 1 {
				return usagef("--after: %d is not the id of a message", from)
			}
			return nil
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if from == 0 {
				from = room.LastReadMessage
			}
			task, err := client.Chat.Summarize(ctx, room.Token, max(0, from))
			if err != nil {
				return err
			}
			if task == nil {
				return &missingError{"there is nothing to sum up in " + room.DisplayName, "--after takes the id of an earlier message"}
			}
			if f.json {
				return f.show(ctx, task)
			}
			f.done(fmt.Sprint(task.TaskID), "Task %d sums up %s", task.TaskID, room.DisplayName)
			return nil
		},
	})
	cmd.Flags().Int64Var(&from, "after", 0, "what came after the message with this `ID`")
	return shows[talk.SummaryTask](f, cmd)
}
