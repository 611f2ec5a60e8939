package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newConversationJoin(f *factory) *cobra.Command {
	var password, stay, away bool
	cmd := &cobra.Command{
		Use:   "join CONVERSATION",
		Short: "Join a conversation, and so take part in one that is public or listed",
		Long: `Join a conversation, by its token or link, and so take part in one that is public or listed. Reading and writing
where you take part already needs no joining.

With --stay you show as present until the command is interrupted; with --inactive as well, but as looking elsewhere, so
that you are notified.`,
		Example: `  $ confab conversation join https://cloud.example.com/call/a1b2c3d4
  $ confab conversation join a1b2c3d4 --password-stdin < password.txt`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			if away && !stay {
				return usagef("--inactive needs --stay")
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			options := &talk.JoinOptions{}
			if password {
				if options.Password, err = f.readPassword(ctx); err != nil {
					return err
				}
			}
			room, err := f.joinable(ctx, client, given[0])
			if err != nil {
				return err
			}
			joined, err := client.Conversations.Join(ctx, room, options)
			if err == nil && away {
				joined, err = client.Conversations.SetSessionState(ctx, room, talk.SessionInactive)
			}
			if err != nil {
				return err
			}
			if f.json {
				err = f.show(ctx, joined)
			} else {
				f.done(joined.Token, "Joined %s: %s", joined.DisplayName, joined.Token)
			}
			if err != nil || !stay {
				return err
			}
			return f.stay(ctx, client, joined)
		},
	}
	cmd.Flags().BoolVar(&password, "password-stdin", false, "give the password in standard input's first line")
	cmd.Flags().BoolVar(&stay, "stay", false, "stay present until interrupted")
	cmd.Flags().BoolVar(&away, "inactive", false, "be present without looking at it")
	return shows[talk.Conversation](f, cmd)
}

// joinable gives the token of a conversation, which need not be among the account's yet.
func (f *factory) joinable(ctx context.Context, client *talk.Client, name string) (string, error) {
	room, err := f.existing(ctx, name)
	if err == nil {
		return room.Token, nil
	}
	missing, unknown := errors.AsType[*missingError](err)
	if !unknown || name == "" || name[0] == '@' {
		return "", err
	}
	listed, listErr := client.Conversations.Listed(ctx, name)
	if listErr != nil && !errors.Is(listErr, talk.ErrUnsupported) {
		return "", listErr
	}
	for _, room := range listed {
		if room.DisplayName == name {
			return room.Token, nil
		}
	}
	missing.next = "'confab conversation search' finds those that you can join; others need their token or link"
	return "", missing
}

// leaveGrace is how long it may take to tell the server that one is gone.
const leaveGrace = 5 * time.Second

// stay keeps a session open until the command is interrupted, and then ends it.
func (f *factory) stay(ctx context.Context, client *talk.Client, room *talk.Conversation) error {
	f.hint("Present in %s; Ctrl-C leaves.", room.DisplayName)
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveGrace)
	defer cancel()
	return client.Conversations.LeaveSession(ctx, room.Token)
}

func newConversationLeave(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:               "leave CONVERSATION",
		Short:             "Give up taking part in a conversation",
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.exactly(ctx, given[0])
			if err != nil {
				return err
			}
			if err := client.Conversations.Leave(ctx, room.Token); err != nil {
				return err
			}
			f.done("", "Left %s", room.DisplayName)
			return nil
		},
	}
}

func newConversationSearch(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:   "search [TEXT]",
		Short: "Find conversations that you could join without an invitation",
		Long: `Find conversations that you could join without an invitation, and whose names contain a text.

A pipe gets a line for each: token, display name, type, description.`,
		Args: want("[TEXT]"),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			text := ""
			if len(given) == 1 {
				text = given[0]
			}
			rooms, err := client.Conversations.Listed(ctx, text)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, rooms, "There are none that you do not take part in already.", []render.Column{
				{Name: "token"},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "type", Style: form.Faint},
				{Name: "description", Gives: true, Style: form.Faint},
			}, func(room *talk.Conversation) []string {
				return []string{room.Token, room.DisplayName, room.Type.String(), room.Description}
			})
		},
	})
}

func newConversationWatch(f *factory) *cobra.Command {
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Print conversations as they have news, until interrupted",
		Long: `Print the conversations that you take part in as they have news, until interrupted; that is no failure. It begins
with those there are.

A pipe gets the lines that 'confab conversation list' prints, and with --json an object in each line.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if every < time.Second {
				return usagef("--every: %v is shorter than a second", every)
			}
			ctx := cmd.Context()
			if err := f.watch(ctx, every); ctx.Err() == nil {
				return err
			}
			return nil
		},
	}
	cmd.Flags().DurationVar(&every, "every", 30*time.Second, "look after each such `DURATION`")
	return shows[talk.Conversation](f, cmd)
}

func (f *factory) watch(ctx context.Context, every time.Duration) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	for room, err := range client.Conversations.Changes(ctx, &talk.ChangesOptions{Interval: every}) {
		if err != nil {
			return err
		}
		form := f.form()
		switch {
		case f.json:
			err = f.writer().Line(ctx, f.out, room)
		case form.Terminal:
			text := form.Strong(form.Value(room.DisplayName))
			if room.UnreadMessages > 0 {
				text += form.Notable(fmt.Sprintf(", %d unread", room.UnreadMessages))
			}
			_, err = fmt.Fprintln(f.out, text+form.Faint(", "+form.Clock(room.LastActivity)+", "+room.Token))
		default:
			err = f.conversationTable(form, []*talk.Conversation{room})
		}
		if err == nil {
			err = f.out.Flush()
		}
		if err != nil {
			return fmt.Errorf("write the output: %w", err)
		}
	}
	return nil
}
