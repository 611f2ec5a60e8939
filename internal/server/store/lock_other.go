//go:build !unix

package store

import (
	"os"
	"path/filepath"
)

// lockDir only marks the directory: there is no portable lock here.
func lockDir(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "confab.lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
