// Files writes what a package of confab holds beside the program, into a directory: its manual pages, below man/man1, and the
// completions of four shells, below completions. Packagers run it when they build:
//
//	SOURCE_DATE_EPOCH=1780000000 go run ./packaging/files dist
//
// It is no command of confab, so that confab need not carry what makes manual pages.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/confab-go/confab/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: files DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Getenv("SOURCE_DATE_EPOCH")); err != nil {
		fmt.Fprintln(os.Stderr, "files:", err)
		os.Exit(1)
	}
}

// write makes the files. The pages bear the date that is given, in seconds since 1970, and not that of today: the same source
// makes the same files.
func write(dir, epoch string) error {
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH, the date of the pages in seconds since 1970: %w", err)
	}
	date := time.Unix(seconds, 0).UTC()
	man, completions := filepath.Join(dir, "man", "man1"), filepath.Join(dir, "completions")
	for _, folder := range []string{man, completions} {
		if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // everybody may read what a package holds
			return err
		}
	}
	root := cli.Commands()
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "confab", Manual: "Confab"}
	untag(root)
	if err := doc.GenManTree(root, header, man); err != nil {
		return fmt.Errorf("manual pages: %w", err)
	}
	return errors.Join(
		root.GenBashCompletionFileV2(filepath.Join(completions, "confab.bash"), true),
		root.GenZshCompletionFile(filepath.Join(completions, "_confab")),
		root.GenFishCompletionFile(filepath.Join(completions, "confab.fish"), true),
		root.GenPowerShellCompletionFileWithDesc(filepath.Join(completions, "confab.ps1")),
	)
}

// untag keeps the day of generation out of the pages.
func untag(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	for _, below := range cmd.Commands() {
		untag(below)
	}
}
