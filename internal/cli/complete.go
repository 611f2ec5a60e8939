package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// completeConversation gives a shell the conversations that an argument may begin to name; without an account, or a server
// that answers, it gives none.
func (f *factory) completeConversation(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	client, err := f.talk()
	if err != nil || len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for room, err := range client.Conversations.All(cmd.Context(), &talk.ListOptions{OmitLastMessage: true}) {
		if err != nil {
			break
		}
		name := f.form().Value(room.DisplayName)
		if name == room.DisplayName && strings.HasPrefix(strings.ToLower(name), strings.ToLower(begun)) {
			found = append(found, cobra.CompletionWithDesc(name, room.Type.String()+" "+room.Token))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeMessage gives a shell conversations, and then the latest messages of the one that was chosen.
func (f *factory) completeMessage(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return f.completeConversation(cmd, given, begun)
	}
	return f.completeWithin(cmd, given, begun, func(ctx context.Context, client *talk.Client, token string) (found []choice) {
		page, err := client.Chat.Page(ctx, token, &talk.PageOptions{Limit: completedMessages})
		if err != nil {
			return nil
		}
		for _, m := range page.Messages {
			if !m.IsSystem() {
				found = append(found, choice{strconv.FormatInt(m.ID, 10), render.Quote(m)})
			}
		}
		return found
	})
}

// completeParticipant gives a shell conversations, and then who takes part in the one that was chosen.
func (f *factory) completeParticipant(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return f.completeConversation(cmd, given, begun)
	}
	return f.completeWithin(cmd, given, begun, func(ctx context.Context, client *talk.Client, token string) (found []choice) {
		people, err := client.Participants.List(ctx, token, nil)
		if err != nil {
			return nil
		}
		for _, p := range people {
			found = append(found, choice{p.ActorID, p.DisplayName})
		}
		return found
	})
}

// completeReplyTo gives a shell the latest messages of the conversation that was chosen, for a flag.
func (f *factory) completeReplyTo(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return f.completeMessage(cmd, given[:1], begun)
}

// completeThenFiles gives a shell conversations, and then files of this machine.
func (f *factory) completeThenFiles(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return f.completeConversation(cmd, given, begun)
}

// completedMessages is how many of the latest messages are looked through for completion.
const completedMessages = 30

// completeValues gives a shell the values of flags that have few.
func completeValues(cmd *cobra.Command, flag string, values ...string) {
	// It fails for a flag that there is not, and a test would show that: the flag would not complete.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// choice is an id that a shell can complete, and what it stands for.
type choice struct{ id, text string }

// completeWithin gives a shell what a conversation has, after that was chosen.
func (f *factory) completeWithin(cmd *cobra.Command, given []string, begun string, list func(ctx context.Context, client *talk.Client, token string) []choice) ([]cobra.Completion, cobra.ShellCompDirective) {
	client, err := f.talk()
	if err != nil || len(given) > 1 || strings.HasPrefix(given[0], "@") { // which could make a conversation
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	room, err := f.existing(cmd.Context(), given[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, c := range list(cmd.Context(), client, room.Token) {
		if strings.HasPrefix(c.id, begun) {
			found = append(found, cobra.CompletionWithDesc(c.id, render.Truncate(render.Form{Terminal: true}.Value(c.text), 50)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
