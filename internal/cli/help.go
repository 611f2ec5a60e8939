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

func newFormattingTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "formatting",
		Short: "What a program can have the data in",
		Long: `Every command that shows data prints it as JSON, too, under the names that Talk's API has for it:

  --json              all of it, as one document; a terminal is told below it which fields there are.
                      'follow' prints a document in each line
  --json=id,message   only these fields, in this order; --json id,message and --fields id,message are the same
  --jq FILTER         what a filter in the language of jq makes of the JSON: a line for each result, strings
                      without quotes. jq itself is not needed
  --template TEXT     the JSON in a template of Go's text/template, which knows these functions, too:
                        join SEPARATOR LIST    the values of a list with something between them
                        pluck FIELD LIST       a field of each object in a list
                        timeago TIME           "5m ago"
                        timefmt LAYOUT TIME    as Go's layouts have it: "2006-01-02 15:04"
                        truncate WIDTH TEXT    cut to so many columns

Talk counts times in seconds since 1970. The help of each command lists its fields.`,
		Example: `  $ confab conversation list --fields token,displayName
  $ confab read Deploys --jq '.[] | select(.actorId == "bob") | .message'
  $ confab read Deploys --template '{{range .}}{{timeago .timestamp}} {{.message}}{{"\n"}}{{end}}'`,
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
  5  not found: no such conversation, message, user or participant
  6  nobody answered in the time that 'send --wait-reply' waited`,
	}
}

func newEnvironmentTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "environment",
		Short: "The environment variables that confab reads",
		Long: `The account that confab speaks for; what is not set comes from the account that 'confab auth login' stored and that
fits what is set:

  CONFAB_URL       address of the Nextcloud, as in https://cloud.example.com
  CONFAB_USER      user id
  CONFAB_PASSWORD  an app password, from the security settings of your Nextcloud; the password itself works,
                   too, unless a second factor is asked for
  CONFAB_CONFIG_DIR  where accounts are stored, in place of the system's directory for settings

The secret of a bot, for 'confab bot' and 'confab server bot', where others cannot read it in a command line:

  CONFAB_BOT_SECRET  40 to 128 bytes

How it looks:

  NO_COLOR         when not empty, no colour
  CLICOLOR         0 for no colour
  CLICOLOR_FORCE   when neither empty nor 0, colour even where the output is no terminal
  TERM             "dumb" for no colour
  CONFAB_BACKGROUND  "light" or "dark", where the terminal does not say by COLORFGBG which its ground is
  CONFAB_PAGER     what shows output that is longer than the terminal; else PAGER, else less. "" or "cat" is none`,
	}
}
