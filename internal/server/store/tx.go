package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Tx is a running transaction. It must not leave the function it was given to.
type Tx struct {
	ctx  context.Context
	conn *conn
	// committed is called in order when the transaction has been committed.
	committed []func()
}

// AfterCommit has fn called once the transaction is committed, and before the
// next one that writes begins. It is not called when nothing is committed.
func (t *Tx) AfterCommit(fn func()) { t.committed = append(t.committed, fn) }

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(dest ...any) error }

// stmt returns the prepared statement of the text, preparing it once per connection.
func (t *Tx) stmt(text string) (*sql.Stmt, error) {
	if st := t.conn.stmts[text]; st != nil {
		return st, nil
	}
	st, err := t.conn.sql.PrepareContext(t.ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	t.conn.stmts[text] = st
	return st, nil
}

func (t *Tx) exec(text string, args ...any) (sql.Result, error) {
	st, err := t.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(t.ctx, args...)
}

// must runs a statement of which only the error matters.
func (t *Tx) must(what, text string, args ...any) error {
	if _, err := t.exec(text, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// changed runs a statement and returns ErrNotFound when it touched no row.
func (t *Tx) changed(what, text string, args ...any) error {
	res, err := t.exec(text, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	return nil
}

// one reads a single row, or returns ErrNotFound.
func one[T any](t *Tx, what string, scan func(scanner, *T) error, text string, args ...any) (T, error) {
	var v T
	st, err := t.stmt(text)
	if err == nil {
		err = scan(st.QueryRowContext(t.ctx, args...), &v)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return v, fmt.Errorf("%s: %w", what, ErrNotFound)
	case err != nil:
		return v, fmt.Errorf("%s: %w", what, err)
	}
	return v, nil
}

// all reads every row.
func all[T any](t *Tx, what string, scan func(scanner, *T) error, text string, args ...any) ([]T, error) {
	st, err := t.stmt(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	rows, err := st.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// value scans a row of one column.
func value[T any](row scanner, v *T) error { return row.Scan(v) }

// list encodes values for json_each, which keeps the statement's text, and so
// its preparation, the same for any number of them.
func list[T any](values []T) string {
	b, err := json.Marshal(values)
	if err != nil {
		return "[]" // ints and strings always encode
	}
	return string(b)
}

// Setting returns the value of a key, or ErrNotFound.
func (t *Tx) Setting(key string) ([]byte, error) {
	return one(t, "read setting "+key, value[[]byte], `SELECT value FROM settings WHERE key = ?`, key)
}

// SetSetting stores the value of a key.
func (t *Tx) SetSetting(key string, v []byte) error {
	return t.must("write setting "+key,
		`INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, v)
}

// insert runs an INSERT and returns the new row's id.
func (t *Tx) insert(what, text string, args ...any) (int64, error) {
	res, err := t.exec(text, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return res.LastInsertId()
}
