package cli

import (
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
	client, err := f.talk()
	if err != nil || len(given) > 1 || strings.HasPrefix(given[0], "@") { // which could make a conversation
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	room, err := f.existing(cmd.Context(), given[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	page, err := client.Chat.Page(cmd.Context(), room.Token, &talk.PageOptions{Limit: completedMessages})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, m := range page.Messages {
		id := strconv.FormatInt(m.ID, 10)
		if !m.IsSystem() && strings.HasPrefix(id, begun) {
			text := render.Form{Terminal: true}.Value(actorName(m) + ": " + m.Text())
			found = append(found, cobra.CompletionWithDesc(id, render.Truncate(text, 50)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
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
