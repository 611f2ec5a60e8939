package cli

import (
	"strings"

	"github.com/spf13/cobra"

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

// completeValues gives a shell the values of flags that have few.
func completeValues(cmd *cobra.Command, flag string, values ...string) {
	// It fails for a flag that there is not, and a test would show that: the flag would not complete.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
