package cli

import (
	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newPollExport(f *factory) *cobra.Command {
	var format string
	var out outputFile
	cmd := &cobra.Command{
		Use:   "export CONVERSATION POLL",
		Short: "Get the results of a poll in a file",
		Long: `Get the results of a poll in a file, as who asked or a moderator. Of public polls that have ended it has the names of
the voters. Servers can do it from Talk 24 on.`,
		Example: `  $ confab poll export Deploys 12 > days.csv
  $ confab poll export Deploys 12 --format ods --output days.ods`,
		Args:              want("CONVERSATION", "POLL"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := positive(given[1], "a poll")
			if err != nil {
				return err
			}
			if format != string(talk.PollCSV) && format != string(talk.PollODS) {
				return usagef("--format: %q is neither csv nor ods", format)
			}
			if err := out.check(f, ""); err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			export, err := client.Polls.Export(ctx, room.Token, id, talk.PollFormat(format))
			if err != nil {
				return err
			}
			defer export.Body.Close()
			if err := out.write(f, export.Body); err != nil {
				return err
			}
			if !out.stdout("") {
				f.done("", "Stored the results of poll %d as %s", id, out.path)
			}
			return nil
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&format, "format", string(talk.PollCSV), "`csv|ods`: text with commas, or a spreadsheet")
	completeValues(cmd, "format", string(talk.PollCSV), string(talk.PollODS))
	return cmd
}
