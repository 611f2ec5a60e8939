package store_test

import (
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/confab-go/confab/internal/server/store"
)

// TestTransactionsApart has transactions that run elsewhere end as they do here.
func TestTransactionsApart(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx := store.Apart(t.Context())
	errOwn := errors.New("its own")
	for range 10 { // which is more than there are connections
		if err := s.Read(ctx, func(*store.Tx) error { return errOwn }); !errors.Is(err, errOwn) {
			t.Errorf("an error became %v", err)
		}
		func() {
			defer func() {
				if p := recover(); p != "its own" { //nolint:errorlint // no error
					t.Errorf("a panic became %v", p)
				}
			}()
			_ = s.Write(ctx, func(tx *store.Tx) error {
				if err := tx.SetSetting("panicked", []byte("x")); err != nil {
					t.Error(err)
				}
				panic("its own") //nolint:forbidigo // what is tested
			})
		}()
		var ended sync.WaitGroup
		ended.Go(func() {
			_ = s.Read(ctx, func(*store.Tx) error {
				runtime.Goexit()
				return nil
			})
		})
		ended.Wait()
	}
	err = s.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Setting("panicked")
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a transaction that panicked left %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Read(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
