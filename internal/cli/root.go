package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newRoot(f *factory) *cobra.Command {
	root := &cobra.Command{
		Use:   "confab",
		Short: "Nextcloud Talk on the command line",
		Long: `Nextcloud Talk on the command line: send, read and follow messages, manage conversations,
and run a small Talk server for development and tests.

Start with 'confab demo', which needs nothing, or log in: 'confab auth login https://cloud.example.com'.

A CONVERSATION is named by its token, by its name or a part of it that no other has, as @USER for the one-to-one
conversation with that user, or by its web link.

At a terminal you get aligned columns and relative times; a pipe gets complete, tab-separated lines with
RFC 3339 times, in which \t, \n, \\ and \u001b stand for a tab, a line break, a backslash and a control character.`,
		Example: `  $ confab demo
  $ confab send Deploys "v1.4 is live"
  $ confab follow Deploys
  $ confab conversation list --json=token,displayName`,
		Version:       buildVersion().Version,
		Args:          noSubcommand,
		RunE:          showHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("confab {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &usageError{f.flagError(cmd, err)} })
	flags := root.PersistentFlags()
	f.data.add(flags)
	flags.BoolVar(&f.plain, "no-color", false, "print no colour")
	flags.BoolVar(&f.noPager, "no-pager", false, "do not page output that is longer than the terminal")
	flags.BoolVar(&f.debug, "debug", false, "log each request on standard error, without secrets")
	flags.SortFlags = false
	root.PersistentPostRun = func(cmd *cobra.Command, _ []string) { f.tellFields(cmd) }
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if pages(cmd) {
			f.usePager(cmd.Context())
		}
		return f.prepareOutput(cmd)
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, given []string) {
		f.usePager(contextOf(cmd))
		help(cmd, given)
		f.helpOnFields(cmd)
	})

	root.AddGroup(
		&cobra.Group{ID: "chat", Title: "Messages:"},
		&cobra.Group{ID: "rooms", Title: "Conversations:"},
		&cobra.Group{ID: "account", Title: "Accounts:"},
		&cobra.Group{ID: "server", Title: "A server of your own:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("chat", newChat(f), newSend(f), newRead(f), newFollow(f), newMessage(f), newThread(f), newSchedule(f), newReaction(f), newReminder(f), newPoll(f), newFile(f), newSearch(f), newExport(f), newImport(f))
	add("rooms", newConversation(f), newParticipant(f), newBan(f), newTag(f), newPreset(f), newAvatar(f),
		newCalls(f), newBreakoutRoom(f), newRecording(f), newTranscription(f), newMeeting(f), newInvitation(f), newBot(f), newBridge(f))
	add("server", newDemo(f), newServe(f), newServer(f))
	add("account", newAuth(f), newStatus(f), newSetting(f), newUser(f), newGroup(f))
	add("", newAPI(f), newDoctor(f), newCapabilities(f), newVersion(f), newFormattingTopic(), newExitCodesTopic(), newEnvironmentTopic())
	root.SetHelpCommand(newHelp(root))
	completeNothing(root)
	return root
}

// want checks the arguments of a command against their names: all but those in brackets are needed, and one that ends with
// "…" may be repeated.
func want(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, given []string) error {
		for i, name := range names {
			if i >= len(given) && !strings.HasPrefix(name, "[") {
				return usagef("%s is missing", strings.TrimSuffix(name, "…"))
			}
		}
		repeats := len(names) > 0 && strings.Contains(names[len(names)-1], "…")
		if len(given) > len(names) && !repeats {
			return usagef("%q is one argument too many", given[len(names)])
		}
		return nil
	}
}

// exclusive refuses flags that contradict each other.
func exclusive(cmd *cobra.Command, a, b string) error {
	if cmd.Flags().Changed(a) && cmd.Flags().Changed(b) {
		return usagef("--%s and --%s exclude each other", a, b)
	}
	return nil
}

// noSubcommand refuses the arguments of a command that only has others below it.
func noSubcommand(cmd *cobra.Command, given []string) error {
	if len(given) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q", cmd.CommandPath()+" "+given[0])
	cmd.SuggestionsMinimumDistance = 2 // cobra's own default, which it sets too late for this
	if near := cmd.SuggestionsFor(given[0]); len(near) > 0 {
		message += ", did you mean " + strings.Join(near, " or ") + "?"
	}
	return usagef("%s", message)
}

// contextOf is the context of a command, which has none while its flags are read.
func contextOf(cmd *cobra.Command) context.Context {
	if ctx := cmd.Context(); ctx != nil {
		return ctx
	}
	return context.Background()
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }
