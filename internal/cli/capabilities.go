package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newCapabilities(f *factory) *cobra.Command {
	return shows[talk.Capabilities](f, &cobra.Command{
		Use:   "capabilities [CONVERSATION]",
		Short: "List what the server can do",
		Long: `List the features of Talk that the server announces, one in a line. The JSON has its version and settings, too. With a
CONVERSATION, it is what can be done there: in one of another server, what that server can do.`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			var capabilities *talk.Capabilities
			if len(given) == 0 {
				capabilities, err = client.Capabilities(cmd.Context())
			} else {
				var room *talk.Conversation
				if room, err = f.existing(cmd.Context(), given[0]); err == nil {
					capabilities, err = client.Conversations.Capabilities(cmd.Context(), room.Token)
				}
			}
			if err != nil {
				return err
			}
			if f.json {
				return f.show(cmd.Context(), capabilities)
			}
			form := f.form()
			for _, feature := range slices.Sorted(slices.Values(capabilities.Features)) {
				fmt.Fprintln(f.out, form.Value(string(feature)))
			}
			return nil
		},
	})
}
