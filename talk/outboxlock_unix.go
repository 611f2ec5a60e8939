//go:build unix && !aix && !solaris

package talk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockOutbox takes a file for this process. The kernel lets go of it when the process ends, however it ends.
func lockOutbox(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return file, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = ErrOutboxInUse
	default:
		err = fmt.Errorf("lock %s: %w", path, err)
	}
	return nil, errors.Join(err, file.Close())
}
