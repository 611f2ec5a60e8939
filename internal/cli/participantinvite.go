package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newParticipantInviteAgain(f *factory) *cobra.Command {
	return f.action(action{
		use:   "invite-again CONVERSATION [ID]",
		short: "Send the invitation once more to who was invited by e-mail, or to all of them, as a moderator",
		args:  []string{"[ID]"},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
			if len(rest) == 0 {
				if err := client.Participants.ResendInvitations(ctx, room.Token, 0); err != nil {
					return err
				}
				f.done("", "Invited all who have an invitation to %s once more", room.DisplayName)
				return nil
			}
			who, err := participant(ctx, client, room.Token, "", rest[0])
			if err != nil {
				return err
			}
			if err := client.Participants.ResendInvitations(ctx, room.Token, who.AttendeeID); err != nil {
				return err
			}
			f.done("", "Invited %s to %s once more", who.DisplayName, room.DisplayName)
			return nil
		},
	})
}

func newParticipantImport(f *factory) *cobra.Command {
	var test bool
	cmd := f.action(action{
		use:   "import CONVERSATION FILE",
		short: "Invite everybody in a table of addresses, - for standard input, as a moderator",
		long: `Invite everybody in a table of addresses, as a moderator. It is text with commas, whose first line names the columns: email, and
if there is one, name. The conversation becomes public by it. --test invites nobody, and tells which lines are wrong.`,
		example: `  $ confab participant import "Open day" guests.csv --test
  $ confab participant import "Open day" guests.csv`,
		args: []string{"FILE"},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
			table, err := f.openInput(rest[0])
			if err != nil {
				return err
			}
			defer table.Close()
			done, err := client.Participants.ImportEmails(ctx, room.Token, table, &talk.ImportEmailsOptions{TestRun: test})
			var e *talk.Error
			if errors.As(err, &e) && e.Reason == "rows" && done != nil {
				lines := make([]string, len(done.InvalidLines))
				for i, line := range done.InvalidLines {
					lines[i] = fmt.Sprint(line)
				}
				return fmt.Errorf("there are no addresses in these lines: %s: %w", strings.Join(lines, ", "), err)
			}
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, done)
			}
			verb := "Invited"
			if test {
				verb = "Would invite"
			}
			f.done(fmt.Sprint(done.Invites), "%s %d to %s; %d had been invited before", verb, done.Invites, room.DisplayName, done.Duplicates)
			return nil
		},
	})
	cmd.ValidArgsFunction = f.completeThenFiles
	cmd.Flags().BoolVar(&test, "test", false, "only check the table")
	return shows[talk.EmailImport](f, cmd)
}
