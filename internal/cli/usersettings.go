package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newSetting(f *factory) *cobra.Command {
	return noun("setting", "See and change what you have chosen, and as an administrator some of what is set up", "",
		newSettingList(f), newSettingSet(f), newSettingSIP(f), newSettingCertificate(f))
}

func newSettingList(f *factory) *cobra.Command {
	return shows[talk.CapabilitiesConfig](f, &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "Show what you have chosen, as far as servers tell",
		Long: `Show what you have chosen, as far as servers tell; the JSON has all settings of the server that concern you.

A pipe gets lines of a name and a value.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			caps, err := client.Capabilities(cmd.Context())
			if err != nil {
				return err
			}
			c := caps.Config
			if f.json {
				return f.show(cmd.Context(), c)
			}
			return f.form().Fields(f.out, []render.Field{
				{Name: settingReading, Value: c.Chat.ReadPrivacy.String()},
				{Name: settingTyping, Value: c.Chat.TypingPrivacy.String()},
				{Name: settingFolder, Value: c.Attachments.Folder},
				{Name: string(talk.SettingStartWithoutMedia), Value: yesNo(c.Call.StartWithoutMedia)},
				{Name: string(talk.SettingBlurBackground), Value: yesNo(c.Call.BlurVirtualBackground)},
				{Name: string(talk.SettingConversationsStyle), Value: c.Conversations.ListStyle},
				{Name: string(talk.SettingChatStyle), Value: c.Chat.Style},
			})
		},
	})
}

func yesNo(so bool) string {
	if so {
		return "yes"
	}
	return "no"
}

// The settings whose values are checked here.
const (
	settingReading = "read-privacy"
	settingTyping  = "typing-privacy"
	settingFolder  = "attachment-folder"
)

// otherSettings go to the server as they are.
var otherSettings = []talk.UserSetting{talk.SettingPlaySounds, talk.SettingStartWithoutMedia, talk.SettingBlurBackground, talk.SettingConversationsStyle, talk.SettingChatStyle}

func newSettingSet(f *factory) *cobra.Command {
	known := []string{settingReading, settingTyping, settingFolder}
	for _, other := range otherSettings {
		known = append(known, string(other))
	}
	return &cobra.Command{
		Use:   "set NAME VALUE",
		Short: "Change what you have chosen, such as whether others see how far you have read",
		Long: `Choose something:

  read-privacy               whether others see how far you have read: public or private
  typing-privacy             whether others see that you write: public or private
  attachment-folder          where files go that you send into conversations, as in /Talk
  play_sounds                yes or no
  calls_start_without_media  yes or no
  blur_virtual_background    yes or no
  conversations_list_style   two-lines or compact
  chat_style                 split or unified; Talk 23

Other names go to the server as they are.`,
		Example:           `  $ confab setting set read-privacy private`,
		Args:              want("NAME", "VALUE"),
		ValidArgsFunction: cobra.FixedCompletions(known, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			ctx, name, value := cmd.Context(), given[0], given[1]
			switch name {
			case settingReading, settingTyping:
				var privacy talk.Privacy
				if privacy, err = named(true, name, value, talk.PrivacyPublic, talk.PrivacyPrivate); err != nil {
					return usagef("%s: %q is neither public nor private", name, value)
				}
				if name == settingReading {
					err = client.Settings.SetReadStatusPrivacy(ctx, privacy)
				} else {
					err = client.Settings.SetTypingPrivacy(ctx, privacy)
				}
			case settingFolder:
				err = client.Settings.SetAttachmentFolder(ctx, value)
			default:
				err = client.Settings.Set(ctx, talk.UserSetting(name), value)
				if errors.Is(err, talk.ErrInvalid) {
					return fmt.Errorf("%w; the server has no setting %s, or it does not take %q", err, name, value)
				}
			}
			if err != nil {
				return err
			}
			f.done("", "%s is %s", name, value)
			return nil
		},
	}
}

func newSettingSIP(f *factory) *cobra.Command {
	var o talk.SIPSettings
	cmd := &cobra.Command{
		Use:   "sip",
		Short: "Set up the bridge to telephones, as an administrator, with the shared secret in standard input's first line",
		Long: `Set up the bridge to telephones, as an administrator. All of its settings are replaced; the secret that the bridge signs with
is the first line of standard input.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) (err error) {
				if o.SharedSecret, err = f.readFirstLine(ctx, "the shared secret", maxPassword); err != nil {
					return err
				}
				if err := client.Settings.SetSIP(ctx, &o); err != nil {
					return err
				}
				f.done("", "Set up the bridge to telephones")
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&o.Groups, "group", nil, "only members of these `GROUPS` may have conversations dialled into")
	cmd.Flags().StringVar(&o.DialInInfo, "info", "", "tell people with this `TEXT` how to dial in")
	return cmd
}

// certificate is when a certificate expires, for programs.
type certificate struct {
	Host string `json:"host"`
	// Days are fewer than 0 for one that has expired, and absent when the server cannot tell.
	Days *int `json:"expiration_in_days"`
}

func newSettingCertificate(f *factory) *cobra.Command {
	return shows[certificate](f, &cobra.Command{
		Use:     "certificate HOST",
		Short:   "Print in how many days the certificate of a host expires, as the server sees it, as an administrator",
		Example: `  $ confab setting certificate turn.example.com:5349`,
		Args:    want("HOST"),

		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			if strings.Contains(given[0], "://") {
				return usagef("%q is an address: give the host alone, as in turn.example.com:5349", given[0])
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				days, known, err := client.Settings.CertificateExpiration(ctx, given[0])
				switch {
				case errors.Is(err, talk.ErrInvalid):
					return fmt.Errorf("%w; the server cannot look at %s", err, given[0])
				case err != nil:
					return err
				case f.json && known:
					return f.show(ctx, certificate{given[0], &days})
				case f.json:
					return f.show(ctx, certificate{Host: given[0]})
				case !known:
					return &missingError{"the server cannot tell when the certificate of " + given[0] + " expires", "is it a host that speaks TLS?"}
				}
				f.done(strconv.Itoa(days), "The certificate of %s expires in %s", given[0], counted(days, "day"))
				return nil
			})
		},
	})
}
