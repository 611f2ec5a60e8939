package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/server"
)

// occLine is the command that installs a bot on a Nextcloud, in JSON.
type occLine struct {
	Command  string   `json:"command"` // for a POSIX shell
	Args     []string `json:"args"`
	Secret   string   `json:"secret"`
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Features []string `json:"features"`
	Note     string   `json:"note"`
}

// occNote says how to keep a secret that is in a command line.
const occNote = "The secret is part of the line, as occ takes it from nowhere else. " +
	"To keep it out of the shell's history, begin the line with a space where HISTCONTROL has ignorespace, or pipe it: confab bot install-command … | ssh SERVER sh. " +
	"The bot needs the same secret; no command tells it again."

func newBotInstallCommand(f *factory) *cobra.Command {
	var name, url string
	var o botFlags
	var noSetup bool
	cmd := &cobra.Command{
		Use:   "install-command --name NAME --url URL",
		Short: "Print the command that installs a bot on a Nextcloud",
		Long: `Print the exact command with which an administrator installs a bot, to be run in the folder of the Nextcloud as the
user of its web server. No request is sent. The bot's secret comes from --secret-file, standard input or the variable
` + envBotSecret + `; when none is given one is made up.

` + occNote,
		Example: `  $ confab bot install-command --name Deployer --url https://bots.example.com/deployer
  $ openssl rand -hex 32 > secret; chmod 600 secret
  $ confab bot install-command --secret-file secret --name Deployer --url https://bots.example.com/deployer |
      ssh cloud 'cd /var/www/nextcloud && sudo -u www-data PATH="$PWD:$PATH" sh'`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.installCommand(cmd.Context(), name, url, o, noSetup)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&name, "name", "", "the bot's `NAME`, at most 64 bytes")
	flags.StringVar(&url, "url", "", "the `URL` at which the server reaches the bot")
	flags.StringVar(&o.features, "features", "webhook,response", "what it does: `NAMES` out of webhook (is told of messages), response (may answer) and reaction (is told of reactions)")
	flags.StringVar(&o.description, "description", "", "what moderators read about it")
	flags.BoolVar(&noSetup, "no-setup", false, "let the administrator alone say in which conversations it is")
	secretFlag(cmd, &o.secretFile)
	return shows[occLine](f, cmd)
}

func (f *factory) installCommand(ctx context.Context, name, url string, o botFlags, noSetup bool) error {
	switch {
	case name == "":
		return usagef("--name is missing")
	case url == "":
		return usagef("--url is missing")
	}
	features, err := parseFeatures(o.features)
	if err != nil {
		return usagef("--features: %w", err)
	}
	secret, err := f.botSecret(ctx, o.secretFile)
	if err != nil {
		return err
	}
	if secret == "" {
		secret = newBotSecret()
	}
	bot := server.Bot{Name: name, Secret: secret, URL: url, Description: o.description, Features: features}
	if err := bot.Check(); err != nil { // what no Nextcloud takes either
		return usagef("%w", err)
	}
	line := occLine{Secret: secret, Name: name, URL: url, Features: featureNames(features), Note: occNote}
	line.Args = []string{"occ", "talk:bot:install"}
	if noSetup {
		line.Args = append(line.Args, "--no-setup")
	}
	for _, feature := range line.Features {
		line.Args = append(line.Args, "--feature", feature)
	}
	line.Args = append(line.Args, "--", name, secret, url)
	if o.description != "" {
		line.Args = append(line.Args, o.description)
	}
	words := make([]string, len(line.Args))
	for i, arg := range line.Args {
		if strings.ContainsAny(arg, "\n\r\x00") {
			return usagef("neither name nor description may have a line break")
		}
		words[i] = shellWord(arg)
	}
	line.Command = strings.Join(words, " ")
	if f.json {
		return f.show(ctx, line)
	}
	fmt.Fprintln(f.out, line.Command)
	f.hint("%s", occNote)
	return nil
}
