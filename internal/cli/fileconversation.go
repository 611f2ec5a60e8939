package cli

import (
	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newFileConversation(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:   "conversation PATH",
		Short: "Join the conversation about a file that you share with others, and print its token",
		Long: `Join the conversation about a file that you share with others, and print its token. The server makes it when there is none
yet; whoever has the file can join it.`,
		Example:           `  $ confab send "$(confab file conversation Talk/plan.pdf)" "page 3 is wrong"`,
		Args:              want("PATH"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			node, err := client.Files.Stat(ctx, given[0])
			if err != nil {
				return err
			}
			token, err := client.Conversations.OfFile(ctx, node.ID)
			if err != nil {
				return err
			}
			room, err := client.Conversations.Join(ctx, token, nil)
			if err != nil {
				return err
			}
			// The session is of no use here, and would show the account as present.
			if err := client.Conversations.LeaveSession(ctx, token); err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, room)
			}
			f.done(token, "The conversation about %s: %s", node.Name, token)
			return nil
		},
	})
}
