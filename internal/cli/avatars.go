package cli

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newAvatar(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "avatar",
		Short: "Get and set the pictures of conversations and of yourself",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newAvatarGet(f), newAvatarSet(f), newAvatarSetEmoji(f), newAvatarDelete(f), newAvatarOfUser(f), newAvatarSetOwn(f), newAvatarDeleteOwn(f))
	return cmd
}

func newAvatarGet(f *factory) *cobra.Command {
	var dark bool
	var out outputFile
	cmd := &cobra.Command{
		Use:   "get CONVERSATION",
		Short: "Get the picture of a conversation: a PNG, JPEG or SVG",
		Example: `  $ confab avatar get Deploys > deploys.png
  $ confab avatar get Deploys --dark --output deploys.svg`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := out.check(f, ""); err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			avatar, err := client.Avatars.Get(ctx, room.Token, &talk.AvatarOptions{Dark: dark})
			if err != nil {
				return err
			}
			if err := out.write(f, bytes.NewReader(avatar.Data)); err != nil {
				return err
			}
			if !out.stdout("") {
				f.done("", "Stored the picture of %s (%s) as %s", room.DisplayName, avatar.MimeType, out.path)
			}
			return nil
		},
	}
	out.add(cmd)
	cmd.Flags().BoolVar(&dark, "dark", false, "the one for a dark background")
	return cmd
}

// avatarChange is what the commands that change a picture have in common.
func (f *factory) avatarChange(ctx context.Context, name, done string, change func(client *talk.Client, token string) (*talk.Conversation, error)) error {
	client, room, err := f.within(ctx, name)
	if err != nil {
		return err
	}
	changed, err := change(client, room.Token)
	if err != nil {
		return err
	}
	return f.showChanged(ctx, room, changed, done, room.DisplayName)
}

func newAvatarSet(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:               "set CONVERSATION FILE",
		Short:             "Give a conversation a picture: a square PNG or JPEG, - for standard input",
		Args:              want("CONVERSATION", "FILE"),
		ValidArgsFunction: f.completeThenFiles,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			picture, err := f.openInput(given[1])
			if err != nil {
				return err
			}
			defer picture.Close()
			return f.avatarChange(ctx, given[0], "Gave %s a picture", func(client *talk.Client, token string) (*talk.Conversation, error) {
				return client.Avatars.Set(ctx, token, picture)
			})
		},
	})
}

func newAvatarSetEmoji(f *factory) *cobra.Command {
	var color string
	cmd := &cobra.Command{
		Use:               "set-emoji CONVERSATION EMOJI",
		Short:             "Give a conversation an emoji for a picture",
		Args:              want("CONVERSATION", "EMOJI"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			return f.avatarChange(ctx, given[0], "Gave %s an emoji", func(client *talk.Client, token string) (*talk.Conversation, error) {
				return client.Avatars.SetEmoji(ctx, token, given[1], color)
			})
		},
	}
	cmd.Flags().StringVar(&color, "color", "", "on a background of this colour, in `HEX` as in 4466AA")
	return shows[talk.Conversation](f, cmd)
}

func newAvatarDelete(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:               "delete CONVERSATION",
		Short:             "Take the picture of a conversation away, so that the server draws one",
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			return f.avatarChange(ctx, given[0], "Took the picture of %s away", func(client *talk.Client, token string) (*talk.Conversation, error) {
				return client.Avatars.Delete(ctx, token)
			})
		},
	})
}
