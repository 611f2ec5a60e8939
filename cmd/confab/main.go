// Confab is Nextcloud Talk on the command line: it sends, reads and follows messages, manages conversations, and runs a
// small Talk server for development and tests.
package main

import (
	"context"
	"os"

	"github.com/confab-go/confab/internal/cli"
)

func main() {
	ctx, stop := cli.Interruptible(context.Background())
	defer stop()
	os.Exit(cli.Main(ctx, os.Args[1:], cli.System())) //nolint:gocritic // the process ends, and its signal handler with it
}
