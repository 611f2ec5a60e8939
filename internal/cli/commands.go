package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Commands gives all commands, to be documented. They are not for being run: [Main] does that.
func Commands() *cobra.Command {
	root := newRoot(newFactory(App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}))
	root.InitDefaultHelpFlag()
	root.InitDefaultCompletionCmd()
	return root
}
