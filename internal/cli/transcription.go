package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newTranscription(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "transcription",
		Short: "Have calls written down and translated while people speak",
		Long: `Have calls written down and translated while people speak. It needs an app and a signaling server, and works from
Talk 22 on; clients that are in the call show the text.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	cmd.AddCommand(
		f.transcription("start CONVERSATION", "Have the call that you are in transcribed for you", nil,
			func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
				if err := client.Transcription.Start(ctx, room.Token); err != nil {
					return err
				}
				f.done("", "The call in %s is transcribed for you", room.DisplayName)
				return nil
			}),
		f.transcription("stop CONVERSATION", "No longer have the call that you are in transcribed for you", nil,
			func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
				if err := client.Transcription.Stop(ctx, room.Token); err != nil {
					return err
				}
				f.done("", "The call in %s is no longer transcribed for you", room.DisplayName)
				return nil
			}),
		newTranscriptionLanguages(f),
		f.transcription("set-language CONVERSATION LANGUAGE", "Say which language is spoken, as a moderator", []string{"LANGUAGE"},
			func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
				if err := client.Transcription.SetLanguage(ctx, room.Token, rest[0]); err != nil {
					return err
				}
				f.done("", "%s is spoken in %s", rest[0], room.DisplayName)
				return nil
			}),
		f.transcription("set-target CONVERSATION [LANGUAGE]", "Have the call that you are in translated for you, or without LANGUAGE no longer", []string{"[LANGUAGE]"},
			func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
				if len(rest) == 0 {
					rest = []string{""}
				}
				if err := client.Transcription.SetTargetLanguage(ctx, room.Token, rest[0]); err != nil {
					return err
				}
				if rest[0] == "" {
					f.done("", "The call in %s is not translated for you", room.DisplayName)
					return nil
				}
				f.done("", "The call in %s is translated for you: %s", room.DisplayName, rest[0])
				return nil
			}))
	return cmd
}

// transcription is a command about the transcription in one conversation.
func (f *factory) transcription(use, short string, args []string, do func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              want(append([]string{"CONVERSATION"}, args...)...),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.existing(cmd.Context(), given[0])
			if err != nil {
				return err
			}
			return do(cmd.Context(), client, room, given[1:])
		},
	}
	if len(args) > 0 {
		cmd.Long = short + `. A LANGUAGE is an id that 'confab transcription languages' shows.`
	}
	return cmd
}

// spokenLanguage is a language with its id, and what can be done with it.
type spokenLanguage struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	RightToLeft bool   `json:"rightToLeft"`
	// Default says that translations go into it where nothing else was said.
	Default bool `json:"default"`
}

func newTranscriptionLanguages(f *factory) *cobra.Command {
	var targets bool
	cmd := &cobra.Command{
		Use:   "languages",
		Short: "List the languages that can be transcribed, or translated into",
		Long: `List the languages that can be transcribed, or with --targets those that can be translated into.

A pipe gets a line for each: id, "default" or nothing, name.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			var languages map[string]talk.TranscriptionLanguage
			preferred := ""
			if targets {
				between, err := client.Transcription.TranslationLanguages(ctx)
				if err != nil {
					return err
				}
				languages, preferred = between.Targets, between.DefaultTarget
			} else if languages, err = client.Transcription.Languages(ctx); err != nil {
				return err
			}
			return f.printLanguages(ctx, languages, preferred)
		},
	}
	cmd.Flags().BoolVar(&targets, "targets", false, "those that can be translated into")
	return shows[spokenLanguage](f, cmd)
}

func (f *factory) printLanguages(ctx context.Context, languages map[string]talk.TranscriptionLanguage, preferred string) error {
	list := []spokenLanguage{}
	for _, id := range slices.Sorted(maps.Keys(languages)) {
		l := languages[id]
		list = append(list, spokenLanguage{id, l.Name, l.MetaData.RightToLeft, id == preferred})
	}
	if f.json {
		return f.show(ctx, list)
	}
	rows := make([][]string, len(list))
	for i, l := range list {
		rows[i] = []string{l.ID, word(l.Default, "default"), l.Name}
	}
	form := f.form()
	return form.Table(f.out, []render.Column{
		{Name: "id", Style: form.Strong},
		{Name: ""},
		{Name: "name", Gives: true},
	}, rows)
}
