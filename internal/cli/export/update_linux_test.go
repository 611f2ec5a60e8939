package export_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/confab-go/confab/internal/cli/export"
)

func TestUpdateOnAFullDisk(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("a small disk of its own: mount tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	var asked []int64
	first, err := export.Update(t.Context(), folder, room, export.Text, false, endless(100, 100, &asked), nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(first.Path)
	if err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, []byte(strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = export.Update(t.Context(), folder, room, export.Text, false, endless(20_000, 20_000, &asked), nil)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), folder) {
		t.Fatalf("full: %v", err)
	}
	if now, err := os.ReadFile(first.Path); err != nil || string(now) != string(before) {
		t.Errorf("the file has changed, %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	result, err := export.Update(t.Context(), folder, room, export.Text, false, endless(20_000, 20_000, &asked), nil)
	if err != nil || result.New != 19_900 || result.Messages != 20_000 {
		t.Errorf("%+v, %v", result, err)
	}
	if len(asked) != 3 || asked[2] < 5000 {
		t.Errorf("it asked for what comes after %v: nothing was kept of the second time", asked)
	}
}
