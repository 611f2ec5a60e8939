package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newPreset(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "preset",
		Short: "List the kinds of conversations that the server offers",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newPresetList(f))
	return cmd
}

func newPresetList(f *factory) *cobra.Command {
	return shows[talk.Preset](f, &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List what 'confab conversation create --preset' takes, and what each preset decides",
		Long: `List what 'confab conversation create --preset' takes, and what each preset decides. "default" is what a conversation
gets that says nothing else, "forced" what it gets whatever it says. Servers have presets from Talk 24 on.

A pipe gets a line for each: identifier, name, settings as name=number with spaces between them, description.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			presets, err := client.Conversations.Presets(ctx)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, presets, "", []render.Column{
				{Name: "preset", Style: form.Strong},
				{Name: "name"},
				{Name: "settings", Gives: true, Style: form.Faint},
				{Name: "description", Gives: true},
			}, func(p *talk.Preset) []string {
				return []string{p.Identifier, p.Name, presetSettings(p), p.Description}
			})
		},
	})
}

// presetSettings tells what a preset decides, in an order that stays.
func presetSettings(p *talk.Preset) string {
	var settings []string
	for _, name := range slices.Sorted(maps.Keys(p.Parameters)) {
		settings = append(settings, fmt.Sprintf("%s=%d", name, p.Parameters[name]))
	}
	return strings.Join(settings, " ")
}

// completePreset gives a shell the presets that can be chosen.
func (f *factory) completePreset(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	client, err := f.talk()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	presets, err := client.Conversations.Presets(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, p := range presets {
		if p.Identifier != talk.PresetForced && strings.HasPrefix(p.Identifier, begun) {
			found = append(found, cobra.CompletionWithDesc(p.Identifier, f.form().Value(p.Name)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
