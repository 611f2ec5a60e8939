package cli

import (
	"context"
	"iter"

	"github.com/confab-go/confab/internal/cli/export"
	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// progress shows a person at a terminal how far a transfer is, until end is called; for others it is nil.
func (f *factory) progress(label string) (update func(done, total int64), end func()) {
	p := f.newProgress(label)
	if p == nil {
		return nil, func() {}
	}
	return p.Update, p.Done
}

// counted shows a person at a terminal how many of something there are so far, until end is called.
func (f *factory) counted(label, what string) (count func(n int), end func()) {
	p := f.newProgress(label)
	if p == nil {
		return func(int) {}, func() {}
	}
	return func(n int) { p.Count(n, what) }, p.Done
}

// newProgress is nil where nobody looks.
func (f *factory) newProgress(label string) *render.Progress {
	if !f.app.ErrTTY {
		return nil
	}
	f.settle()
	form := f.errForm()
	form.Width = f.app.Width
	return render.NewProgress(f.app.Err, form, label, f.now)
}

// counting counts the messages that a source gives.
func counting(messages export.Source, count func(n int)) export.Source {
	return func(ctx context.Context, after int64) iter.Seq2[*talk.Message, error] {
		return func(yield func(*talk.Message, error) bool) {
			n := 0
			for m, err := range messages(ctx, after) {
				n++
				count(n)
				if !yield(m, err) {
					return
				}
			}
		}
	}
}
