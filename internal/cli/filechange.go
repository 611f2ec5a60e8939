package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk/files"
)

func newFileCopy(f *factory) *cobra.Command {
	return f.fileTransfer("copy FROM TO", "Copy a file or folder of your account", "Copied %s to %s", (*files.Service).Copy, "cp")
}

func newFileMove(f *factory) *cobra.Command {
	return f.fileTransfer("move FROM TO", "Move or rename a file or folder of your account", "Moved %s to %s", (*files.Service).Move, "mv")
}

func (f *factory) fileTransfer(use, short, done string, transfer func(s *files.Service, ctx context.Context, from, to string, overwrite bool) error, aliases ...string) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:     use,
		Aliases: aliases,
		Short:   short,
		Args:    want("FROM", "TO"),
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			if err := transfer(client.Files, cmd.Context(), given[0], given[1], force); err != nil {
				return noFile(err, given[0])
			}
			f.done("", done, given[0], given[1])
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace what is there already")
	return cmd
}

func newFileMkdir(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "mkdir PATH",
		Short: "Make a folder in your account, and those that lead to it",
		Args:  want("PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			if err := client.Files.MkdirAll(cmd.Context(), given[0]); err != nil {
				return err
			}
			f.done("", "Made %s", given[0])
			return nil
		},
	}
}

func newFileDelete(f *factory) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:     "delete PATH",
		Aliases: []string{"rm"},
		Short:   "Delete a file of your account, or a folder with everything in it",
		Args:    want("PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := f.askable(yes, "it deletes the file or folder"); err != nil {
				return err
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			if !yes {
				if err := f.confirm(ctx, fmt.Sprintf("Delete %q of your account?", given[0])); err != nil {
					return err
				}
			}
			if err := client.Files.Delete(ctx, given[0]); err != nil {
				return noFile(err, given[0])
			}
			f.done("", "Deleted %s", given[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func newFileShares(f *factory) *cobra.Command {
	return shows[files.Share](f, &cobra.Command{
		Use:   "shares PATH",
		Short: "List with whom a file of your account is shared",
		Long: `List with whom a file of your account is shared.

A pipe gets a line for each: share id, kind of share (10 for a conversation), token or id, display name, time.`,
		Args: want("PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			shares, err := client.Files.Shares(ctx, given[0])
			if err != nil {
				return noFile(err, given[0])
			}
			form := f.form()
			return printList(ctx, f, shares, fmt.Sprintf("%s is not shared.", given[0]), []render.Column{
				{Name: "share", Right: true, Style: form.Faint},
				{Name: "kind", Right: true, Style: form.Faint},
				{Name: "with"},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "shared", Style: form.Faint},
			}, func(s *files.Share) []string {
				return []string{s.ID, fmt.Sprint(int(s.ShareType)), s.ShareWith, s.ShareWithDisplayname, form.Time(s.STime)}
			})
		},
	})
}

func newFileUnshare(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "unshare SHARE",
		Short: "Take a shared file back, by the id that 'confab file shares' shows",
		Args:  want("SHARE"),
		RunE: func(cmd *cobra.Command, given []string) error {
			if _, err := positive(given[0], "a share"); err != nil {
				return err
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			if err := client.Files.Unshare(cmd.Context(), given[0]); err != nil {
				return err
			}
			f.done("", "Took the share %s back", given[0])
			return nil
		},
	}
}
