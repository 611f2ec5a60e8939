package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// action is a command that does something in a conversation that there is.
type action struct {
	use, short, long, example string
	args                      []string // what follows CONVERSATION
	// check looks at what was given before anything is sent; nil for nothing to look at.
	check func(cmd *cobra.Command, rest []string) error
	do    func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error
}

// action makes the command.
func (f *factory) action(a action) *cobra.Command {
	return &cobra.Command{
		Use:               a.use,
		Short:             a.short,
		Long:              a.long,
		Example:           a.example,
		Args:              want(append([]string{"CONVERSATION"}, a.args...)...),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if a.check != nil {
				if err := a.check(cmd, given[1:]); err != nil {
					return err
				}
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.existing(cmd.Context(), given[0])
			if err != nil {
				return err
			}
			return a.do(cmd.Context(), client, room, given[1:])
		},
	}
}

// noun is a command that only has others below it.
func noun(use, short, long string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Long: long, Args: noSubcommand, RunE: showHelp}
	cmd.AddCommand(verbs...)
	return cmd
}
