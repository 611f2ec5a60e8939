package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newAuth(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Log in and out, and choose the account to speak for",
		Long: `Log in and out, and choose the account to speak for. Passwords are kept in the keyring of your system. The
environment goes before what is stored: 'confab help environment'.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newAuthLogin(f), newAuthStatus(f), newAuthSwitch(f), newAuthToken(f), newAuthLogout(f))
	return cmd
}

// accountStatus is what is known of an account, as JSON shows it.
type accountStatus struct {
	Account     string `json:"account"`
	URL         string `json:"url"`
	User        string `json:"user"`
	DisplayName string `json:"displayName"`
	Storage     string `json:"storage"` // "keyring", "file" or "environment"
	Active      bool   `json:"active"`
	State       string `json:"state"` // "ok", "refused", "unreachable" or "no password"
}

// whoami asks the server who an account is.
func whoami(ctx context.Context, client *talk.Client) (displayName string, err error) {
	var user struct {
		DisplayName string `json:"display-name"`
	}
	if _, err := client.Do(ctx, http.MethodGet, "/ocs/v2.php/cloud/user", nil, nil, &user); err != nil {
		return "", err
	}
	return user.DisplayName, nil
}

func newAuthStatus(f *factory) *cobra.Command {
	return shows[accountStatus](f, &cobra.Command{
		Use:   "status",
		Short: "List the accounts, and whether their servers let them in",
		Long: `List the accounts, and whether their servers let them in. The exit code tells of the active one.

A pipe gets a line for each: account, "active" or nothing, URL, user, display name, where the password is, "ok",
"refused", "unreachable" or "no password".`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.authStatus(cmd.Context())
		},
	})
}

func (f *factory) authStatus(ctx context.Context) error {
	active, err := f.credentials(ctx)
	account, isAccount := errors.AsType[*accountError](err)
	if err != nil && (!isAccount || account.missing != nil) {
		return err
	}
	known, err := f.loadAccounts()
	if err != nil {
		return err
	}
	list := []accountStatus{}
	var failed error
	found := false
	for _, one := range known.Accounts {
		status := accountStatus{Account: one.name(), URL: one.URL, User: one.User, Storage: one.Storage}
		status.Active = sameAddress(one.URL, active.url) && one.User == active.user
		c := credentials{url: one.URL, user: one.User, stored: true}
		var secretErr error
		if c.password, secretErr = f.secret(ctx, one); status.Active && f.app.Getenv(envPassword) != "" {
			c.password, secretErr = f.app.Getenv(envPassword), nil
		}
		err := f.check(ctx, c, secretErr, &status)
		if status.Active {
			found, failed = true, err
		}
		list = append(list, status)
	}
	if !found {
		status := accountStatus{URL: active.url, User: active.user, Storage: "environment", Active: true}
		status.Account = accountOf(active).name()
		failed = f.check(ctx, active, nil, &status)
		list = append(list, status)
	}
	f.speaksFor = active
	return errors.Join(f.showAccounts(ctx, list), failed)
}

func accountOf(c credentials) account { return account{URL: c.url, User: c.user} }

// check finds out whether a server lets an account in.
func (f *factory) check(ctx context.Context, c credentials, secretErr error, status *accountStatus) error {
	if secretErr != nil {
		status.State = "no password"
		return secretErr
	}
	client, err := f.clientOf(c)
	if err == nil {
		status.DisplayName, err = whoami(ctx, client)
	}
	switch {
	case err == nil:
		status.State = "ok"
	case errors.Is(err, talk.ErrUnauthorized):
		status.State = "refused"
	default:
		status.State = "unreachable"
	}
	return err
}

func (f *factory) showAccounts(ctx context.Context, list []accountStatus) error {
	if f.json {
		return f.show(ctx, list)
	}
	form := f.form()
	rows := make([][]string, len(list))
	for i, a := range list {
		active := ""
		if a.Active {
			active = "active"
		}
		shown := a.URL
		if u, err := url.Parse(a.URL); err == nil {
			shown = u.Redacted()
		}
		rows[i] = []string{a.Account, active, shown, a.User, a.DisplayName, a.Storage, a.State}
		if form.Terminal {
			rows[i] = []string{a.Account, active, a.DisplayName, a.Storage, a.State}
		}
	}
	return form.Table(f.out, []render.Column{
		{Name: "account", Gives: true, Style: form.Strong},
		{Name: "", Style: form.Good},
		{Name: "name", Gives: true},
		{Name: "password in", Style: form.Faint},
		{Name: "state"},
	}, rows)
}

func newAuthSwitch(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:               "switch [ACCOUNT]",
		Short:             "Speak for another account; without ACCOUNT for the other one of two",
		Args:              want("[ACCOUNT]"),
		ValidArgsFunction: f.completeAccount,
		RunE: func(_ *cobra.Command, given []string) error {
			known, err := f.loadAccounts()
			if err != nil {
				return err
			}
			name := ""
			switch {
			case len(given) == 1:
				name = given[0]
			case len(known.Accounts) > 2:
				return usagef("ACCOUNT is missing: there are more than two")
			default:
				for _, other := range known.names() {
					if other != known.Active {
						name = other
					}
				}
			}
			one, err := known.named(name)
			if err != nil {
				return err
			}
			known.Active = one.name()
			if err := f.saveAccounts(known); err != nil {
				return err
			}
			f.done("", "You speak for %s now", known.Active)
			if f.app.Getenv(envURL)+f.app.Getenv(envUser)+f.app.Getenv(envPassword) != "" {
				f.warn("%s, %s and %s go before it while they are set", envURL, envUser, envPassword)
			}
			return nil
		},
	}
}

func newAuthToken(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:   "token",
		Short: "Print the password of the account, for other programs",
		Args:  want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.credentials(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintln(f.out, f.form().Value(c.password))
			return nil
		},
	}
}

func newAuthLogout(f *factory) *cobra.Command {
	var revoke bool
	cmd := &cobra.Command{
		Use:   "logout [ACCOUNT]",
		Short: "Forget an account; without ACCOUNT the active one",
		Long: `Forget an account, and have its server forget the app password, too; without ACCOUNT the active one. With --revoke=false
the app password stays valid, for whoever else has it.`,
		Args:              want("[ACCOUNT]"),
		ValidArgsFunction: f.completeAccount,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			known, err := f.loadAccounts()
			if err != nil {
				return err
			}
			name := ""
			if len(given) == 1 {
				name = given[0]
			}
			one, err := known.named(name)
			if err != nil {
				return err
			}
			if revoke {
				if err := f.revoke(ctx, one); err != nil {
					return fmt.Errorf("nothing is forgotten, --revoke=false does that: revoke the app password: %w", err)
				}
			}
			if err := f.forget(ctx, one); err != nil {
				return err
			}
			known.remove(one.name())
			if err := f.saveAccounts(known); err != nil {
				return err
			}
			f.done("", "Forgot %s", one.name())
			if !revoke {
				f.hint("The app password stays valid until you revoke it in the security settings of your Nextcloud.")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&revoke, "revoke", true, "have the server forget the app password, too; =false leaves it valid")
	return cmd
}

// revoke has the server forget the app password of an account.
func (f *factory) revoke(ctx context.Context, a account) error {
	secret, err := f.secret(ctx, a)
	if err != nil {
		return err
	}
	client, err := f.clientOf(credentials{url: a.URL, user: a.User, password: secret, stored: true})
	if err != nil {
		return err
	}
	return revoke(ctx, client)
}

func revoke(ctx context.Context, client *talk.Client) error {
	_, err := client.Do(ctx, http.MethodDelete, "/ocs/v2.php/core/apppassword", nil, nil, nil)
	return err
}

// completeAccount gives a shell the accounts that are stored.
func (f *factory) completeAccount(_ *cobra.Command, given []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	known, err := f.loadAccounts()
	if err != nil || len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return known.names(), cobra.ShellCompDirectiveNoFileComp
}
