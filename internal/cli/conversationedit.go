package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// editOptions are the values of the flags; which of them were given the command knows.
type editOptions struct {
	name, description, notifications, listable, lobbyUntil, mentions, permissions, sip string

	readOnly, favorite, archived, important, sensitive, lobby, calls, preserved, public, private, password, noPassword, consent bool

	expire time.Duration
	secret string // the password that was read
}

// setting is a change to a conversation.
type setting struct {
	flag  string
	apply func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error)
}

func newConversationEdit(f *factory) *cobra.Command {
	var o editOptions
	cmd := &cobra.Command{
		Use:   "edit CONVERSATION",
		Short: "Change the settings of a conversation, for everybody or for yourself",
		Long: `Change the settings of a conversation. Those for everybody only moderators may change; how it notifies you, and
whether it is a favourite, archived, important or sensitive, is yours alone.

What the flags say is done one after the other; when one fails, the error says what was done before.`,
		Example: `  $ confab conversation edit Deploys --name Releases --description "What goes live, and when"
  $ confab conversation edit Deploys --public --password-stdin < password.txt
  $ confab conversation edit Deploys --notifications mention --favorite --archived=false
  $ confab conversation edit Deploys --lobby --lobby-until 2026-06-01T09:00:00Z`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			settings, err := o.settings(cmd)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			if o.password {
				if o.secret, err = f.readPassword(ctx); err != nil {
					return err
				}
				if !o.public {
					settings = append(settings, setting{"password-stdin", o.setPassword})
				}
			}
			if len(settings) == 0 {
				return usagef("nothing is to be changed: give a flag")
			}
			room, err := f.existing(ctx, given[0])
			if err != nil {
				return err
			}
			return f.edit(ctx, client, room, settings)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.name, "name", "", "call it `NAME`")
	flags.StringVar(&o.description, "description", "", "say with this `TEXT` what it is for; empty removes that")
	flags.BoolVar(&o.public, "public", false, "open it to everybody who has its link")
	flags.BoolVar(&o.private, "private", false, "close it to all but its participants")
	flags.BoolVar(&o.password, "password-stdin", false, "protect a public conversation with the password in standard input's first line")
	flags.BoolVar(&o.noPassword, "no-password", false, "remove the password")
	flags.BoolVar(&o.readOnly, "read-only", false, "let nobody write; =false lets everybody again")
	flags.StringVar(&o.listable, "listable", "", "who can find and join it: `participants|users|everyone`")
	flags.BoolVar(&o.lobby, "lobby", false, "hold all but moderators back in the lobby; =false lets them in")
	flags.StringVar(&o.lobbyUntil, "lobby-until", "", "the `TIME`, in RFC 3339, at which the lobby opens by itself")
	flags.StringVar(&o.mentions, "mention-all", "", "who may mention everybody: `everyone|moderators`")
	flags.DurationVar(&o.expire, "expire", 0, "let messages sent from now on disappear after a `DURATION` such as 24h; 0 for never")
	flags.StringVar(&o.permissions, "permissions", "", "what participants may do: `PERMISSIONS` as in 'participant permissions'")
	flags.BoolVar(&o.consent, "recording-consent", false, "ask whoever joins a call to agree to being recorded; =false does not")
	flags.StringVar(&o.sip, "sip", "", "who can dial into its calls: `disabled|with-pin|without-pin`")
	flags.StringVar(&o.notifications, "notifications", "", "which messages notify you: `always|mention|never`")
	flags.BoolVar(&o.calls, "call-notifications", false, "let calls notify you; =false does not")
	flags.BoolVar(&o.favorite, "favorite", false, "put it among your favourites; =false takes it out")
	flags.BoolVar(&o.archived, "archived", false, "put it out of your sight; =false takes it back")
	flags.BoolVar(&o.important, "important", false, "let it notify you though you are not to be disturbed; =false does not")
	flags.BoolVar(&o.preserved, "preserved", false, "let nobody delete it or its history, as its owner; =false does again; Talk 25")
	flags.BoolVar(&o.sensitive, "sensitive", false, "hide its messages in your list and notifications; =false shows them")
	completeValues(cmd, "listable", "participants", "users", "everyone")
	completeValues(cmd, "sip", "disabled", "with-pin", "without-pin")
	completeValues(cmd, "mention-all", "everyone", "moderators")
	completeValues(cmd, "notifications", "always", "mention", "never")
	return shows[talk.Conversation](f, cmd)
}

// edit makes changes one by one.
func (f *factory) edit(ctx context.Context, client *talk.Client, room *talk.Conversation, settings []setting) error {
	var changed *talk.Conversation
	var done []string
	for _, s := range settings {
		var err error
		if changed, err = s.apply(ctx, client.Conversations, room.Token); err != nil {
			if done != nil {
				return fmt.Errorf("after %s, --%s: %w", strings.Join(done, ", "), s.flag, err)
			}
			return fmt.Errorf("--%s: %w", s.flag, err)
		}
		done = append(done, "--"+s.flag)
	}
	name := room.DisplayName
	if changed != nil && changed.DisplayName != "" {
		name = changed.DisplayName
	}
	return f.showChanged(ctx, room, changed, "Changed %s", name)
}

// showChanged tells what was done to a conversation; a program gets what it is now.
func (f *factory) showChanged(ctx context.Context, before, after *talk.Conversation, format string, args ...any) error {
	if !f.json {
		f.done("", format, args...)
		return nil
	}
	if after == nil { // servers of long ago do not tell
		client, err := f.talk()
		if err != nil {
			return err
		}
		if after, err = client.Conversations.Get(ctx, before.Token); err != nil {
			return err
		}
	}
	return f.show(ctx, after)
}
