package cli

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/chat"
	"github.com/confab-go/confab/talk"
)

type chatOptions struct {
	noReadMarker bool
	theme        string
}

func newChat(f *factory) *cobra.Command {
	var o chatOptions
	cmd := &cobra.Command{
		Use:   "chat [CONVERSATION]",
		Short: "Chat on the whole screen, live",
		Long: `Chat on the whole screen: conversations on the left, messages on the right, live.

F1 shows all keys. What was on the screen while the terminal was in front is marked as read, and nothing else;
--no-read-marker marks nothing. When the connection is lost the last line says so, and what you send meanwhile is
sent when it is back.`,
		Example: `  $ confab chat
  $ confab chat Deploys
  $ confab chat @bob --no-read-marker`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			return f.chat(cmd.Context(), given, o)
		},
	}
	cmd.Flags().BoolVar(&o.noReadMarker, "no-read-marker", false, "mark nothing as read")
	cmd.Flags().StringVar(&o.theme, "theme", "auto", "colours for a background that is `dark|light`, or auto to ask the terminal")
	_ = cmd.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions([]string{"auto", "dark", "light"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *factory) chat(ctx context.Context, given []string, o chatOptions) error {
	theme, ok := map[string]chat.Theme{"auto": chat.ThemeAuto, "dark": chat.ThemeDark, "light": chat.ThemeLight}[o.theme]
	switch {
	case !ok:
		return usagef("--theme: %q is not auto, dark or light", o.theme)
	case f.json:
		return usagef("chat is for people, and has no --json: 'confab follow --json' is for programs")
	case !f.app.InTTY || !f.app.OutTTY:
		return usagef("chat needs a terminal; 'confab read' and 'confab follow' print messages anywhere, 'confab send' sends them")
	case f.app.Getenv("TERM") == "dumb":
		return usagef("chat needs a terminal that can do more than TERM=dumb; 'confab follow' prints messages in any")
	case f.debug && f.app.ErrTTY:
		return usagef("--debug would write over the screen: send it elsewhere, as in 'confab chat --debug 2>debug.log'")
	}
	var open *talk.Conversation
	if len(given) > 0 {
		var err error
		if open, err = f.conversation(ctx, given[0]); err != nil {
			return err
		}
	}
	if _, err := f.talk(); err != nil { // which warns of what is to be warned of while there is no screen yet
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pulse := &chat.Pulse{Base: f.app.Transport, Now: f.now}
	client, err := f.chatClient(pulse)
	if err != nil {
		return err
	}
	server := chat.NewServer(client)
	pulse.Tell = server.Linked
	server.Watch(ctx)
	return chat.Run(ctx, f.terminal(), chat.Options{
		Source: server, Self: f.speaksFor.user, ReadMarkers: !o.noReadMarker, Theme: theme, Now: f.now,
	}, open)
}

// chatClient makes a client whose connection is watched, and that writes nothing over the screen.
func (f *factory) chatClient(pulse *chat.Pulse) (*talk.Client, error) {
	log := slog.New(slog.DiscardHandler)
	if f.debug {
		log = f.logger()
	}
	c := f.speaksFor
	return talk.NewClient(c.url, talk.WithAppPassword(c.user, c.password), talk.WithHTTPClient(&http.Client{Transport: pulse}), talk.WithLogger(log))
}

// terminal is where the screen is shown, and what the environment tells of it.
func (f *factory) terminal() chat.Terminal {
	t := chat.Terminal{In: f.app.In, Out: f.app.Out, NoColor: !f.color(true)}
	for _, name := range []string{
		"TERM", "COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM_PROGRAM", "SSH_TTY", "TMUX", "STY", "WT_SESSION",
		"ConEmuANSI", "GOOGLE_CLOUD_SHELL", "HOME", "PATH",
	} {
		if value := f.app.Getenv(name); value != "" {
			t.Env = append(t.Env, name+"="+value)
		}
	}
	return t
}
