package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newUser(f *factory) *cobra.Command {
	return noun("user", "Make, change and list the accounts of a server, as its administrator", "",
		newUserList(f), newUserView(f), newUserCreate(f), newUserEdit(f),
		newUserEnable(f, "enable USER", "Let somebody log in again", "%s may log in", true),
		newUserEnable(f, "disable USER", "Let somebody log in no longer", "%s may not log in any more", false),
		newUserDelete(f))
}

// onAccounts runs what an administrator does.
func (f *factory) onAccounts(cmd *cobra.Command, do func(ctx context.Context, client *talk.Client) error) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	return do(cmd.Context(), client)
}

// noAccount says of an error that there is no such user, where it says that.
func noAccount(err error, id string) error {
	if errors.Is(err, talk.ErrNotFound) {
		return &missingError{"there is no user " + id + ", or none that you may see", "'confab user list' shows them to administrators"}
	}
	return err
}

func newUserEnable(f *factory, use, short, done string, enabled bool) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: want("USER"), ValidArgsFunction: f.completeUser,
		RunE: func(cmd *cobra.Command, given []string) error {
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				if err := client.Users.SetEnabled(ctx, given[0], enabled); err != nil {
					return noAccount(err, given[0])
				}
				f.done("", done, given[0])
				return nil
			})
		},
	}
}

func newUserList(f *factory) *cobra.Command {
	var o talk.ListUsersOptions
	var group string
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the ids of the server's users, one in a line",
		Long:    `List the ids of the server's users, one in a line: all, those that have a text in their id, name or address, or those in a group.`,
		Args:    want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if group != "" && (o.Search != "" || o.Limit != 0) {
				return usagef("--group takes no --search or --limit")
			}
			if o.Limit < 0 {
				return usagef("--limit: %d is not a number of users", o.Limit)
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				var ids []string
				var err error
				if group != "" {
					ids, err = client.Groups.Members(ctx, group)
				} else {
					ids, err = client.Users.List(ctx, &o)
				}
				if err != nil {
					return err
				}
				return f.printIDs(ctx, ids)
			})
		},
	}
	cmd.Flags().StringVar(&o.Search, "search", "", "only those that have this `TEXT` in their id, name or address")
	cmd.Flags().IntVar(&o.Limit, "limit", 0, "at most `N`")
	cmd.Flags().StringVar(&group, "group", "", "only those in this `GROUP`")
	return shows[string](f, cmd)
}

// printIDs shows ids: a program gets a list of strings.
func (f *factory) printIDs(ctx context.Context, ids []string) error {
	if f.json {
		return f.show(ctx, append([]string{}, ids...))
	}
	form := f.form()
	for _, id := range ids {
		if _, err := fmt.Fprintln(f.out, form.Value(id)); err != nil {
			return err
		}
	}
	return nil
}

func newUserView(f *factory) *cobra.Command {
	return shows[talk.User](f, &cobra.Command{
		Use:     "view [USER]",
		Aliases: []string{"show"},
		Short:   "Show an account: your own, or as an administrator another",
		Long: `Show an account: your own, or as an administrator another.

A pipe gets lines of a name and a value.`,
		Args:              want("[USER]"),
		ValidArgsFunction: f.completeUser,
		RunE: func(cmd *cobra.Command, given []string) error {
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				var u *talk.User
				var err error
				if len(given) == 0 {
					u, err = client.Users.Own(ctx)
				} else {
					u, err = client.Users.Get(ctx, given[0])
					err = noAccount(err, given[0])
				}
				if err != nil {
					return err
				}
				if f.json {
					return f.show(ctx, u)
				}
				form := f.form()
				return form.Fields(f.out, []render.Field{
					{Name: "id", Value: u.ID},
					{Name: "name", Value: u.DisplayName},
					{Name: "e-mail", Value: u.Email},
					{Name: "enabled", Value: word(!u.Enabled, "no") + word(u.Enabled, "yes")},
					{Name: "groups", Value: strings.Join(u.Groups, ", ")},
					{Name: "administers", Value: strings.Join(u.SubAdmin, ", ")},
					{Name: "last login", Value: form.Time(u.LastLogin)},
					{Name: "language", Value: u.Language},
				})
			})
		},
	})
}

