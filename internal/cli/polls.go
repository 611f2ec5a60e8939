package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

func newPoll(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "poll",
		Short: "Ask questions, vote, and see the results",
		Args:  noSubcommand,
		RunE:  showHelp,
	}
	cmd.AddCommand(newPollCreate(f), newPollView(f), newPollVote(f), newPollClose(f), newPollDrafts(f), newPollEditDraft(f), newPollExport(f))
	return cmd
}

type pollFlags struct {
	hidden bool
	votes  string
}

func (p *pollFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.hidden, "hidden", false, "keep the results from everybody until the end, and the names for ever")
	cmd.Flags().StringVar(&p.votes, "max-votes", "1", "how many options one may choose: a `NUMBER`, or all")
}

func (p *pollFlags) options() (*talk.PollOptions, error) {
	o := &talk.PollOptions{HiddenResults: p.hidden}
	if p.votes == "all" {
		o.MaxVotes = talk.UnlimitedVotes
		return o, nil
	}
	n, err := strconv.Atoi(p.votes)
	if err != nil || n < 1 {
		return nil, usagef("--max-votes: %q is neither a number of votes nor \"all\"", p.votes)
	}
	o.MaxVotes = n
	return o, nil
}

func newPollCreate(f *factory) *cobra.Command {
	var p pollFlags
	var draft bool
	var thread int64
	cmd := &cobra.Command{
		Use:   "create CONVERSATION QUESTION OPTION OPTION…",
		Short: "Ask a question in a conversation, and print the poll's id",
		Example: `  $ confab poll create Deploys "Which day?" Monday Tuesday
  $ confab poll create Deploys "Toppings?" Cheese Olives Ham --max-votes all --hidden`,
		Args:              want("CONVERSATION", "QUESTION", "OPTION", "OPTION…"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			options, err := p.options()
			if err != nil {
				return err
			}
			if err := checkThread(cmd, thread); err != nil {
				return err
			}
			if err := exclusive(cmd, "draft", "thread"); err != nil {
				return err
			}
			options.Draft, options.ThreadID = draft, thread
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			poll, err := client.Polls.Create(ctx, room.Token, given[1], given[2:], options)
			if err != nil {
				return err
			}
			what := "Asked in %s: poll %d"
			if draft {
				what = "Drafted for %s: poll %d"
			}
			return f.showPollDone(ctx, poll, what, room.DisplayName, poll.ID)
		},
	}
	p.add(cmd)
	threadFlag(cmd, &thread, "ask in the thread")
	cmd.Flags().BoolVar(&draft, "draft", false, "keep it for the moderators: 'poll drafts' lists it")
	return shows[talk.Poll](f, cmd)
}

// showPollDone tells what was done to a poll: a program gets its id.
func (f *factory) showPollDone(ctx context.Context, poll *talk.Poll, format string, args ...any) error {
	if f.json {
		return f.show(ctx, poll)
	}
	f.done(strconv.FormatInt(poll.ID, 10), format, args...)
	return nil
}

// poll is a command about one poll.
func (f *factory) poll(use, short string, do func(ctx context.Context, client *talk.Client, token string, id int64) error, aliases ...string) *cobra.Command {
	return shows[talk.Poll](f, &cobra.Command{
		Use:               use,
		Short:             short,
		Aliases:           aliases,
		Args:              want("CONVERSATION", "POLL"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := positive(given[1], "a poll")
			if err != nil {
				return err
			}
			client, room, err := f.within(cmd.Context(), given[0])
			if err != nil {
				return err
			}
			return do(cmd.Context(), client, room.Token, id)
		},
	})
}

func newPollView(f *factory) *cobra.Command {
	cmd := f.poll("view CONVERSATION POLL", "Show a poll and its results, as far as you may see them",
		func(ctx context.Context, client *talk.Client, token string, id int64) error {
			poll, err := client.Polls.Get(ctx, token, id)
			if err != nil {
				return err
			}
			return f.showPoll(ctx, poll)
		}, "show")
	cmd.Long = `Show a poll and its results, as far as you may see them.

A pipe gets lines of a name and a value, and one for each option: "option", its number, its text, the number of its
votes, "chosen" when you chose it.`
	return cmd
}

func newPollClose(f *factory) *cobra.Command {
	cmd := f.poll("close CONVERSATION POLL", "End a poll, and show its results to everybody",
		func(ctx context.Context, client *talk.Client, token string, id int64) error {
			poll, err := client.Polls.Close(ctx, token, id)
			switch {
			case err != nil:
				return err
			case poll == nil && f.json:
				return f.show(ctx, nil)
			case poll == nil:
				f.done("", "Deleted the draft %d", id)
				return nil
			}
			return f.showPoll(ctx, poll)
		})
	cmd.Long = "End a poll, and show its results to everybody. A draft is deleted."
	return cmd
}

func newPollVote(f *factory) *cobra.Command {
	var none bool
	cmd := &cobra.Command{
		Use:   "vote CONVERSATION POLL OPTION…",
		Short: "Vote in a poll",
		Long: `Vote in a poll, for options by their text or by the number that 'confab poll view' shows, instead of what you
chose before.`,
		Args:              want("CONVERSATION", "POLL", "[OPTION…]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := positive(given[1], "a poll")
			switch {
			case err != nil:
				return err
			case len(given) == 2 && !none:
				return usagef("OPTION is missing; --none takes your vote back")
			case len(given) > 2 && none:
				return usagef("--none and options exclude each other")
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			var chosen []int
			if !none {
				poll, err := client.Polls.Get(ctx, room.Token, id)
				if err != nil {
					return err
				}
				if chosen, err = choose(poll.Options, given[2:]); err != nil {
					return err
				}
			}
			poll, err := client.Polls.Vote(ctx, room.Token, id, chosen...)
			if err != nil {
				return err
			}
			return f.showPoll(ctx, poll)
		},
	}
	cmd.Flags().BoolVar(&none, "none", false, "take your vote back")
	return shows[talk.Poll](f, cmd)
}

// choose finds the places of options that a person named by text, or by number from 1.
func choose(options, given []string) ([]int, error) {
	var chosen []int
	for _, text := range given {
		place := slices.Index(options, text)
		if place < 0 {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > len(options) {
				return nil, &missingError{fmt.Sprintf("the poll has no option %q", text), "it has " + strings.Join(quoted(options), ", ")}
			}
			place = n - 1
		}
		chosen = append(chosen, place)
	}
	return chosen, nil
}

func quoted(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = strconv.Quote(text)
	}
	return out
}
