//go:build (!unix && !windows) || aix || solaris

package talk

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// lockOutbox refuses: two processes that send from one file would send each message twice.
func lockOutbox(string) (*os.File, error) {
	return nil, fmt.Errorf("no file can be kept to one process on %s; keep the outbox in memory: %w", runtime.GOOS, errors.ErrUnsupported)
}
