package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/confab-go/confab/internal/server"
)

// botFeature is what occ calls a feature of bots, and its bit.
type botFeature struct {
	name string
	bit  int
}

var botFeatures = []botFeature{{"webhook", server.BotWebhook}, {"response", server.BotResponse}, {"event", server.BotEvent}, {"reaction", server.BotReaction}}

// parseFeatures reads names of features with commas between them.
func parseFeatures(s string) (bits int, err error) {
	for name := range strings.SplitSeq(s, ",") {
		i := slices.IndexFunc(botFeatures, func(known botFeature) bool { return known.name == name })
		if i < 0 {
			return 0, fmt.Errorf("there is no feature %q; there are webhook, response, event and reaction", name)
		}
		bits |= botFeatures[i].bit
	}
	return bits, nil
}

// featureNames writes features as parseFeatures reads them.
func featureNames(bits int) []string {
	names := []string{}
	for _, known := range botFeatures {
		if bits&known.bit != 0 {
			names = append(names, known.name)
		}
	}
	return names
}

// afterURL is what features look like after a URL: neither a port nor a path does.
var afterURL = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.+):([a-z,]+)$`) })

// parseBot reads name:secret:url[:features]. Its errors do not repeat the parts before the URL, which may be a secret.
func parseBot(s string) (server.Bot, error) {
	name, rest, found := strings.Cut(s, ":")
	secret, address, complete := strings.Cut(rest, ":")
	switch {
	case !found || !complete:
		return server.Bot{}, errors.New("there are not two colons; a bot is given as name:secret:url[:features]")
	case secret == "http" || secret == "https":
		return server.Bot{}, errors.New("the secret between the first two colons is missing; name::url has one made up")
	case strings.TrimSpace(name) != name:
		return server.Bot{}, errors.New("the name has white space around it")
	}
	bot := server.Bot{Name: name, Secret: secret, URL: address, Features: server.BotWebhook | server.BotResponse}
	if m := afterURL().FindStringSubmatch(address); m != nil {
		features, err := parseFeatures(m[2])
		if err != nil {
			return server.Bot{}, err
		}
		bot.URL, bot.Features = m[1], features
	}
	checked := bot
	if secret == "" {
		checked.Secret = newBotSecret()
	}
	return bot, checked.Check()
}

// readBots reads bots, one a line, from a file, as readUsers reads users.
func readBots(name string, r io.Reader) ([]server.Bot, error) {
	var bots []server.Bot
	scanner := bufio.NewScanner(r)
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(scanner.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		bot, err := parseBot(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		bots = append(bots, bot)
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read bots from %s: %w", name, err)
	}
	return bots, nil
}

// declaredBots puts together the bots that the flags name; no two may have the same URL.
func (f *factory) declaredBots(o serveOptions) ([]server.Bot, error) {
	var bots []server.Bot
	if o.botsFile != "" {
		file, err := os.Open(o.botsFile)
		if err != nil {
			return nil, fmt.Errorf("--bots-file: %w", err)
		}
		defer func() { _ = file.Close() }()
		f.warnReadable(file, "secrets")
		if bots, err = readBots(o.botsFile, file); err != nil {
			return nil, fmt.Errorf("--bots-file: %w", err)
		}
	}
	for _, given := range o.bots {
		bot, err := parseBot(given)
		if err != nil {
			return nil, usagef("--bot: %w", err)
		}
		bots = append(bots, bot)
	}
	for i, bot := range bots {
		if slices.ContainsFunc(bots[:i], func(b server.Bot) bool { return b.URL == bot.URL }) {
			return nil, usagef("two bots have the URL %s", bot.URL)
		}
	}
	return bots, nil
}

// servedBot is a bot in what serve --json prints. Its secret is told if it was made up now.
type servedBot struct {
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Features []string `json:"features"`
	Secret   string   `json:"secret,omitempty"`
}

// installBots sees to it that the server has the bots. One without a secret keeps the one that it has, or gets one.
func installBots(ctx context.Context, srv *server.Server, bots []server.Bot) ([]servedBot, error) {
	existing, err := srv.Bots(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]servedBot, 0, len(bots))
	for _, bot := range bots {
		madeUp := ""
		if bot.Secret == "" && !slices.ContainsFunc(existing, func(b server.InstalledBot) bool { return b.URL == bot.URL }) {
			madeUp = newBotSecret()
			bot.Secret = madeUp
		}
		id, err := srv.EnsureBot(ctx, bot)
		if err != nil {
			return nil, err
		}
		out = append(out, servedBot{id, bot.Name, bot.URL, featureNames(bot.Features), madeUp})
	}
	return out, nil
}

// announceBots tells which bots there are.
func (f *factory) announceBots(bots []servedBot) {
	form := f.form()
	if form.Terminal && len(bots) > 0 {
		fmt.Fprintln(f.out)
	}
	for _, b := range bots {
		if !form.Terminal {
			fmt.Fprintf(f.out, "bot\t%s\t%s\t%s\n", form.Value(b.Name), form.Value(b.URL), strings.Join(b.Features, ","))
			if b.Secret != "" {
				fmt.Fprintf(f.out, "secret\t%s\t%s\n", form.Value(b.Name), b.Secret)
			}
			continue
		}
		fmt.Fprintf(f.out, "Bot %s is told what happens at %s\n", form.Strong(form.Value(b.Name)), form.Value(b.URL))
		if b.Secret != "" {
			fmt.Fprintf(f.out, "The secret of %s was made up now: %s\n", form.Value(b.Name), form.Strong(b.Secret))
		}
	}
}
