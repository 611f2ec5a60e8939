package cli

import (
	"bytes"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newAvatarOfUser(f *factory) *cobra.Command {
	var o talk.UserAvatarOptions
	var small bool
	var out outputFile
	var conversation string
	cmd := &cobra.Command{
		Use:   "get-user CLOUDID",
		Short: "Get the picture of a user of another server",
		Example: `  $ confab avatar get-user bob@cloud.example.org > bob.png
  $ confab avatar get-user bob@cloud.example.org --in Deploys --small --output bob.png`,
		Args:              want("CLOUDID"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := out.check(f, ""); err != nil {
				return err
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				if conversation != "" {
					room, err := f.existing(ctx, conversation)
					if err != nil {
						return err
					}
					o.Token = room.Token
				}
				if small {
					o.Size = talk.AvatarSmall
				}
				avatar, err := client.Avatars.OfFederatedUser(ctx, given[0], &o)
				if err != nil {
					return err
				}
				if err := out.write(f, bytes.NewReader(avatar.Data)); err != nil {
					return err
				}
				if !out.stdout("") {
					f.done("", "Stored the picture of %s (%s) as %s", given[0], avatar.MimeType, out.path)
				}
				return nil
			})
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&conversation, "in", "", "as somebody who takes part in this `CONVERSATION` with you")
	_ = cmd.RegisterFlagCompletionFunc("in", func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return f.completeConversation(cmd, nil, begun)
	})
	cmd.Flags().BoolVar(&o.Dark, "dark", false, "the one for a dark background")
	cmd.Flags().BoolVar(&small, "small", false, "of 64 pixels, not of 512")
	return cmd
}

func newAvatarSetOwn(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "set-own FILE",
		Short: "Give yourself a picture: a square PNG or JPEG, - for standard input",
		Args:  want("FILE"),
		RunE: func(cmd *cobra.Command, given []string) error {
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				picture, err := f.openInput(given[0])
				if err != nil {
					return err
				}
				defer picture.Close()
				if err := client.Avatars.SetOwn(ctx, picture); err != nil {
					return err
				}
				f.done("", "You have a picture: %s", strings.TrimPrefix(given[0], "./"))
				return nil
			})
		},
	}
}

func newAvatarDeleteOwn(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "delete-own",
		Short: "Take your own picture away, so that the server draws one",
		Args:  want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				if err := client.Avatars.DeleteOwn(ctx); err != nil {
					return err
				}
				f.done("", "You have no picture of your own any more")
				return nil
			})
		},
	}
}
