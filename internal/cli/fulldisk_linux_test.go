package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestExportOnAFullDisk: the command fails with what the system says, and the archive is as it was.
func TestExportOnAFullDisk(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("a small disk of its own: mount tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	s := newStage(t)
	room := s.room("Deploys")
	s.send("alice", room.Token, "before", nil)
	export := []string{"export", "Deploys", "--output", disk, "--format", "jsonl,html"}
	s.as("alice").ok(t, export...)
	before := contents(t, disk)
	if len(before) < 3 {
		t.Fatalf("the archive holds %d files", len(before))
	}
	for range 12 {
		s.send("alice", room.Token, strings.Repeat("0123456789abcdef", 2000), nil)
	}
	r := s.as("alice").run(t, export...)
	if r.code != exitFailed || !strings.HasPrefix(r.err, "confab: export Deploys: write "+disk) || !strings.HasSuffix(r.err, ": no space left on device\n") {
		t.Errorf("%+v", r)
	}
	for name, text := range contents(t, disk) {
		if old, known := before[name]; !known || old != text {
			t.Errorf("%s is new or has changed", name)
		}
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	s.as("alice").ok(t, export...)
	same(t, s.as("alice").run(t, append(export, "--json=new")...).out, `[{"new":0},{"new":0}]`+"\n")
}

// contents gives all files below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
