package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newGroup(f *factory) *cobra.Command {
	return noun("group", "Make, fill and list the groups of a server, as its administrator", "",
		newGroupList(f),
		f.groupAction("create GROUP", "Make a group", []string{"GROUP"}, "Made the group %[1]s",
			func(ctx context.Context, client *talk.Client, given []string) error {
				return client.Groups.Create(ctx, given[0])
			}),
		f.groupAction("add GROUP USER", "Put a user into a group", []string{"GROUP", "USER"}, "%[2]s is in %[1]s",
			func(ctx context.Context, client *talk.Client, given []string) error {
				return noMember(client.Users.AddToGroup(ctx, given[1], given[0]), given)
			}),
		f.groupAction("remove GROUP USER", "Take a user out of a group", []string{"GROUP", "USER"}, "%[2]s is not in %[1]s any more",
			func(ctx context.Context, client *talk.Client, given []string) error {
				return noMember(client.Users.RemoveFromGroup(ctx, given[1], given[0]), given)
			}),
		newGroupDelete(f))
}

// The codes by which servers refuse to change who is in a group.
const (
	codeNoGroup = 102
	codeNoUser  = 103
)

// noMember says of an error which of a group and a user there is not, where it says that.
func noMember(err error, given []string) error {
	var e *talk.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.OCSCode {
	case codeNoGroup:
		return noGroup(given[0])
	case codeNoUser:
		return &missingError{"there is no user " + given[1], "'confab user list' shows them"}
	}
	return noAccount(err, given[1])
}

func noGroup(id string) error {
	return &missingError{"there is no group " + id, "'confab group list' shows them"}
}

func newGroupList(f *factory) *cobra.Command {
	var search, user string
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the ids of the server's groups, one in a line",
		Args:    want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := exclusive(cmd, "search", "user"); err != nil {
				return err
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				var ids []string
				var err error
				if user != "" {
					ids, err = client.Users.Groups(ctx, user)
				} else {
					ids, err = client.Groups.List(ctx, search)
				}
				if err != nil {
					return err
				}
				return f.printIDs(ctx, ids)
			})
		},
	}
	cmd.Flags().StringVar(&search, "search", "", "only those that have this `TEXT` in their name")
	cmd.Flags().StringVar(&user, "user", "", "only those that this `USER` is in")
	return shows[string](f, cmd)
}

// groupAction is a command that does something with one group.
func (f *factory) groupAction(use, short string, args []string, done string, do func(ctx context.Context, client *talk.Client, given []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: want(args...), ValidArgsFunction: f.completeGroup,
		RunE: func(cmd *cobra.Command, given []string) error {
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				if err := do(ctx, client, given); err != nil {
					return err
				}
				f.done("", done, given[0], given[len(given)-1])
				return nil
			})
		},
	}
}

func newGroupDelete(f *factory) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:               "delete GROUP",
		Aliases:           []string{"rm"},
		Short:             "Delete a group, and none of its users",
		Args:              want("GROUP"),
		ValidArgsFunction: f.completeGroup,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := f.askable(yes, "it deletes the group"); err != nil {
				return err
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				members, err := client.Groups.Members(ctx, given[0])
				if errors.Is(err, talk.ErrNotFound) {
					return noGroup(given[0])
				}
				if err != nil {
					return err
				}
				if !yes {
					if err := f.confirm(ctx, fmt.Sprintf("Delete the group %s of %s?", given[0], counted(len(members), "user"))); err != nil {
						return err
					}
				}
				if err := client.Groups.Delete(ctx, given[0]); err != nil {
					return err
				}
				f.done("", "Deleted the group %s", given[0])
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
