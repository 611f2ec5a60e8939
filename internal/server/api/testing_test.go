package api

import (
	"errors"
	"testing"

	"github.com/confab-go/confab/internal/server/core"
)

// TestSnapshotsAreLimited has no server: the limit is looked at before anything is kept.
func TestSnapshotsAreLimited(t *testing.T) {
	t.Parallel()
	a := &API{snapshots: snapshots{byID: map[int64]*core.Snapshot{}}}
	for id := range int64(maxSnapshots) {
		a.snapshots.byID[id] = &core.Snapshot{}
	}
	if _, err := a.Snapshot(t.Context()); !errors.Is(err, ErrTooManySnapshots) {
		t.Errorf("one snapshot more: %v", err)
	}
}
