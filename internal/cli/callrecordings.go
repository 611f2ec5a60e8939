package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newRecording(f *factory) *cobra.Command {
	return noun("recording", "Have calls recorded, as a moderator",
		`Have calls recorded, as a moderator. It needs a recording server that the administrator has set up.

When a recording is stored, whoever started it gets a notification with a time, by which the recording is shared, or the
notification dismissed.`,
		newRecordingStart(f),
		f.action(action{
			use: "stop CONVERSATION", short: "End the recording of a call",
			do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
				if err := client.Recordings.Stop(ctx, room.Token); err != nil {
					return err
				}
				f.done("", "The call in %s is no longer recorded", room.DisplayName)
				return nil
			},
		}),
		newRecordingShare(f), newRecordingDismiss(f))
}

func newRecordingStart(f *factory) *cobra.Command {
	var sound bool
	cmd := f.action(action{
		use: "start CONVERSATION", short: "Have the call of a conversation recorded",
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			what := talk.RecordingVideo
			if sound {
				what = talk.RecordingAudio
			}
			if err := client.Recordings.Start(ctx, room.Token, what); err != nil {
				return err
			}
			f.done("", "The call in %s is recorded: %s", room.DisplayName, what)
			return nil
		},
	})
	cmd.Flags().BoolVar(&sound, "audio", false, "sound alone")
	return cmd
}

func newRecordingShare(f *factory) *cobra.Command {
	var file int64
	var at time.Time
	return f.action(action{
		use: "share CONVERSATION FILE TIME", short: "Show a stored recording in its conversation",
		long: `Show a stored recording in its conversation, by the id of its file, which 'confab file list' shows, and the TIME of the
notification that it was stored, in RFC 3339.`,
		args: []string{"FILE", "TIME"},
		check: func(_ *cobra.Command, rest []string) (err error) {
			if file, err = positive(rest[0], "a file"); err != nil {
				return err
			}
			at, err = f.notified(rest[1])
			return err
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if err := client.Recordings.ShareToChat(ctx, room.Token, file, at); err != nil {
				return err
			}
			f.done("", "Showed the recording in %s", room.DisplayName)
			return nil
		},
	})
}

func newRecordingDismiss(f *factory) *cobra.Command {
	var at time.Time
	return f.action(action{
		use: "dismiss CONVERSATION TIME", short: "Take away the notification that a recording was stored, by its time in RFC 3339",
		args: []string{"TIME"},
		check: func(_ *cobra.Command, rest []string) (err error) {
			at, err = f.notified(rest[0])
			return err
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if err := client.Recordings.DismissNotification(ctx, room.Token, at); err != nil {
				return err
			}
			f.done("", "Took the notification away")
			return nil
		},
	})
}

// notified reads the time of a notification.
func (f *factory) notified(text string) (time.Time, error) {
	at, err := moment("at", text, f.now())
	if err != nil {
		return at, usagef("%q is not the time of a notification, such as 2026-06-01T09:00:00Z", text)
	}
	return at, nil
}
