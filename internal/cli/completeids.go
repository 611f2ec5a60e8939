package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// maxCompleted is how many users a server is asked for, for a shell to complete.
const maxCompleted = 50

// completeUser gives a shell the server's users, where the account may list them.
func (f *factory) completeUser(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return f.completeIDs(begun, func(client *talk.Client) ([]string, error) {
		return client.Users.List(cmd.Context(), &talk.ListUsersOptions{Search: begun, Limit: maxCompleted})
	})
}

// completeGroup gives a shell the server's groups, and then its users for the commands that take one.
func (f *factory) completeGroup(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch {
	case len(given) == 1 && strings.Contains(cmd.Use, " USER"):
		return f.completeUser(cmd, nil, begun)
	case len(given) > 0:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return f.completeIDs(begun, func(client *talk.Client) ([]string, error) {
		return client.Groups.List(cmd.Context(), begun)
	})
}

func (f *factory) completeIDs(begun string, list func(*talk.Client) ([]string, error)) ([]cobra.Completion, cobra.ShellCompDirective) {
	client, err := f.talk()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ids, _ := list(client) // none, where it fails
	var found []cobra.Completion
	for _, id := range ids {
		if strings.HasPrefix(id, begun) && f.form().Value(id) == id {
			found = append(found, id)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeInvitation gives a shell the invitations that wait for an answer.
func (f *factory) completeInvitation(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	client, err := f.talk()
	if err != nil || len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	invitations, _ := client.Federation.Invitations(cmd.Context())
	var found []cobra.Completion
	for _, i := range invitations {
		if id := strconv.FormatInt(i.ID, 10); strings.HasPrefix(id, begun) {
			found = append(found, cobra.CompletionWithDesc(id, render.Form{Terminal: true}.Value(i.RoomName+", by "+i.InviterCloudID)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeBreakout gives a shell conversations, and then the breakout rooms of the one that was chosen.
func (f *factory) completeBreakout(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return f.completeConversation(cmd, given, begun)
	}
	return f.completeWithin(cmd, given, begun, func(ctx context.Context, client *talk.Client, token string) (found []choice) {
		rooms, _ := client.BreakoutRooms.List(ctx, token)
		for _, room := range rooms {
			if room.ObjectType == breakoutObject {
				found = append(found, choice{room.Token, room.DisplayName})
			}
		}
		return found
	})
}

// completeNothing keeps shells from naming files to commands that take no argument.
func completeNothing(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		completeNothing(below)
	}
	if cmd.ValidArgsFunction == nil && cmd.Runnable() && !strings.Contains(cmd.Use, " ") && !cmd.HasSubCommands() {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
}
