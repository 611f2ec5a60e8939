package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

// deletion is what a command that deletes for everybody asks about before it does.
type deletion struct {
	yes bool // do not ask
	// harm says what it does, for who cannot be asked; question has the conversation's name and token at its verb %s.
	harm, question string
}

func (d *deletion) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&d.yes, "yes", false, "do not ask")
}

// deleting finds the conversation that is named in full, and has a person agree to what will be deleted there.
func (f *factory) deleting(ctx context.Context, name string, d deletion) (*talk.Client, *talk.Conversation, error) {
	if err := f.askable(d.yes, d.harm); err != nil {
		return nil, nil, err
	}
	client, err := f.talk()
	if err != nil {
		return nil, nil, err
	}
	room, err := f.exactly(ctx, name)
	if err != nil || d.yes {
		return client, room, err
	}
	called := fmt.Sprintf("%q (%s)", room.DisplayName, room.Token)
	return client, room, f.confirm(ctx, strings.ReplaceAll(d.question, "%s", called))
}
