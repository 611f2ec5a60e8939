package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newParticipant(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "participant",
		Short: "List, add, remove, promote and demote the participants of a conversation",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newParticipantList(f), newParticipantAdd(f), newParticipantRemove(f),
		newParticipantPromote(f), newParticipantDemote(f),
		newParticipantPermissions(f), newParticipantMentions(f), newParticipantSearch(f), newParticipantInviteAgain(f), newParticipantImport(f))
	return cmd
}

func newParticipantList(f *factory) *cobra.Command {
	return shows[talk.Participant](f, &cobra.Command{
		Use:     "list CONVERSATION",
		Aliases: []string{"ls"},
		Short:   "List who takes part in a conversation",
		Long: `List who takes part in a conversation.

A pipe gets a line for each: attendee id, source, id, display name, role, time they were last seen there.`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.conversation(cmd.Context(), given[0])
			if err != nil {
				return err
			}
			people, err := client.Participants.List(cmd.Context(), room.Token, nil)
			if err != nil {
				return err
			}
			form := f.form()
			if f.json {
				return f.show(cmd.Context(), append([]*talk.Participant{}, people...))
			}
			rows := make([][]string, len(people))
			for i, p := range people {
				rows[i] = []string{strconv.FormatInt(p.AttendeeID, 10), string(p.ActorType), p.ActorID, p.DisplayName, p.ParticipantType.String(), form.Time(p.LastPing)}
			}
			return withAvatars(form, f.out, []render.Column{
				{Name: "attendee", Right: true, Style: form.Faint},
				{Name: "source", Style: form.Faint},
				{Name: "id", Gives: true},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "role"},
				{Name: "seen", Style: form.Faint},
			}, rows, func(i int) string { return people[i].DisplayName })
		},
	})
}

// sources are the kinds of participants that can be added by their id.
var sources = []string{string(talk.ActorUser), string(talk.ActorGroup), string(talk.ActorEmail), string(talk.ActorCircle)}

func checkSource(source string) error {
	if !slices.Contains(sources, source) {
		return usagef("--source: %q is none of %s", source, strings.Join(sources, ", "))
	}
	return nil
}

func newParticipantAdd(f *factory) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "add CONVERSATION ID…",
		Short: "Add users, groups, e-mail addresses or teams to a conversation",
		Example: `  $ confab participant add Deploys bob carol
  $ confab participant add Deploys --source groups crew`,
		Args:              want("CONVERSATION", "ID…"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := checkSource(source); err != nil {
				return err
			}
			return f.addParticipants(cmd.Context(), given[0], source, given[1:])
		},
	}
	cmd.Flags().StringVar(&source, "source", "users", "where the ids come from: `users|groups|emails|circles`")
	completeValues(cmd, "source", sources...)
	return cmd
}

func (f *factory) addParticipants(ctx context.Context, name, source string, ids []string) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	room, err := f.conversation(ctx, name)
	if err != nil {
		return err
	}
	for i, id := range ids {
		kind, err := client.Participants.Add(ctx, room.Token, talk.ActorType(source), id)
		if errors.Is(err, talk.ErrNotFound) && !errors.Is(err, talk.ErrBadResponse) {
			err = &missingError{fmt.Sprintf("there is no %q among the %s", id, source), "an id is needed, not a display name"}
		}
		if err != nil {
			if i > 0 {
				err = fmt.Errorf("after adding %s: %w", strings.Join(ids[:i], ", "), err)
			}
			return err
		}
		if kind == talk.ConversationPublic && room.Type != kind {
			f.warn("%s is a public conversation now, so that whom you invited by e-mail can join", room.DisplayName)
			room.Type = kind
		}
	}
	f.done("", "Added %s to %s", strings.Join(ids, ", "), room.DisplayName)
	return nil
}

func newParticipantRemove(f *factory) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:     "remove CONVERSATION ID",
		Aliases: []string{"rm"},
		Short:   "Remove somebody from a conversation",
		Long: `Remove somebody from a conversation, by their id or by the attendee id that 'confab participant list' shows.
With --source, only ids of that source are meant.`,
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeParticipant,
		RunE: func(cmd *cobra.Command, given []string) error {
			if cmd.Flags().Changed("source") {
				if err := checkSource(source); err != nil {
					return err
				}
			}
			return f.removeParticipant(cmd.Context(), given[0], source, given[1])
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "where the id comes from: `users|groups|emails|circles`")
	completeValues(cmd, "source", sources...)
	return cmd
}

func (f *factory) removeParticipant(ctx context.Context, name, source, id string) error {
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
	if err := client.Participants.Remove(ctx, room.Token, who.AttendeeID); err != nil {
		return err
	}
	f.done("", "Removed %s from %s", who.DisplayName, room.DisplayName)
	return nil
}

// participant finds the one participant that is meant.
func participant(ctx context.Context, client *talk.Client, token, source, id string) (*talk.Participant, error) {
	people, err := client.Participants.List(ctx, token, nil)
	if err != nil {
		return nil, err
	}
	return pick(people, source, id)
}

// pick finds the one participant that an id, or an attendee id where no source is given, names.
func pick(people []*talk.Participant, source, id string) (*talk.Participant, error) {
	var found []*talk.Participant
	var told []string
	for _, p := range people {
		byID := p.ActorID == id && (source == "" || string(p.ActorType) == source)
		if byID || source == "" && strconv.FormatInt(p.AttendeeID, 10) == id {
			found = append(found, p)
			told = append(told, fmt.Sprintf("%s/%s (attendee %d)", p.ActorType, p.ActorID, p.AttendeeID))
		}
	}
	switch len(found) {
	case 0:
		return nil, &missingError{fmt.Sprintf("no participant has the id %q", id), "'confab participant list' shows them"}
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%q may be %s; say which by --source", id, strings.Join(told, " or "))
}
