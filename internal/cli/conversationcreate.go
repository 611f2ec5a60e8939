package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// maxPassword limits what is read for a password, in bytes.
const maxPassword = 4096

type createOptions struct {
	kind        string
	invite      []string
	description string
	password    bool
	preset      string
	typed       bool // the type was given
}

func newConversationCreate(f *factory) *cobra.Command {
	var o createOptions
	cmd := &cobra.Command{
		Use:   "create [NAME]",
		Short: "Create a conversation",
		Long: `Create a conversation, and print its token.

A one-to-one conversation has no name, but one user to --invite; the note to self has neither. Where they exist
already they are given as they are.`,
		Example: `  $ confab conversation create Deploys --invite bob --invite carol
  $ confab conversation create "Open house" --type public --password-stdin < password.txt
  $ confab conversation create "Open day" --preset webinar
  $ confab conversation create --type one-to-one --invite bob`,
		Args: want("[NAME]"),
		RunE: func(cmd *cobra.Command, given []string) error {
			name := ""
			if len(given) == 1 {
				name = given[0]
			}
			o.typed = cmd.Flags().Changed("type")
			if err := o.check(name); err != nil {
				return err
			}
			return f.createConversation(cmd.Context(), name, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.kind, "type", "group", "`group|public|one-to-one|note-to-self`")
	flags.StringVar(&o.preset, "preset", "", "as this `PRESET` of 'confab preset list' has it, unless another flag says otherwise")
	flags.StringArrayVar(&o.invite, "invite", nil, "invite the user with this `ID`; repeatable")
	flags.StringVar(&o.description, "description", "", "say with this `TEXT` what the conversation is for")
	flags.BoolVar(&o.password, "password-stdin", false, "protect a public conversation with the password in standard input's first line")
	completeValues(cmd, "type", "group", "public", "one-to-one", "note-to-self")
	_ = cmd.RegisterFlagCompletionFunc("preset", f.completePreset) // as in completeValues
	return shows[talk.Conversation](f, cmd)
}

func (o createOptions) check(name string) error {
	named := o.kind == "group" || o.kind == "public"
	switch {
	case !named && o.kind != "one-to-one" && o.kind != "note-to-self":
		return usagef("--type: %q is none of group, public, one-to-one and note-to-self", o.kind)
	case named && strings.TrimSpace(name) == "":
		return usagef("a %s conversation needs a name", o.kind)
	case !named && name != "":
		return usagef("a %s conversation has no name of its own", o.kind)
	case o.kind == "one-to-one" && len(o.invite) != 1:
		return usagef("a one-to-one conversation needs one user to --invite")
	case o.kind == "note-to-self" && len(o.invite) > 0:
		return usagef("nobody can be invited to the note to self")
	case !named && o.description != "":
		return usagef("a %s conversation has no description", o.kind)
	case !named && o.preset != "":
		return usagef("a %s conversation has no preset", o.kind)
	case o.password && o.kind != "public" && (o.typed || o.preset == ""): // else the preset may make it public
		return usagef("only a public conversation can have a password")
	case slices.Contains(o.invite, ""):
		return usagef("--invite: the user is empty")
	}
	return nil
}

func (f *factory) createConversation(ctx context.Context, name string, o createOptions) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	password := ""
	if o.password {
		if password, err = f.readPassword(ctx); err != nil {
			return err
		}
	}
	var room *talk.Conversation
	switch o.kind {
	case "note-to-self":
		room, err = client.Conversations.NoteToSelf(ctx)
	case "one-to-one":
		room, err = client.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: o.invite[0]})
		if errors.Is(err, talk.ErrNotFound) && !errors.Is(err, talk.ErrBadResponse) {
			err = noUser(o.invite[0])
		}
	default:
		kind := talk.ConversationGroup
		switch {
		case o.kind == "public":
			kind = talk.ConversationPublic
		case o.preset != "" && !o.typed:
			kind = 0 // whatever the preset says
		}
		room, err = client.Conversations.Create(ctx, kind, &talk.CreateOptions{Name: name, Password: password, Preset: o.preset})
	}
	if err != nil {
		return err
	}
	// What follows is done step by step, as servers of every version can: should a step fail, what there is by then is told.
	room, err = f.furnish(ctx, client, room, o)
	if f.json {
		return errors.Join(f.show(ctx, room), err)
	}
	f.done(room.Token, "Created %s: %s", room.DisplayName, room.Token)
	f.hint("%s", webLink(client, room.Token))
	return err
}

// furnish gives a new conversation its description and participants.
func (f *factory) furnish(ctx context.Context, client *talk.Client, room *talk.Conversation, o createOptions) (*talk.Conversation, error) {
	if o.kind != "group" && o.kind != "public" {
		return room, nil
	}
	var failed []error
	if o.description != "" {
		described, err := client.Conversations.SetDescription(ctx, room.Token, o.description)
		if err == nil {
			room = described
		} else {
			failed = append(failed, fmt.Errorf("the conversation %s exists now, without description: %w", room.Token, err))
		}
	}
	for _, user := range o.invite {
		_, err := client.Participants.Add(ctx, room.Token, talk.ActorUser, user)
		if errors.Is(err, talk.ErrNotFound) && !errors.Is(err, talk.ErrBadResponse) {
			err = noUser(user)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("the conversation %s exists now, without %s: %w", room.Token, user, err))
		}
	}
	return room, errors.Join(failed...)
}

func noUser(id string) error {
	return &missingError{fmt.Sprintf("there is no user %q", id), "an id is needed, not a display name"}
}
