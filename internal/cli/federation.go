package cli

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newInvitation(f *factory) *cobra.Command {
	return noun("invitation", "Answer invitations into conversations of other servers", "", newInvitationList(f), newInvitationAccept(f), newInvitationReject(f))
}

func newInvitationList(f *factory) *cobra.Command {
	return shows[talk.FederationInvitation](f, &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List your invitations",
		Long: `List your invitations.

A pipe gets a line for each: id, "pending" or "accepted", conversation, server, who invites.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			invitations, err := client.Federation.Invitations(cmd.Context())
			if err != nil {
				return err
			}
			return printList(cmd.Context(), f, invitations, "Nobody invites you.", []render.Column{
				{Name: "id", Right: true, Style: f.form().Faint},
				{Name: "state", Style: f.form().Faint},
				{Name: "conversation", Gives: true, Style: f.form().Strong},
				{Name: "server", Gives: true},
				{Name: "by", Gives: true},
			}, func(i *talk.FederationInvitation) []string {
				return []string{strconv.FormatInt(i.ID, 10), i.State.String(), i.RoomName, i.RemoteServerURL, i.InviterCloudID}
			})
		},
	})
}

// invitation finds an invitation by its id, so that what is answered can be told, and gives the client to answer with.
func (f *factory) invitation(ctx context.Context, given string) (*talk.Client, *talk.FederationInvitation, error) {
	client, err := f.talk()
	if err != nil {
		return nil, nil, err
	}
	id, err := positive(given, "an invitation")
	if err != nil {
		return nil, nil, err
	}
	all, err := client.Federation.Invitations(ctx)
	if err != nil {
		return nil, nil, err
	}
	n := slices.IndexFunc(all, func(i *talk.FederationInvitation) bool { return i.ID == id })
	if n < 0 {
		return nil, nil, &missingError{"there is no invitation " + given, "'confab invitation list' shows them"}
	}
	return client, all[n], nil
}

func newInvitationAccept(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:   "accept ID",
		Short: "Take part in the conversation of an invitation, and print its token",
		Args:  want("ID"),

		ValidArgsFunction: f.completeInvitation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, i, err := f.invitation(ctx, given[0])
			if err != nil {
				return err
			}
			room, err := client.Federation.Accept(ctx, i.ID)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, room)
			}
			f.done(room.Token, "You take part in %s of %s", i.RoomName, i.RemoteServerURL)
			return nil
		},
	})
}

func newInvitationReject(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "reject ID",
		Short: "Decline an invitation",
		Args:  want("ID"),

		ValidArgsFunction: f.completeInvitation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, i, err := f.invitation(ctx, given[0])
			if err != nil {
				return err
			}
			if err := client.Federation.Reject(ctx, i.ID); err != nil {
				return err
			}
			f.done("", "Declined the invitation to %s of %s", i.RoomName, i.RemoteServerURL)
			return nil
		},
	}
}
