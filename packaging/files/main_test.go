package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli"
)

// written gives the files that are made for a date.
func written(t *testing.T, epoch string) map[string]string {
	t.Helper()
	dir, files := t.TempDir(), map[string]string{}
	if err := write(dir, epoch); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	files := written(t, "1780000000")
	if diff := cmp.Diff(files, written(t, "1780000000")); diff != "" {
		t.Errorf("the second time they differ:\n%s", diff)
	}
	for name, later := range written(t, "1790000000") {
		if differs := later != strings.ReplaceAll(files[name], "May 2026", "Sep 2026"); differs {
			t.Errorf("%s: more than its date depends on the date", name)
		}
	}
}

// TestEveryCommandHasAPage: each that a person is shown.
func TestEveryCommandHasAPage(t *testing.T) {
	t.Parallel()
	files := written(t, "0")
	pages := 0
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		name := "man/man1/" + strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		page := files[name]
		if pages++; !strings.HasPrefix(page, ".nh\n.TH ") || !strings.Contains(page, cmd.Short) && !strings.ContainsAny(cmd.Short, "-_") {
			t.Errorf("%s is no page: %.80q", name, page)
		}
		for _, below := range cmd.Commands() {
			if below.IsAvailableCommand() {
				look(below)
			}
		}
	}
	look(cli.Commands())
	if pages < 100 {
		t.Errorf("there are %d pages", pages)
	}
	for name, text := range files {
		if root, err := filepath.Abs("../.."); err == nil && strings.Contains(text, root) {
			t.Errorf("%s names a place on this machine", name)
		}
	}
}

func TestCompletionsAreScripts(t *testing.T) {
	t.Parallel()
	files := written(t, "0")
	for name, word := range map[string]string{"confab.bash": "__start_confab", "_confab": "#compdef confab", "confab.fish": "complete -c confab", "confab.ps1": "Register-ArgumentCompleter"} {
		if !strings.Contains(files["completions/"+name], word) {
			t.Errorf("%s lacks %q", name, word)
		}
	}
	for shell, name := range map[string]string{"bash": "confab.bash", "zsh": "_confab", "fish": "confab.fish"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not installed: its completion is not parsed", shell)
			continue
		}
		cmd := exec.CommandContext(t.Context(), path, "-n", "/dev/stdin")
		cmd.Stdin = strings.NewReader(files["completions/"+name])
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestPagesNeedADate(t *testing.T) {
	t.Parallel()
	for _, epoch := range []string{"", "yesterday"} {
		if err := write(t.TempDir(), epoch); err == nil || !strings.Contains(err.Error(), "SOURCE_DATE_EPOCH") {
			t.Errorf("%q: %v", epoch, err)
		}
	}
}
