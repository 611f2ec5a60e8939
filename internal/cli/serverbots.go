package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/internal/server"
)

func newServer(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Administer the data of a server of your own",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	bot := &cobra.Command{
		Use:   "bot",
		Short: "Install, list and remove the bots of a server of your own",
		Long: `Install, list and remove the bots in a data directory of 'confab serve', as occ does on a Nextcloud. No server
may run on the directory meanwhile; one that is started with --bot has it installed, too.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	bot.AddCommand(newServerBotInstall(f), newServerBotList(f), newServerBotRemove(f))
	cmd.AddCommand(bot)
	return cmd
}

// dataFlag adds the flag for the directory that a command is about.
func dataFlag(cmd *cobra.Command, data *string) {
	cmd.Flags().StringVar(data, "data", "", "the server's data `DIRECTORY`")
	args := cmd.Args
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if err := args(cmd, given); err != nil {
			return err
		}
		if *data == "" {
			return usagef("--data is missing: it names the server's data directory")
		}
		return nil
	}
}

// ownBot is a bot of a server of one's own, in JSON.
type ownBot struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	URL         string   `json:"url"`
	Description string   `json:"description"`
	State       string   `json:"state"`
	Features    []string `json:"features"`
	Errors      int64    `json:"errorCount"`
	LastError   string   `json:"lastErrorMessage"`
	Secret      string   `json:"secret,omitempty"` // if it was made up now
}

// botFlags describe a bot to install.
type botFlags struct {
	description string
	features    string
	state       string
	secretFile  string
}

func newServerBotInstall(f *factory) *cobra.Command {
	var data string
	var o botFlags
	cmd := &cobra.Command{
		Use:   "install NAME URL",
		Short: "Install a bot",
		Long: `Install a bot in a data directory, which is made when there is none. Its secret comes from --secret-file, standard
input or the variable ` + envBotSecret + `; when none is given one is made up, and told this once.

A pipe gets a line: the bot's id and, if it was made up, its secret.`,
		Example: `  $ confab server bot install --data ./talk Deployer http://127.0.0.1:8081
  $ pass show deployer | confab server bot install --data ./talk --secret-file - Deployer http://127.0.0.1:8081`,
		Args: want("NAME", "URL"),
		RunE: func(cmd *cobra.Command, given []string) error {
			return f.installServerBot(cmd.Context(), data, o, given[0], given[1])
		},
	}
	dataFlag(cmd, &data)
	secretFlag(cmd, &o.secretFile)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.features, "features", "webhook,response", "what it does: `NAMES` out of webhook, response and reaction")
	flags.StringVar(&o.state, "state", "enabled", "`enabled` leaves it to moderators, no-setup to the administrator, disabled to nobody")
	flags.StringVar(&o.description, "description", "", "what moderators read about it")
	completeValues(cmd, "state", "enabled", "no-setup", "disabled")
	return shows[ownBot](f, cmd)
}

func (f *factory) installServerBot(ctx context.Context, data string, o botFlags, name, url string) error {
	features, err := parseFeatures(o.features)
	if err != nil {
		return usagef("--features: %w", err)
	}
	secret, err := f.botSecret(ctx, o.secretFile)
	if err != nil {
		return err
	}
	madeUp := ""
	if secret == "" {
		madeUp = newBotSecret()
	}
	bot := server.Bot{
		Name: name, Secret: cmp.Or(secret, madeUp), URL: url, Description: o.description, Features: features, State: server.BotState(o.state),
	}
	if err := bot.Check(); err != nil {
		return usagef("%w", err)
	}
	id, err := server.InstallBot(ctx, data, bot)
	if err != nil {
		return err
	}
	if f.json {
		return f.show(ctx, ownBot{ID: id, Name: name, URL: url, Description: o.description, State: o.state, Features: featureNames(features), Secret: madeUp})
	}
	form := f.form()
	switch {
	case madeUp == "":
		f.done(strconv.FormatInt(id, 10), "Installed %s as bot %d", name, id)
	case form.Terminal:
		f.done("", "Installed %s as bot %d", name, id)
		fmt.Fprintf(f.out, "  Its secret was made up now, and is not told again: %s\n", form.Strong(madeUp))
	default:
		fmt.Fprintf(f.out, "%d\t%s\n", id, madeUp)
	}
	return nil
}

func newServerBotList(f *factory) *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the bots",
		Long: `List the bots in a data directory.

A pipe gets a line for each: id, name, state, features, URL, number of failed deliveries, what failed last.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			bots, err := server.ListBots(cmd.Context(), data)
			if err != nil {
				return err
			}
			out := make([]ownBot, len(bots))
			rows := make([][]string, len(bots))
			for i, b := range bots {
				out[i] = ownBot{
					ID: b.ID, Name: b.Name, URL: b.URL, Description: b.Description, State: string(b.State), Features: featureNames(b.Features),
					Errors: b.Errors, LastError: b.LastError,
				}
				rows[i] = []string{
					strconv.FormatInt(b.ID, 10), b.Name, string(b.State), strings.Join(out[i].Features, "|"), b.URL, f.count(int(b.Errors)), b.LastError,
				}
			}
			if f.json {
				return f.show(cmd.Context(), out)
			}
			if len(bots) == 0 {
				f.hint("The server has no bots.")
			}
			return f.botTable(rows)
		},
	}
	dataFlag(cmd, &data)
	return shows[ownBot](f, cmd)
}

// botTable shows bots as administrators see them.
func (f *factory) botTable(rows [][]string) error {
	form := f.form()
	return form.Table(f.out, []render.Column{
		{Name: "bot", Right: true, Style: form.Faint},
		{Name: "name", Gives: true, Style: form.Strong},
		{Name: "state"},
		{Name: "features", Gives: true},
		{Name: "url", Gives: true},
		{Name: "failures", Right: true, Style: form.Bad},
		{Name: "last failure", Gives: true, Style: form.Faint},
	}, rows)
}

func newServerBotRemove(f *factory) *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "remove BOT",
		Short: "Remove a bot, by its id, name or URL",
		Args:  want("BOT"),
		RunE: func(cmd *cobra.Command, given []string) error {
			bots, err := server.ListBots(cmd.Context(), data)
			if err != nil {
				return err
			}
			bot, err := pickServerBot(bots, given[0])
			if err != nil {
				return err
			}
			if err := server.RemoveBot(cmd.Context(), data, bot.ID); err != nil {
				return err
			}
			f.done("", "Removed %s", bot.Name)
			return nil
		},
	}
	dataFlag(cmd, &data)
	return cmd
}

// pickServerBot finds the one bot that an id, a URL or a name means.
func pickServerBot(bots []server.InstalledBot, given string) (server.InstalledBot, error) {
	for _, is := range []func(server.InstalledBot) bool{
		func(b server.InstalledBot) bool { return strconv.FormatInt(b.ID, 10) == given },
		func(b server.InstalledBot) bool { return b.URL == given },
	} {
		if i := slices.IndexFunc(bots, is); i >= 0 {
			return bots[i], nil
		}
	}
	named := slices.DeleteFunc(slices.Clone(bots), func(b server.InstalledBot) bool { return b.Name != given })
	switch len(named) {
	case 0:
		return server.InstalledBot{}, &missingError{"there is no bot " + strconv.Quote(given), "'confab server bot list' shows those there are"}
	case 1:
		return named[0], nil
	}
	return server.InstalledBot{}, errors.New("several bots have this name; give the id of the one that you mean")
}
