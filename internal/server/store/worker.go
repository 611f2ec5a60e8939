package store

import (
	"context"
	"runtime"
)

type apartKey struct{}

// Apart has the transactions of a context run on goroutines of the store's own.
// SQLite needs a deep stack; a request that waits for something afterwards,
// maybe with thousands of others, would keep as large a one for nothing.
func Apart(ctx context.Context) context.Context { return context.WithValue(ctx, apartKey{}, true) }

func isApart(ctx context.Context) bool { return ctx.Value(apartKey{}) != nil }

// worker runs functions on a goroutine of its own, one at a time. Its zero value is ready.
type worker struct {
	jobs chan func()
	done chan struct{}
}

func (w *worker) stop() {
	if w.jobs != nil {
		close(w.jobs)
	}
}

func (w *worker) work() {
	for job := range w.jobs {
		job()
	}
}

// do runs fn and returns what it returns. A panic goes on in the caller, and so
// does the end of its goroutine.
func (w *worker) do(fn func() error) (err error) {
	if w.jobs == nil {
		w.jobs, w.done = make(chan func()), make(chan struct{})
		go w.work()
	}
	var thrown any
	returned := false
	w.jobs <- func() {
		defer func() {
			if !returned {
				if thrown = recover(); thrown == nil { // the goroutine ends
					go w.work()
				}
			}
			w.done <- struct{}{}
		}()
		err = fn()
		returned = true
	}
	<-w.done
	switch {
	case thrown != nil:
		panic(thrown) //nolint:forbidigo // it is the caller's own
	case !returned:
		runtime.Goexit()
	}
	return err
}
