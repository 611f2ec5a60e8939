package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newParticipantMentions(f *factory) *cobra.Command {
	return shows[talk.MentionSuggestion](f, &cobra.Command{
		Use:   "mentions CONVERSATION [TEXT]",
		Short: "List whom a message can mention, and how it is written",
		Long: `List whom a message can mention, and how it is written: all, or those whose names or ids contain a text.

A pipe gets a line for each: how the mention is written, source, availability or nothing, name.`,
		Example:           `  $ confab participant mentions Deploys bo`,
		Args:              want("CONVERSATION", "[TEXT]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			text := ""
			if len(given) == 2 {
				text = given[1]
			}
			found, err := client.Chat.MentionSuggestions(ctx, room.Token, text, &talk.MentionOptions{IncludeStatus: true})
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, found, "", []render.Column{
				{Name: "mention", Gives: true, Style: form.Strong},
				{Name: "source", Style: form.Faint},
				{Name: "status"},
				{Name: "name", Gives: true},
			}, func(m *talk.MentionSuggestion) []string {
				return []string{m.Mention(), string(m.Source), string(m.Status.Type), m.Label}
			})
		},
	})
}

func newParticipantSearch(f *factory) *cobra.Command {
	var into string
	var from []string
	var limit int
	cmd := &cobra.Command{
		Use:   "search TEXT",
		Short: "Find people and groups of the server who can be invited",
		Long: `Find people and groups of the server who can be invited, by a part of their names or ids. With --into, those who take part
in that conversation already are left out.

A pipe gets a line for each: source, id, display name, availability or nothing.`,
		Example: `  $ confab participant search bo
  $ confab participant search crew --source groups --into Deploys`,
		Args:              want("TEXT"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			o := &talk.CandidateOptions{Limit: limit}
			if limit < 1 {
				return usagef("--limit: %d is not a number from 1 on", limit)
			}
			for _, source := range from {
				if err := checkSource(source); err != nil {
					return err
				}
				o.Sources = append(o.Sources, talk.ActorType(source))
			}
			client, err := f.talk()
			if err != nil {
				return err
			}
			if into != "" {
				room, err := f.existing(ctx, into)
				if err != nil {
					return err
				}
				o.Token = room.Token
			}
			found, err := client.Participants.Candidates(ctx, given[0], o)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, found, fmt.Sprintf("Nobody is found by %q.", given[0]), []render.Column{
				{Name: "source", Style: form.Faint},
				{Name: "id", Gives: true},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "status"},
			}, func(c *talk.Candidate) []string {
				status := ""
				if c.Status != nil {
					status = string(c.Status.Type)
				}
				return []string{string(c.Source), c.ID, c.Label, status}
			})
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&from, "source", []string{"users"}, "look among these: `users|groups|emails|circles`")
	completeValues(cmd, "source", sources...)
	flags.StringVar(&into, "into", "", "leave out who takes part in this `CONVERSATION`")
	flags.IntVarP(&limit, "limit", "n", 10, "at most `N` of each source")
	return shows[talk.Candidate](f, cmd)
}
