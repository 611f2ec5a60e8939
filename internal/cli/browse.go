package cli

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"runtime"
)

// browse opens an address in the browser that a person has chosen, or that the system has for them.
func browse(ctx context.Context, address string) error {
	opener := map[string]string{"darwin": "open", "windows": "explorer"}[runtime.GOOS]
	command := exec.CommandContext(context.WithoutCancel(ctx), cmp.Or(os.Getenv("BROWSER"), opener, "xdg-open"), address) //nolint:gosec // it is the person's own choice
	if err := command.Start(); err != nil {
		return err
	}
	go func() { _ = command.Wait() }() // it may outlive us, and its output is its own
	return nil
}
