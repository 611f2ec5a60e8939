package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// settings gives the changes that the flags ask for, but for the password, which must be read first.
func (o *editOptions) settings(cmd *cobra.Command) ([]setting, error) {
	for _, pair := range [][2]string{{"public", "private"}, {"password-stdin", "no-password"}, {"private", "password-stdin"}} {
		if err := exclusive(cmd, pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	given := cmd.Flags().Changed
	var settings []setting
	add := func(flag string, apply func(context.Context, *talk.ConversationsService, string) (*talk.Conversation, error)) {
		if given(flag) {
			settings = append(settings, setting{flag, apply})
		}
	}
	onOff := func(flag string, on *bool, set func(*talk.ConversationsService, context.Context, string, bool) (*talk.Conversation, error)) {
		add(flag, func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
			return set(rooms, ctx, token, *on)
		})
	}
	switch {
	case given("name") && strings.TrimSpace(o.name) == "":
		return nil, usagef("--name: the name is empty")
	case given("public") && !o.public, given("private") && !o.private, given("no-password") && !o.noPassword:
		return nil, usagef("--public, --private and --no-password cannot be false")
	case given("lobby-until") && !o.lobby:
		return nil, usagef("--lobby-until needs --lobby")
	}
	add("name", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.Rename(ctx, token, o.name)
	})
	add("description", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetDescription(ctx, token, o.description)
	})
	add("public", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return o.makePublic(ctx, rooms, token)
	})
	add("private", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.MakePrivate(ctx, token)
	})
	add("no-password", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetPassword(ctx, token, "")
	})
	onOff("read-only", &o.readOnly, (*talk.ConversationsService).SetReadOnly)
	onOff("favorite", &o.favorite, (*talk.ConversationsService).SetFavorite)
	onOff("archived", &o.archived, (*talk.ConversationsService).SetArchived)
	onOff("important", &o.important, (*talk.ConversationsService).SetImportant)
	onOff("sensitive", &o.sensitive, (*talk.ConversationsService).SetSensitive)
	onOff("preserved", &o.preserved, (*talk.ConversationsService).SetPreserved)
	add("expire", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetMessageExpiration(ctx, token, o.expire)
	})
	add("call-notifications", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		level := talk.NotifyCallsOff
		if o.calls {
			level = talk.NotifyCallsOn
		}
		return rooms.SetCallNotifications(ctx, token, level)
	})
	err := o.namedSettings(cmd, add)
	return settings, err
}

func (o *editOptions) setPassword(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
	return rooms.SetPassword(ctx, token, o.secret)
}

// makePublic opens a conversation with its password, if there is one: servers may open none without.
func (o *editOptions) makePublic(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
	if o.secret == "" {
		return rooms.MakePublic(ctx, token, nil)
	}
	opened, err := rooms.MakePublic(ctx, token, &talk.PublicOptions{Password: o.secret})
	if !errors.Is(err, talk.ErrUnsupported) {
		return opened, err
	}
	if _, err := rooms.MakePublic(ctx, token, nil); err != nil { // of long ago, where it is a second step
		return nil, err
	}
	return o.setPassword(ctx, rooms, token)
}

// namedSettings adds the changes whose values have names.
func (o *editOptions) namedSettings(cmd *cobra.Command, add func(string, func(context.Context, *talk.ConversationsService, string) (*talk.Conversation, error))) error {
	flags := cmd.Flags()
	listable, err := named(flags.Changed("listable"), "listable", o.listable, talk.ListableParticipants, talk.ListableUsers, talk.ListableEveryone)
	if err != nil {
		return err
	}
	mentions, err := named(flags.Changed("mention-all"), "mention-all", o.mentions, talk.MentionEveryone, talk.MentionModerators)
	if err != nil {
		return err
	}
	notifications, err := named(flags.Changed("notifications"), "notifications", o.notifications, talk.NotifyAlways, talk.NotifyMention, talk.NotifyNever)
	if err != nil {
		return err
	}
	var permissions talk.Permissions
	if flags.Changed("permissions") {
		if permissions, err = parsePermissions("permissions", o.permissions); err != nil {
			return err
		}
	}
	var until time.Time
	if flags.Changed("lobby-until") {
		if until, err = time.Parse(time.RFC3339, o.lobbyUntil); err != nil {
			return usagef("--lobby-until: %q is not a time such as 2026-06-01T09:00:00Z", o.lobbyUntil)
		}
	}
	add("listable", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetListable(ctx, token, listable)
	})
	add("mention-all", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetMentionPermissions(ctx, token, mentions)
	})
	add("notifications", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetNotificationLevel(ctx, token, notifications)
	})
	add("permissions", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetDefaultPermissions(ctx, token, permissions)
	})
	sip, err := named(flags.Changed("sip"), "sip", o.sip, talk.SIPDisabled, talk.SIPWithPIN, talk.SIPWithoutPIN)
	if err != nil {
		return err
	}
	add("sip", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		return rooms.SetSIP(ctx, token, sip)
	})
	add("recording-consent", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		consent := talk.RecordingConsentNone
		if o.consent {
			consent = talk.RecordingConsentRequired
		}
		return rooms.SetRecordingConsent(ctx, token, consent)
	})
	add("lobby", func(ctx context.Context, rooms *talk.ConversationsService, token string) (*talk.Conversation, error) {
		state := talk.LobbyNone
		if o.lobby {
			state = talk.LobbyNonModerators
		}
		return rooms.SetLobby(ctx, token, state, until)
	})
	return nil
}

// named finds the value that a flag names.
func named[T interface{ String() string }](given bool, flag, name string, values ...T) (value T, err error) {
	if !given {
		return value, nil
	}
	names := make([]string, len(values))
	for i, v := range values {
		if names[i] = v.String(); names[i] == name {
			return v, nil
		}
	}
	return value, usagef("--%s: %q is none of %s", flag, name, strings.Join(names, ", "))
}
