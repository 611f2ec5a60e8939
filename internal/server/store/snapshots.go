package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Snapshot is the state of a store as it was once. It lasts as long as the store is open.
type Snapshot struct {
	path  string
	blobs []string
}

// keptOnReset is what Reset leaves: it is the server's, and nobody has put it there.
const keptOnReset = "settings"

// onceOnly is the table whose ids are never given again: cookies tell of them.
const onceOnly = "app_tokens"

// Snapshot keeps the present state. The contents of files are not copied: they
// never change, and stay on disk as long as a snapshot refers to them.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	c, err := s.take(ctx, s.write)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	defer s.write.give(c)
	path, err := s.snapshotPath()
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	ctx = context.WithoutCancel(ctx)
	snap := &Snapshot{path: path}
	if snap.blobs, err = (&Tx{ctx: ctx, conn: c}).usedBlobs(); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	if _, err := c.sql.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	s.blobs.pin(snap.blobs, 1)
	return snap, nil
}

// snapshotPath returns where the next snapshot goes, in a directory that goes with the store.
func (s *Store) snapshotPath() (string, error) {
	s.snapshots.Lock()
	defer s.snapshots.Unlock()
	if s.snapshots.dir == "" {
		dir, err := os.MkdirTemp("", "confab-snapshots-")
		if err != nil {
			return "", err
		}
		s.snapshots.dir = dir
	}
	s.snapshots.next++
	return filepath.Join(s.snapshots.dir, strconv.Itoa(s.snapshots.next)+".db"), nil
}

// Forget removes a snapshot, and the contents of files that only it refers to.
func (s *Store) Forget(ctx context.Context, snap *Snapshot) error {
	s.blobs.pin(snap.blobs, -1)
	err := s.Write(ctx, func(tx *Tx) error { // nobody begins to refer to what is about to go
		used, err := tx.usedBlobs()
		if err != nil {
			return err
		}
		s.blobs.Remove(without(snap.blobs, used)...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget snapshot: %w", err)
	}
	if err := os.Remove(snap.path); err != nil {
		return fmt.Errorf("forget snapshot: %w", err)
	}
	return nil
}

// Restore brings the state of a snapshot back. fn runs in the same transaction, in that state.
func (s *Store) Restore(ctx context.Context, snap *Snapshot, fn func(*Tx) error) error {
	err := s.rewrite(ctx, snap.path, func(tx *Tx, tables []string) error {
		for _, table := range tables {
			if err := tx.plain(`INSERT INTO main."` + table + `" SELECT * FROM snapshot."` + table + `"`); err != nil { //nolint:unqueryvet // both have the schema of this program
				return err
			}
		}
		if err := tx.plain(`INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM snapshot.sqlite_sequence
			WHERE name <> '` + onceOnly + `'`); err != nil {
			return err
		}
		return fn(tx)
	})
	if err != nil {
		return fmt.Errorf("restore snapshot: %w", err)
	}
	return nil
}

// Reset removes everything but the server's own settings. fn runs in the same
// transaction, in what is left.
func (s *Store) Reset(ctx context.Context, fn func(*Tx) error) error {
	if err := s.rewrite(ctx, "", func(tx *Tx, _ []string) error { return fn(tx) }); err != nil {
		return fmt.Errorf("reset: %w", err)
	}
	return nil
}

// rewrite empties all tables and has fill write them anew, in one transaction.
// With a path, the database there is at hand as "snapshot", and the settings are emptied too.
func (s *Store) rewrite(ctx context.Context, path string, fill func(tx *Tx, tables []string) error) (err error) {
	c, err := s.take(ctx, s.write)
	if err != nil {
		return err
	}
	defer s.write.give(c)
	ctx = context.WithoutCancel(ctx)
	outside := &Tx{ctx: ctx, conn: c}
	if path != "" {
		if _, err := c.sql.ExecContext(ctx, `ATTACH DATABASE ? AS snapshot`, path); err != nil {
			return fmt.Errorf("open snapshot: %w", err)
		}
		defer func() { err = errors.Join(err, outside.plain(`DETACH DATABASE snapshot`)) }()
	}
	// What refers to what was consistent when it was written. Checking again would take a query for each row.
	if err := outside.plain(`PRAGMA foreign_keys = 0`); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, outside.plain(`PRAGMA foreign_keys = 1`)) }()
	var stale []string
	err = s.transact(ctx, c, "BEGIN IMMEDIATE", func(tx *Tx) error {
		before, err := tx.usedBlobs()
		if err != nil {
			return err
		}
		tables, err := tx.empty(path == "")
		if err != nil {
			return err
		}
		if err := fill(tx, tables); err != nil {
			return err
		}
		after, err := tx.usedBlobs()
		stale = without(before, after)
		return err
	})
	if err == nil {
		s.blobs.Remove(stale...)
	}
	return err
}

// empty removes all rows and returns the names of the tables that it emptied.
func (t *Tx) empty(keepSettings bool) ([]string, error) {
	names, err := all(t, "list tables", value[string], `SELECT name FROM main.sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'schema_version' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	var emptied []string
	for _, name := range names {
		if name == keptOnReset && keepSettings {
			continue
		}
		if err := t.plain(`DELETE FROM main."` + name + `"`); err != nil {
			return nil, err
		}
		emptied = append(emptied, name)
	}
	return emptied, t.plain(`DELETE FROM main.sqlite_sequence WHERE name <> '` + onceOnly + `'`)
}

// plain runs a statement that is not worth preparing.
func (t *Tx) plain(text string) error {
	if _, err := t.conn.sql.ExecContext(t.ctx, text); err != nil {
		return fmt.Errorf("%.60s: %w", text, err)
	}
	return nil
}

// without returns the values that are not among others.
func without(values, others []string) []string {
	known := make(map[string]bool, len(others))
	for _, v := range others {
		known[v] = true
	}
	var out []string
	for _, v := range values {
		if !known[v] {
			out = append(out, v)
		}
	}
	return out
}
