package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newCapabilities(f *factory) *cobra.Command {
	return shows[talk.Capabilities](f, &cobra.Command{
		Use:   "capabilities",
		Short: "List what the server can do",
		Long:  `List the features of Talk that the server announces, one in a line. The JSON has its version and settings, too.`,
		Args:  want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			capabilities, err := client.Capabilities(cmd.Context())
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
