package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// newHelp is cobra's help command, but for what it does with a topic that there is not: that is an error.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Explain a command or a topic",
		RunE: func(_ *cobra.Command, given []string) error {
			topic, rest, err := root.Find(given)
			if err != nil || len(rest) > 0 {
				return usagef("there is no help on %q", strings.Join(given, " "))
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

func newExitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `confab ends with one of these codes:

  0  it did what it was asked to; 'follow' and 'serve' when they are interrupted, too
  1  it failed: the error says why
  2  the command line cannot be meant: an unknown command, a wrong flag or argument
  4  not authorised: no account is given, or the server refuses its credentials
  5  not found: no such conversation, message, user or participant`,
	}
}

func newEnvironmentTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "environment",
		Short: "The environment variables that confab reads",
		Long: `The account that confab speaks for:

  CONFAB_URL       address of the Nextcloud, as in https://cloud.example.com
  CONFAB_USER      user id
  CONFAB_PASSWORD  an app password, from the security settings of your Nextcloud; the password itself works,
                   too, unless a second factor is asked for

How it looks:

  NO_COLOR         when not empty, no colour
  CLICOLOR         0 for no colour
  CLICOLOR_FORCE   when neither empty nor 0, colour even where the output is no terminal
  TERM             "dumb" for no colour`,
	}
}
