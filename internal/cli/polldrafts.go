package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newPollDrafts(f *factory) *cobra.Command {
	return shows[talk.Poll](f, &cobra.Command{
		Use:   "drafts CONVERSATION",
		Short: "List the polls that moderators keep for later",
		Long: `List the polls that moderators keep for later.

A pipe gets a line for each: id, question, options joined with " / ".`,
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			polls, err := client.Polls.Drafts(ctx, room.Token)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, polls, fmt.Sprintf("There are no drafts in %s.", room.DisplayName), []render.Column{
				{Name: "poll", Right: true, Style: form.Faint},
				{Name: "question", Gives: true, Style: form.Strong},
				{Name: "options", Gives: true},
			}, func(poll *talk.Poll) []string {
				return []string{strconv.FormatInt(poll.ID, 10), poll.Question, strings.Join(poll.Options, " / ")}
			})
		},
	})
}

func newPollEditDraft(f *factory) *cobra.Command {
	var p pollFlags
	cmd := &cobra.Command{
		Use:               "edit-draft CONVERSATION POLL QUESTION OPTION OPTION…",
		Short:             "Change a poll that is kept for later",
		Args:              want("CONVERSATION", "POLL", "QUESTION", "OPTION", "OPTION…"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := positive(given[1], "a poll")
			if err != nil {
				return err
			}
			options, err := p.options()
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			poll, err := client.Polls.EditDraft(ctx, room.Token, id, given[2], given[3:], options)
			if err != nil {
				return err
			}
			return f.showPollDone(ctx, poll, "Changed the draft %d", poll.ID)
		},
	}
	p.add(cmd)
	return shows[talk.Poll](f, cmd)
}