func newUserCreate(f *factory) *cobra.Command {
	var o talk.CreateUserOptions
	var secret bool
	cmd := &cobra.Command{
		Use:   "create USER",
		Short: "Make an account, and print its id",
		Example: `  $ confab user create dave --name Dave --email dave@example.com
  $ confab user create dave --password-stdin --group crew < password.txt`,
		Args:              want("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			if !secret && o.Email == "" {
				return usagef("--password-stdin, or --email to invite them to choose one, is missing")
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) (err error) {
				if secret {
					if o.Password, err = f.readPassword(ctx); err != nil {
						return err
					}
				}
				if err := client.Users.Create(ctx, given[0], &o); err != nil {
					return err
				}
				f.done(given[0], "Made the account %s", given[0])
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&o.DisplayName, "name", "", "call them `NAME`")
	cmd.Flags().StringVar(&o.Email, "email", "", "their `ADDRESS`, where they are invited when they have no password")
	cmd.Flags().StringSliceVar(&o.Groups, "group", nil, "put them into these `GROUPS`")
	cmd.Flags().BoolVar(&secret, "password-stdin", false, "with the password in standard input's first line")
	return cmd
}

func newUserEdit(f *factory) *cobra.Command {
	var name, email, quota, language string
	var secret bool
	cmd := &cobra.Command{
		Use:   "edit USER",
		Short: "Change an account",
		Long: `Change an account: as an administrator anybody's, else your own. What the flags say is done one after the other; when one
fails, the error says which.`,
		Args:              want("USER"),
		ValidArgsFunction: f.completeUser,
		RunE: func(cmd *cobra.Command, given []string) error {
			changes := []struct {
				flag  string
				field talk.UserField
				value *string
			}{
				{"name", talk.UserFieldDisplayName, &name},
				{"email", talk.UserFieldEmail, &email},
				{"quota", talk.UserFieldQuota, &quota},
				{"language", talk.UserFieldLanguage, &language},
				{"password-stdin", talk.UserFieldPassword, new(string)},
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				done := 0
				for _, c := range changes {
					if !cmd.Flags().Changed(c.flag) {
						continue
					}
					if c.field == talk.UserFieldPassword {
						password, err := f.readPassword(ctx)
						if err != nil {
							return err
						}
						c.value = &password
					}
					if err := client.Users.Set(ctx, given[0], c.field, *c.value); err != nil {
						return fmt.Errorf("--%s: %w", c.flag, noAccount(err, given[0]))
					}
					done++
				}
				if done == 0 {
					return usagef("nothing is to be changed: give a flag")
				}
				f.done("", "Changed %s", given[0])
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "call them `NAME`")
	cmd.Flags().StringVar(&email, "email", "", "their `ADDRESS`; empty for none")
	cmd.Flags().StringVar(&quota, "quota", "", "how much they may store: `SIZE` as in \"5 GB\", or none")
	cmd.Flags().StringVar(&language, "language", "", "their language: `CODE` as in en")
	cmd.Flags().BoolVar(&secret, "password-stdin", false, "with the password in standard input's first line")
	return cmd
}

func newUserDelete(f *factory) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:               "delete USER",
		Aliases:           []string{"rm"},
		Short:             "Delete an account with all that is theirs",
		Args:              want("USER"),
		ValidArgsFunction: f.completeUser,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := f.askable(yes, "it deletes the account with all that is theirs"); err != nil {
				return err
			}
			return f.onAccounts(cmd, func(ctx context.Context, client *talk.Client) error {
				u, err := client.Users.Get(ctx, given[0])
				if err != nil {
					return noAccount(err, given[0])
				}
				if !yes {
					if err := f.confirm(ctx, fmt.Sprintf("Delete the account %s (%s) with all that is theirs?", u.ID, u.DisplayName)); err != nil {
						return err
					}
				}
				if err := client.Users.Delete(ctx, u.ID); err != nil {
					return err
				}
				f.done("", "Deleted the account %s", u.ID)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
