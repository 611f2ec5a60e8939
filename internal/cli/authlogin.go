package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

type loginOptions struct {
	user                            string
	appPassword, insecure, noBrowse bool
}

func newAuthLogin(f *factory) *cobra.Command {
	var o loginOptions
	cmd := &cobra.Command{
		Use:   "login [URL]",
		Short: "Log in to a Nextcloud, and speak for that account from now on",
		Long: `Log in to a Nextcloud, in your browser, and speak for that account from now on. The server makes an app password for
it, which is kept in the keyring of your system, or with --insecure-storage in a file that only you can read.

With --with-app-password no browser is needed: the app password, from the security settings of your Nextcloud, is read
from standard input's first line.

Without URL it is CONFAB_URL, or the server of the account that you speak for.`,
		Example: `  $ confab auth login https://cloud.example.com
  $ confab auth login cloud.example.com --user alice --with-app-password < password.txt`,
		Args: want("[URL]"),
		RunE: func(cmd *cobra.Command, given []string) error {
			address, err := f.loginAddress(given)
			switch {
			case err != nil:
				return err
			case o.appPassword && o.user == "":
				return usagef("--with-app-password needs --user")
			case !o.appPassword && o.user != "":
				return usagef("--user is for --with-app-password; in the browser you say who you are")
			}
			return f.login(cmd.Context(), address, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.appPassword, "with-app-password", false, "read an app password from standard input")
	flags.StringVar(&o.user, "user", "", "the `ID` of the user whose app password it is")
	flags.BoolVar(&o.insecure, "insecure-storage", false, "keep the password in a file, where there is no keyring")
	flags.BoolVar(&o.noBrowse, "no-browser", false, "start no browser, only print the address to open")
	return shows[accountStatus](f, cmd)
}

// loginAddress is where to log in: as it is given, else where one speaks to already.
func (f *factory) loginAddress(given []string) (string, error) {
	if len(given) == 1 {
		return loginAddress(given[0])
	}
	if address := f.app.Getenv(envURL); address != "" {
		return loginAddress(address)
	}
	known, err := f.loadAccounts()
	if err != nil {
		return "", err
	}
	one, ok := known.find(known.Active)
	if !ok {
		return "", usagef("URL is missing, as in https://cloud.example.com")
	}
	return one.URL, nil
}

// loginAddress reads an address as people write it: without a scheme it is https.
func loginAddress(given string) (string, error) {
	if given == "" {
		return "", usagef("the URL is empty")
	}
	if !strings.Contains(given, "://") {
		given = "https://" + given
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", usagef("the URL is not the address of a Nextcloud, as in https://cloud.example.com")
	}
	return strings.TrimRight(strings.TrimSuffix(strings.TrimRight(given, "/"), "/index.php"), "/"), nil
}

func (f *factory) login(ctx context.Context, address string, o loginOptions) error {
	c := credentials{url: address, user: o.user, stored: true}
	f.speaksFor = c
	if _, err := f.accountsFile(); err != nil {
		return err
	}
	if !o.insecure && f.app.Keyring == nil {
		return fmt.Errorf("keyring: %w; --insecure-storage keeps the password in a file that only you can read", errNoKeyring)
	}
	var err error
	if o.appPassword {
		c.password, err = f.readSecret(ctx, "App password: ")
	} else {
		c, err = f.browserLogin(ctx, address, o.noBrowse)
	}
	if err != nil {
		return err
	}
	client, err := f.clientOf(c)
	if err != nil {
		return err
	}
	name, err := whoami(ctx, client)
	if err != nil {
		return err
	}
	if there, err := client.Available(ctx); err == nil && !there {
		f.warn("Talk is not installed there, or not for this account")
	}
	one := account{URL: c.url, User: c.user}
	if err := f.storeAccount(ctx, &one, c.password, o.insecure); err != nil {
		if !o.appPassword { // what was made for this and cannot be kept is of no use to anybody
			err = errors.Join(err, revoke(ctx, client))
		}
		return err
	}
	if f.json {
		return f.show(ctx, accountStatus{Account: one.name(), URL: one.URL, User: one.User, DisplayName: name, Storage: one.Storage, Active: true, State: "ok"})
	}
	f.done(one.name(), "Logged in as %s: you speak for %s now", name, one.name())
	return nil
}

// storeAccount keeps an account and its password, and forgets where that was kept before.
func (f *factory) storeAccount(ctx context.Context, a *account, secret string, insecure bool) error {
	known, err := f.loadAccounts()
	if err != nil {
		return err
	}
	before, _ := known.find(a.name())
	if err := f.keep(ctx, a, secret, insecure); err != nil {
		return err
	}
	known.put(*a)
	if err := f.saveAccounts(known); err != nil {
		return err
	}
	if before.Storage != a.Storage {
		return f.forget(ctx, before)
	}
	return nil
}

const (
	loginPath = "/index.php/login/v2"
	// loginLapses is how long a server waits for the person at the browser, and loginEvery how often it is asked.
	loginLapses = 20 * time.Minute
	loginEvery  = 2 * time.Second
)

// browserLogin lets a person grant access in their browser, and gives the app password that was made for it.
func (f *factory) browserLogin(ctx context.Context, address string, noBrowse bool) (credentials, error) {
	c := credentials{url: address, stored: true}
	guest, err := talk.NewClient(address, f.options(talk.WithUserAgent("confab"))...)
	if err != nil {
		return c, fmt.Errorf("%s cannot be used: %w", address, err)
	}
	var begun struct {
		Poll struct {
			Token string `json:"token"`
		} `json:"poll"`
		Login string `json:"login"`
	}
	if _, err := guest.Do(ctx, http.MethodPost, loginPath, nil, nil, &begun); err != nil {
		return c, err
	}
	page, err := url.Parse(begun.Login)
	if err != nil || page.Host != guest.BaseURL().Host || page.Scheme != guest.BaseURL().Scheme || begun.Poll.Token == "" {
		// Whoever follows it would give their password to somebody else.
		return c, fmt.Errorf("the server at %s sends you elsewhere to log in; use the address that it has itself", guest.BaseURL().Host)
	}
	f.settle()
	fmt.Fprintf(f.app.Err, "Grant access in your browser: %s\n", f.errForm().Value(page.String()))
	if f.app.Browse != nil && !noBrowse {
		if err := f.app.Browse(ctx, page.String()); err != nil {
			f.warn("no browser could be started: %v", err)
		}
	}
	var granted struct {
		LoginName   string `json:"loginName"`
		AppPassword string `json:"appPassword"`
	}
	ctx, cancel := context.WithTimeoutCause(ctx, loginLapses, errors.New("nobody granted access in time"))
	defer cancel()
	for {
		_, err := guest.Do(ctx, http.MethodPost, loginPath+"/poll", nil, url.Values{"token": {begun.Poll.Token}}, &granted)
		if err == nil {
			break
		}
		if !errors.Is(err, talk.ErrNotFound) { // which only says that it is not granted yet
			return c, err
		}
		wait := time.NewTimer(loginEvery)
		select {
		case <-ctx.Done():
			wait.Stop()
			return c, context.Cause(ctx)
		case <-wait.C:
		}
	}
	if granted.LoginName == "" || granted.AppPassword == "" {
		return c, errors.New("the server granted access, but gave no app password")
	}
	c.user, c.password = granted.LoginName, granted.AppPassword
	return c, nil
}
