package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/internal/server"
)

type serveOptions struct {
	addr        string
	data        string
	users       []string
	usersFile   string
	admin       string
	groups      []string
	bots        []string
	botsFile    string
	welcome     bool
	testing     bool
	allowRemote bool
	verbose     bool
	logFormat   string
}

// defaultAdmin is the administrator of a server that was given none.
const defaultAdmin = "admin"

func newServe(f *factory) *cobra.Command {
	o := serveOptions{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a small Talk server for development and tests",
		Long: `Run a small Talk server until interrupted. Clients of Nextcloud Talk work against it unchanged.

Its state is in memory and gone when it stops, unless --data names a directory. It listens to this machine alone:
it speaks no TLS, and is no replacement for a Nextcloud.

Others on this machine can see the passwords and secrets in a command line. --users-file takes them from a file: in each line
name:password[:Display Name], as --user has it; lines that begin with # are comments. A password holds no colon.

A bot is name:secret:url[:features], with webhook, response, reaction or several of them, with commas between, for
features; without any it is told of messages and may answer. --bots-file takes bots from a file in the same way.
When nothing is between the colons, as in name::url, the secret is made up and told once. Moderators let a bot into
conversations, by 'confab bot enable'.

With --testing, administrators can reset the server, take it back to a snapshot, move its clock, have requests fail
and look at the last ones, over HTTP below /_confab/.`,
		Example: `  $ confab serve --user alice:wonderland --user "bob:builder:Bob B."
  $ confab serve --data ./talk --users-file users.txt --group crew:alice,bob
  $ confab serve --user alice:wonderland --bot Deployer::http://127.0.0.1:8081
  $ confab serve --addr 127.0.0.1:0 --testing --json`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			err := f.serve(ctx, o)
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return nil // interrupted before it was up
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "listen at this `HOST:PORT`; port 0 is any free one")
	flags.StringVar(&o.data, "data", "", "keep the state in this `DIRECTORY`, made when there is none")
	flags.StringArrayVar(&o.users, "user", nil, "have this user, `NAME:PASSWORD[:DISPLAY NAME]`; repeatable")
	flags.StringVar(&o.usersFile, "users-file", "", "have the users in this `FILE`")
	flags.StringVar(&o.admin, "admin", "", "have this administrator, `NAME:PASSWORD`; without, one is made up and printed")
	flags.StringArrayVar(&o.groups, "group", nil, "have this group, `NAME:MEMBER,MEMBER`; repeatable")
	flags.StringArrayVar(&o.bots, "bot", nil, "have this bot, `NAME:SECRET:URL[:FEATURES]`; repeatable")
	flags.StringVar(&o.botsFile, "bots-file", "", "have the bots in this `FILE`")
	flags.BoolVar(&o.welcome, "welcome", false, "make for new users what Talk makes for them: news, notes and a sample conversation")
	flags.BoolVar(&o.testing, "testing", false, "let administrators reset the server, move its clock, have requests fail and more, below /_confab/")
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "permit an --addr that other machines can reach")
	flags.BoolVar(&o.verbose, "verbose", false, "log what happens on standard error, not just what goes wrong")
	flags.StringVar(&o.logFormat, "log-format", "text", "how to log, `text|json`")
	completeValues(cmd, "log-format", "text", "json")
	return shows[served](f, cmd)
}

func (f *factory) serve(ctx context.Context, o serveOptions) (err error) {
	log, err := f.serverLog(o)
	if err != nil {
		return err
	}
	if err := f.checkAddr(o); err != nil {
		return err
	}
	users, err := f.declared(o)
	if err != nil {
		return err
	}
	bots, err := f.declaredBots(o)
	if err != nil {
		return err
	}
	groups := make([]group, len(o.groups))
	for i, given := range o.groups {
		if groups[i], err = parseGroup(given); err != nil {
			return usagef("--group: %w", err)
		}
	}

	// The address is taken first: a port that is in use must not cost a data directory a change.
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	defer func() { _ = ln.Close() }()
	srv, err := server.Open(ctx, server.Config{DataDir: o.data, Logger: log, Welcome: o.welcome, Testing: o.testing})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	password, err := populate(ctx, srv, users, groups)
	if err != nil {
		return err
	}
	everybody, err := srv.Users(ctx)
	if err != nil {
		return err
	}
	installed, err := installBots(ctx, srv, bots)
	if err != nil {
		return err
	}
	if err := f.announce(ctx, o, listenURL(ln.Addr()), everybody, installed, password); err != nil {
		return err
	}
	if o.testing {
		log.WarnContext(ctx, "this server is for testing: administrators may remove everything, and stop it from answering", "path", "/_confab/")
	}
	log.InfoContext(ctx, "listening", "address", ln.Addr().String(), "data", o.data, "users", len(everybody))
	defer log.InfoContext(ctx, "stopped")
	return srv.Serve(ctx, ln)
}

func (f *factory) serverLog(o serveOptions) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: slog.LevelWarn}
	if o.verbose || f.debug {
		options.Level = slog.LevelDebug
	}
	switch o.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(f.app.Err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(f.app.Err, options)), nil
	}
	return nil, usagef("--log-format: %q is neither text nor json", o.logFormat)
}

// checkAddr refuses an address that others can reach, unless that is wanted.
func (f *factory) checkAddr(o serveOptions) error {
	host, _, err := net.SplitHostPort(o.addr)
	if err != nil {
		return usagef("--addr: %q is not HOST:PORT", o.addr)
	}
	switch {
	case o.testing && o.allowRemote:
		return usagef("--testing and --allow-remote exclude each other: whoever is an administrator of a server for testing may remove everything")
	case isLoopback(host):
	case !o.allowRemote:
		return usagef("--addr: other machines could reach %s, and this server speaks no TLS: passwords and messages would cross the network in clear; use 127.0.0.1, or --allow-remote if that is what you want", o.addr)
	default:
		f.warn("other machines can reach this server, and passwords and messages cross the network in clear")
	}
	return nil
}

