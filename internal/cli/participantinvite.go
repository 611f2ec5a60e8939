package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
				people, err := client.Participants.List(ctx, room.Token, nil)
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(people, byEmail) { // which servers call a success
					return &missingError{"nobody was invited to " + room.DisplayName + " by e-mail", "'confab participant add --source emails' invites"}
				}
				if err := client.Participants.ResendInvitations(ctx, room.Token, 0); err != nil {
					return err
				}
				f.done("", "Invited all to %s once more who were invited by e-mail", room.DisplayName)
				return nil
			}
			who, err := participant(ctx, client, room.Token, "", rest[0])
			if err != nil {
				return err
			}
			if !byEmail(who) {
				return fmt.Errorf("%s was not invited by e-mail, so there is no invitation to send again", who.DisplayName)
			}
			if err := client.Participants.ResendInvitations(ctx, room.Token, who.AttendeeID); err != nil {
				return err
			}
			f.done("", "Invited %s to %s once more", who.DisplayName, room.DisplayName)
			return nil
		},
	})
}

func byEmail(p *talk.Participant) bool { return p.ActorType == talk.ActorEmail }

func newParticipantImport(f *factory) *cobra.Command {
	var test bool
	cmd := f.action(action{
		use:   "import CONVERSATION FILE",
		short: "Invite everybody in a table of addresses, - for standard input, as a moderator",
		long: `Invite everybody in a table of addresses, as a moderator. It is text with commas, whose first line names the columns: email, and
if there is one, name. The conversation becomes public by it. Lines without an address are left out, and
are an error; --test invites nobody, and tells which those are.`,
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
				return fmt.Errorf("%w: %w", noAddresses(done), err)
			}
			if err != nil {
				return err
			}
			if f.json {
				if err := f.show(ctx, done); err != nil {
					return err
				}
				return noAddresses(done)
			}
			verb := "Invited"
			if test {
				verb = "Would invite"
			}
			f.done(fmt.Sprint(done.Invites), "%s %d to %s; %d had been invited before", verb, done.Invites, room.DisplayName, done.Duplicates)
			return noAddresses(done)
		},
	})
	cmd.ValidArgsFunction = f.completeThenFiles
	cmd.Flags().BoolVar(&test, "test", false, "only check the table")
	return shows[talk.EmailImport](f, cmd)
}

// noAddresses is what is wrong with a table, nil for nothing.
func noAddresses(done *talk.EmailImport) error {
	if len(done.InvalidLines) == 0 {
		return nil
	}
	lines := make([]string, len(done.InvalidLines))
	for i, line := range done.InvalidLines {
		lines[i] = strconv.Itoa(line)
	}
	return fmt.Errorf("there are no addresses in these lines: %s", strings.Join(lines, ", "))
}
