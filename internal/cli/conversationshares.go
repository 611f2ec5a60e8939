package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newConversationUnbind(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, f.action(action{
		use:   "unbind CONVERSATION",
		short: "Keep a conversation that was made for an event or a call when that is over, as a moderator",
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			changed, err := client.Conversations.Unbind(ctx, room.Token)
			if err != nil {
				return err
			}
			return f.showChanged(ctx, room, changed, "%s stays", room.DisplayName)
		},
	}))
}

func newConversationOfShare(f *factory) *cobra.Command {
	var ask bool
	cmd := &cobra.Command{
		Use:   "of-share LINK",
		Short: "Print the token of the conversation about a file that was shared by a link",
		Long: `Print the token of the conversation about a file that was shared by a link, as in https://cloud.example.com/s/TOKEN, or by the
last part of it. With --ask, it is that of a new conversation in which the one who shared it can be asked for its password.`,
		Args:              want("LINK"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			ctx, link := cmd.Context(), strings.TrimRight(given[0], "/")
			if strings.Contains(link, "://") && !strings.HasPrefix(link, client.BaseURL().String()+"/") {
				return usagef("%s is a link of another server than %s", link, client.BaseURL())
			}
			share := link[strings.LastIndex(link, "/")+1:]
			var token string
			if ask {
				var room *talk.PasswordConversation
				if room, err = client.Conversations.AskForPassword(ctx, share); err == nil {
					token = room.Token
				}
			} else {
				var room *talk.ShareConversation
				if room, err = client.Conversations.OfShare(ctx, share); err == nil {
					token = room.Token
				}
			}
			if errors.Is(err, talk.ErrNotFound) {
				return &missingError{"no file is shared by the link " + given[0], "it may have ended, or there can be no conversation about it"}
			}
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, shareToken{token})
			}
			f.done(token, "The conversation is %s", token)
			return nil
		},
	}
	cmd.Flags().BoolVar(&ask, "ask", false, "ask for the link's password")
	return shows[shareToken](f, cmd)
}

// shareToken is the token of a conversation about a link, for programs.
type shareToken struct {
	Token string `json:"token"`
}
