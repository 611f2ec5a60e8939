// Package store keeps the state of the embedded Talk server in SQLite: the
// schema, its migrations and the queries. It knows no rule of Talk.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// FileName is the name of the database file inside the data directory.
const FileName = "confab.db"

var (
	// ErrNotFound is returned when the row that was asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrTaken is returned for a row whose id another one has.
	ErrTaken = errors.New("taken already")
	// ErrNewerSchema is returned by Open for a database that a newer version wrote.
	ErrNewerSchema = errors.New("the database was written by a newer version")
	// ErrInUse is returned by Open for a directory that another process uses.
	ErrInUse = errors.New("the data directory is in use by another process")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("the store is closed")
)

// Store is an open database. It may be used by many goroutines.
type Store struct {
	write *pool
	read  *pool
	lock  *os.File
	blobs *Blobs

	snapshots struct {
		sync.Mutex
		dir  string // "" until there is one
		next int
	}

	closeOnce sync.Once
	closed    chan struct{}
	closeErr  error
}

// pool hands out connections, each with the statements it has prepared.
type pool struct {
	db    *sql.DB
	conns chan *conn
}

type conn struct {
	sql   *sql.Conn // nil until first used
	stmts map[string]*sql.Stmt
	worker
}

// Open opens the database in the directory, which is created when absent, and
// brings its schema up to date. An empty dir keeps everything in memory.
func Open(ctx context.Context, dir string) (*Store, error) {
	s := &Store{closed: make(chan struct{}), blobs: newBlobs(dir)}
	if dir == "" {
		p, err := openPool("file::memory:?_pragma=foreign_keys(1)", 1)
		if err != nil {
			return nil, fmt.Errorf("open database in memory: %w", err)
		}
		s.write, s.read = p, p
	} else if err := s.openFile(dir); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.write.db); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := s.sweepBlobs(ctx); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open files: %w", err)
	}
	return s, nil
}

func (s *Store) sweepBlobs(ctx context.Context) error {
	return s.Read(ctx, func(tx *Tx) error {
		names, err := tx.usedBlobs()
		if err != nil {
			return err
		}
		used := make(map[string]bool, len(names))
		for _, name := range names {
			used[name] = true
		}
		return s.blobs.sweep(used)
	})
}

// Blobs returns the contents of the files.
func (s *Store) Blobs() *Blobs { return s.blobs }

func (s *Store) openFile(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create data directory: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return fmt.Errorf("open data directory %s: %w", dir, err)
	}
	s.lock = lock
	path := filepath.Join(dir, FileName)
	// SQLite would create the file with the umask's mode; messages are nobody else's business.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		_ = lock.Close()
		return fmt.Errorf("create database: %w", err)
	}
	_ = f.Close()
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
	const pragmas = "?_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)"
	if s.write, err = openPool(dsn+pragmas+"&_pragma=synchronous(FULL)", 1); err == nil {
		s.read, err = openPool(dsn+pragmas+"&_pragma=query_only(1)", max(4, runtime.NumCPU()))
	}
	if err != nil {
		_ = s.Close()
		return fmt.Errorf("open database %s: %w", path, err)
	}
	return nil
}

func openPool(dsn string, conns int) (*pool, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	p := &pool{db: db, conns: make(chan *conn, conns)}
	for range conns {
		p.conns <- &conn{stmts: map[string]*sql.Stmt{}}
	}
	return p, nil
}

// InMemory reports whether the store keeps nothing on disk.
func (s *Store) InMemory() bool { return s.lock == nil }

// Close closes the database. Transactions that run are finished first; later ones get ErrClosed.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closed)
		pools := []*pool{s.read}
		if s.write != s.read {
			pools = append(pools, s.write)
		}
		for _, p := range pools {
			if p == nil {
				continue
			}
			for range cap(p.conns) {
				if c := <-p.conns; c.sql != nil {
					c.stop()
					_ = c.sql.Close()
				}
			}
			s.closeErr = errors.Join(s.closeErr, p.db.Close())
		}
		s.closeErr = errors.Join(s.closeErr, s.blobs.close())
		if s.snapshots.dir != "" {
			s.closeErr = errors.Join(s.closeErr, os.RemoveAll(s.snapshots.dir))
		}
		if s.lock != nil {
			s.closeErr = errors.Join(s.closeErr, s.lock.Close())
		}
	})
	return s.closeErr
}

// Write runs fn in a transaction that may change the database. There is one at
// a time. It is committed when fn returns nil and rolled back otherwise. The
// context is honoured while waiting for the turn; what has begun is finished.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	return s.run(ctx, s.write, "BEGIN IMMEDIATE", fn)
}

// Read runs fn in a transaction that sees one state of the database. Do not
// begin another one inside it: in memory, one connection serves all.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	return s.run(ctx, s.read, "BEGIN", fn)
}

func (s *Store) run(ctx context.Context, p *pool, begin string, fn func(*Tx) error) error {
	c, err := s.take(ctx, p)
	if err != nil {
		return err
	}
	defer p.give(c)
	// From here on the context would only cut a transaction that is about to
	// end anyway, and cost a watching goroutine for each query.
	apart := isApart(ctx)
	ctx = context.WithoutCancel(ctx)
	if apart {
		return c.do(func() error { return s.transact(ctx, c, begin, fn) })
	}
	return s.transact(ctx, c, begin, fn)
}

// take waits for a connection of a pool, which is to be given back.
func (s *Store) take(ctx context.Context, p *pool) (*conn, error) {
	select { // a closed store answers even when a connection is free
	case <-s.closed:
		return nil, ErrClosed
	default:
	}
	var c *conn
	select {
	case c = <-p.conns:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closed:
		return nil, ErrClosed
	}
	if c.sql == nil {
		sc, err := p.db.Conn(context.WithoutCancel(ctx))
		if err != nil {
			p.give(c)
			return nil, fmt.Errorf("connect: %w", err)
		}
		c.sql = sc
	}
	return c, nil
}

func (p *pool) give(c *conn) { p.conns <- c }

// transact runs fn in a transaction of a connection.
func (*Store) transact(ctx context.Context, c *conn, begin string, fn func(*Tx) error) error {
	tx := &Tx{ctx: ctx, conn: c}
	if _, err := tx.exec(begin); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // also when fn panics
			_, _ = tx.exec("ROLLBACK")
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if _, err := tx.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true
	for _, fn := range tx.committed {
		fn()
	}
	return nil
}
