package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// showPoll shows a poll and what is known of its results.
func (f *factory) showPoll(ctx context.Context, poll *talk.Poll) error {
	if f.json {
		return f.show(ctx, poll)
	}
	form := f.form()
	if form.Terminal {
		return f.drawPoll(form, poll)
	}
	err := form.Fields(f.out, []render.Field{
		{Name: "poll", Value: strconv.FormatInt(poll.ID, 10)},
		{Name: "question", Value: poll.Question},
		{Name: "status", Value: poll.Status.String()},
		{Name: "results", Value: poll.ResultMode.String()},
		{Name: "max-votes", Value: strconv.Itoa(poll.MaxVotes)},
		{Name: "voters", Value: strconv.Itoa(poll.NumVoters)},
	})
	if err != nil {
		return err
	}
	rows := make([][]string, len(poll.Options))
	for i, option := range poll.Options {
		rows[i] = []string{"option", strconv.Itoa(i + 1), option, strconv.Itoa(poll.VotesFor(i)), chosen(poll, i, "chosen")}
	}
	return form.Table(f.out, nil, rows)
}

// barWidth is how many columns of a terminal a full bar takes.
const barWidth = 20

func (f *factory) drawPoll(form render.Form, poll *talk.Poll) error {
	rows := make([][]string, len(poll.Options))
	for i, option := range poll.Options {
		votes := poll.VotesFor(i)
		bar, share := "", ""
		if poll.NumVoters > 0 {
			bar = render.Bar(int64(votes), int64(poll.NumVoters), barWidth)
			share = fmt.Sprintf("%d%%", (200*votes+poll.NumVoters)/(2*poll.NumVoters))
		}
		rows[i] = []string{strconv.Itoa(i + 1), option, bar, f.count(votes), share, chosen(poll, i, "✓ yours")}
	}
	fmt.Fprintln(f.out, form.Strong(form.Value(poll.Question)))
	votes, share := "", "" // of results that are not shown there is nothing to name
	if poll.NumVoters > 0 {
		votes, share = "votes", "share"
	}
	err := form.Table(f.out, []render.Column{
		{Name: "no", Right: true, Style: form.Faint},
		{Name: "option", Gives: true},
		{Name: "", Style: form.Good},
		{Name: votes, Right: true},
		{Name: share, Right: true, Style: form.Faint},
		{Name: "", Style: form.Notable},
	}, rows)
	if err != nil {
		return err
	}
	details := []string{fmt.Sprintf("poll %d", poll.ID), poll.Status.String()}
	switch {
	case poll.MaxVotes == 0:
		details = append(details, "any number of votes each")
	case poll.MaxVotes > 1:
		details = append(details, fmt.Sprintf("up to %d votes each", poll.MaxVotes))
	}
	switch {
	case poll.NumVoters == 1:
		details = append(details, "1 voter")
	case poll.NumVoters > 0:
		details = append(details, fmt.Sprintf("%d voters", poll.NumVoters))
	case poll.HiddenResults() && !poll.Closed():
		details = append(details, "results are shown in the end")
	}
	_, err = fmt.Fprintln(f.out, form.Faint(strings.Join(details, ", ")))
	return err
}

// chosen gives a mark for an option that the account chose.
func chosen(poll *talk.Poll, option int, mark string) string {
	if slices.Contains(poll.VotedSelf, option) {
		return mark
	}
	return ""
}