// populate sees to it that the users exist, that they are in their groups, and that there is an administrator. It gives the
// password of the one that it had to make up, if any. When something is wrong with what was asked for, nothing is changed.
func populate(ctx context.Context, srv *server.Server, users []server.User, groups []group) (password string, err error) {
	existing, err := srv.Users(ctx)
	if err != nil {
		return "", err
	}
	all := slices.Concat(existing, users)
	has := func(id string) bool {
		return slices.ContainsFunc(all, func(u server.User) bool { return u.ID == id })
	}
	for _, g := range groups {
		for _, id := range g.members {
			if !has(id) {
				return "", fmt.Errorf("--group: there is no user %q to be in %q", id, g.name)
			}
			users = append(users, server.User{ID: id, Groups: []string{g.name}})
		}
	}
	if !slices.ContainsFunc(all, func(u server.User) bool { return u.Admin }) {
		if has(defaultAdmin) {
			return "", fmt.Errorf("there is a user %q who is no administrator; name another one with --admin NAME:PASSWORD", defaultAdmin)
		}
		password = rand.Text()
		users = append(users, server.User{ID: defaultAdmin, Password: password, Admin: true})
	}
	for _, user := range users {
		if err := srv.EnsureUser(ctx, user); err != nil {
			return "", err
		}
	}
	return password, nil
}

// listenURL is where a client on this machine reaches the server.
func listenURL(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + addr.String()
}

// served is what serve --json prints.
type served struct {
	URL           string       `json:"url"`
	Data          string       `json:"data,omitempty"` // the directory; absent in memory
	AdminPassword string       `json:"adminPassword,omitempty"`
	Testing       bool         `json:"testing,omitempty"` // the aids below /_confab/ are there
	Users         []servedUser `json:"users"`
	Bots          []servedBot  `json:"bots,omitempty"` // those that were asked for
}

type servedUser struct {
	ID          string   `json:"id"`
	DisplayName string   `json:"displayName"`
	Groups      []string `json:"groups"`
	Admin       bool     `json:"admin"`
}

// announce says where the server is, who is there and what to try. Of passwords and secrets it tells only those that were made up.
func (f *factory) announce(ctx context.Context, o serveOptions, url string, users []server.User, bots []servedBot, password string) error {
	form := f.form()
	var err error
	switch {
	case f.json:
		out := served{URL: url, Data: o.data, AdminPassword: password, Testing: o.testing, Users: make([]servedUser, len(users)), Bots: bots}
		for i, u := range users {
			out.Users[i] = servedUser{u.ID, u.DisplayName, append([]string{}, u.Groups...), u.Admin}
		}
		err = f.show(ctx, out)
	case form.Terminal:
		where := "in memory: gone when it stops; --data DIRECTORY keeps it"
		if o.data != "" {
			where = "kept in " + form.Value(o.data)
		}
		fmt.Fprintf(f.out, "Nextcloud Talk at %s %s\n\n", form.Strong(url), form.Faint("("+where+")"))
		err = f.userTable(form, users)
		if password != "" {
			fmt.Fprintf(f.out, "\nThe password of %s was made up now: %s\n", defaultAdmin, form.Strong(password))
		}
		f.announceBots(bots)
	default:
		fmt.Fprintf(f.out, "url\t%s\n", url)
		if password != "" {
			fmt.Fprintf(f.out, "password\t%s\t%s\n", defaultAdmin, password)
		}
		for _, u := range users {
			role := "user"
			if u.Admin {
				role = "admin"
			}
			fmt.Fprintf(f.out, "user\t%s\t%s\t%s\t%s\n", form.Value(u.ID), form.Value(u.DisplayName), role, form.Value(strings.Join(u.Groups, ",")))
		}
		f.announceBots(bots)
	}
	if err != nil {
		return err
	}
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	if o.data != "" && o.admin == "" && password == "" {
		f.hint("%s has an administrator already, who keeps the password they have.", o.data)
	}
	f.suggest(url, users, password)
	return nil
}

func (f *factory) userTable(form render.Form, users []server.User) error {
	columns := []render.Column{{Name: "user", Gives: true}, {Name: "name", Gives: true}, {Name: "groups", Gives: true}, {Name: "admin"}}
	rows := make([][]string, len(users))
	for i, u := range users {
		admin := ""
		if u.Admin {
			admin = "yes"
		}
		rows[i] = []string{u.ID, u.DisplayName, strings.Join(u.Groups, ", "), admin}
	}
	return form.Table(f.out, columns, rows)
}

// suggest says what to try next, as somebody whose password is known here or to the reader.
func (f *factory) suggest(url string, users []server.User, password string) {
	user, secret := defaultAdmin, password
	for _, u := range users {
		if !u.Admin || password == "" {
			user, secret = u.ID, "…" // they know what they gave
			break
		}
	}
	f.hint("\nTry it in another terminal, where … is a password that you gave:\n%s\n  confab conversation create Hello\n  confab send Hello \"Is anybody there?\"\n\nCtrl-C stops the server.",
		exports(url, user, secret))
}

// exports is what makes the other commands speak for an account.
func exports(url, user, password string) string {
	return fmt.Sprintf("  export %s=%s %s=%s %s=%s", envURL, shellWord(url), envUser, shellWord(user), envPassword, shellWord(password))
}

// shellWord quotes text for a POSIX shell, where it needs that.
func shellWord(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-.:/@…", r) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}
