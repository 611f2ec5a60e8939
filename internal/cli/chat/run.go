// Package chat is the full-screen client: conversations on the left, messages on the right, live.
//
// [Model] is its state, which changes by messages only and does nothing by itself; what there is to do are commands, which
// call a [Source]. A frame costs what is on the screen, however long the history and the list of conversations are.
package chat

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/confab-go/confab/talk"
)

// Terminal is where the screen is shown.
type Terminal struct {
	In  io.Reader
	Out io.Writer
	// Env is what is known of the terminal, as in "TERM=xterm-256color".
	Env []string
	// NoColor leaves weight and underlines only.
	NoColor bool
}

// keep is how many messages of the open conversation are kept in memory.
const keep = 5000

// Run shows the screen until the person quits or the context ends, which is no failure. Open is the conversation to begin
// with; nil begins with the list.
func Run(ctx context.Context, t Terminal, o Options, open *talk.Conversation) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Reference == nil {
		o.Reference = reference
	}
	if o.Keep == 0 {
		o.Keep = keep
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	model := New(ctx, o)
	if open != nil {
		model.Begin(open)
	}
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(t.In), tea.WithOutput(t.Out), tea.WithEnvironment(t.Env), tea.WithoutSignalHandler(),
	}
	if t.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.Ascii))
	}
	_, err := tea.NewProgram(model, options...).Run()
	if err != nil && ctx.Err() != nil && !errors.Is(err, tea.ErrProgramPanic) {
		return nil
	}
	return err
}

func reference() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
