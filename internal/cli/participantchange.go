package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// sourceFlag lets a command know where an id comes from.
func sourceFlag(cmd *cobra.Command, source *string) {
	cmd.Flags().StringVar(source, "source", "", "where the id comes from: `users|groups|emails|circles`")
	completeValues(cmd, "source", sources...)
}

func newParticipantPromote(f *factory) *cobra.Command {
	return f.participantChange("promote CONVERSATION ID", "Make somebody a moderator, or an owner", roleChange{
		change:   (*talk.ParticipantsService).Promote,
		changeTo: (*talk.ParticipantsService).PromoteTo,
		roles:    []talk.ParticipantType{talk.ParticipantModerator, talk.ParticipantOwner},
		done:     map[talk.ParticipantType]string{0: "%s moderates %s now", talk.ParticipantModerator: "%s moderates %s now", talk.ParticipantOwner: "%s owns %s now"},
	})
}

func newParticipantDemote(f *factory) *cobra.Command {
	return f.participantChange("demote CONVERSATION ID", "Take somebody's moderation back, or their ownership", roleChange{
		change:   (*talk.ParticipantsService).Demote,
		changeTo: (*talk.ParticipantsService).DemoteTo,
		roles:    []talk.ParticipantType{talk.ParticipantUser, talk.ParticipantModerator},
		done: map[talk.ParticipantType]string{
			0: "%s does not moderate %s any more", talk.ParticipantUser: "%s does not moderate %s any more", talk.ParticipantModerator: "%s moderates %s, and does not own it any more",
		},
	})
}

// roleChange changes a participant's role: as servers of every version can, or, of newer ones, to the one that is named.
type roleChange struct {
	change   func(*talk.ParticipantsService, context.Context, string, int64) error
	changeTo func(*talk.ParticipantsService, context.Context, string, int64, talk.ParticipantType) error
	roles    []talk.ParticipantType
	done     map[talk.ParticipantType]string // what to tell, of the role that was named or of none
}

// participantChange is a command that changes the role of one participant.
func (f *factory) participantChange(use, short string, r roleChange) *cobra.Command {
	var source, to string
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Long: short + `, by their id or by the attendee id that 'confab participant list' shows.
With --source, only ids of that source are meant. Only moderators may; with --to, only owners make and unmake owners,
on servers with Talk 25.`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeParticipant,
		RunE: func(cmd *cobra.Command, given []string) error {
			if cmd.Flags().Changed("source") {
				if err := checkSource(source); err != nil {
					return err
				}
			}
			role, err := named(cmd.Flags().Changed("to"), "to", to, r.roles...)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.existing(ctx, given[0])
			if err != nil {
				return err
			}
			who, err := participant(ctx, client, room.Token, source, given[1])
			if err != nil {
				return err
			}
			if role == 0 {
				err = r.change(client.Participants, ctx, room.Token, who.AttendeeID)
			} else {
				err = r.changeTo(client.Participants, ctx, room.Token, who.AttendeeID, role)
			}
			if err != nil {
				return err
			}
			f.done("", r.done[role], who.DisplayName, room.DisplayName)
			return nil
		},
	}
	sourceFlag(cmd, &source)
	names := []string{r.roles[0].String(), r.roles[1].String()}
	cmd.Flags().StringVar(&to, "to", "", "to this role: `"+strings.Join(names, "|")+"`")
	completeValues(cmd, "to", names...)
	return cmd
}

func newParticipantPermissions(f *factory) *cobra.Command {
	var source, set, add, remove string
	cmd := &cobra.Command{
		Use:   "permissions CONVERSATION ID",
		Short: "Show or change what somebody may do",
		Long: `Show what somebody may do in a conversation; with a flag, change it first, as only moderators may.

Permissions are ` + permissionNames() + `,
several of them joined with commas; or "default" for those of the conversation.`,
		Example: `  $ confab participant permissions Deploys bob
  $ confab participant permissions Deploys bob --remove chat,publish-screen
  $ confab participant permissions Deploys bob --set default`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeParticipant,
		RunE: func(cmd *cobra.Command, given []string) error {
			if cmd.Flags().Changed("source") {
				if err := checkSource(source); err != nil {
					return err
				}
			}
			change, permissions, err := permissionChange(cmd, set, add, remove)
			if err != nil {
				return err
			}
			return f.permissions(cmd.Context(), given[0], source, given[1], change, permissions)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&set, "set", "", "these `PERMISSIONS` and no others")
	flags.StringVar(&add, "add", "", "these `PERMISSIONS` as well")
	flags.StringVar(&remove, "remove", "", "these `PERMISSIONS` no longer")
	sourceFlag(cmd, &source)
	return shows[talk.Participant](f, cmd)
}

// permissionChange reads which change is meant; an empty one is none.
func permissionChange(cmd *cobra.Command, set, add, remove string) (change talk.PermissionChange, permissions talk.Permissions, err error) {
	for _, flag := range []struct {
		name   string
		value  string
		change talk.PermissionChange
	}{{"set", set, talk.PermissionsSet}, {"add", add, talk.PermissionsAdd}, {"remove", remove, talk.PermissionsRemove}} {
		if !cmd.Flags().Changed(flag.name) {
			continue
		}
		if change != "" {
			return "", 0, usagef("--%s and --%s exclude each other", change, flag.name)
		}
		if permissions, err = parsePermissions(flag.name, flag.value); err != nil {
			return "", 0, err
		}
		change = flag.change
	}
	return change, permissions, nil
}

func (f *factory) permissions(ctx context.Context, name, source, id string, change talk.PermissionChange, permissions talk.Permissions) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	room, err := f.existing(ctx, name)
	if err != nil {
		return err
	}
	who, err := participant(ctx, client, room.Token, source, id)
	if err != nil {
		return err
	}
	if change != "" {
		if _, err := client.Participants.SetPermissions(ctx, room.Token, who.AttendeeID, change, permissions); err != nil {
			return err
		}
		// What the server answers to the change is the list of whom it reached; the whole is asked for anew.
		if who, err = participant(ctx, client, room.Token, source, id); err != nil {
			return err
		}
	}
	if f.json {
		return f.show(ctx, who)
	}
	return f.form().Fields(f.out, []render.Field{
		{Name: "name", Value: who.DisplayName},
		{Name: "role", Value: who.ParticipantType.String()},
		{Name: "permissions", Value: who.Permissions.String()},
		{Name: "in person", Value: who.AttendeePermissions.String()},
	})
}

// permissionBits are the permissions that can be given.
var permissionBits = []talk.Permissions{
	talk.PermissionStartCall, talk.PermissionJoinCall, talk.PermissionIgnoreLobby, talk.PermissionPublishAudio,
	talk.PermissionPublishVideo, talk.PermissionPublishScreen, talk.PermissionChat, talk.PermissionReact,
}

func permissionNames() string {
	names := make([]string, len(permissionBits))
	for i, bit := range permissionBits {
		names[i] = bit.String()
	}
	return strings.Join(names, ", ")
}

// parsePermissions reads permissions by the names that they print as.
func parsePermissions(flag, text string) (talk.Permissions, error) {
	if text == "default" {
		return talk.PermissionsDefault, nil
	}
	permissions := talk.PermissionCustom
	for name := range strings.SplitSeq(text, ",") {
		known := false
		for _, bit := range permissionBits {
			if bit.String() == strings.TrimSpace(name) {
				permissions, known = permissions|bit, true
			}
		}
		if !known {
			return 0, usagef("--%s: there is no permission %q; there are %s", flag, name, permissionNames())
		}
	}
	return permissions, nil
}
