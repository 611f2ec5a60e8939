// Package cli is the confab command. A command finds all that it touches of the world in an [App], so that many can run in
// one process, each with its own.
package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/confab-go/confab/internal/cli/render"
)

// App is what a command knows of the world around it. In, Out and Err must be set.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	// InTTY, OutTTY and ErrTTY report whether a person is at the other end.
	InTTY, OutTTY, ErrTTY bool
	// Width and Height of the terminal in columns and lines; 0 when they are not known.
	Width, Height int
	// Getenv looks up the environment; nil finds nothing.
	Getenv func(string) string
	// LookupEnv tells an empty variable from none; nil finds what Getenv does not give empty.
	LookupEnv func(string) (string, bool)
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// ConfigDir is where accounts are stored; empty stores none.
	ConfigDir string
	// Keyring keeps their passwords; nil is none.
	Keyring Keyring
	// Browse opens an address in the person's browser; nil leaves that to them.
	Browse func(ctx context.Context, address string) error
	// Transport carries the requests; nil is that of net/http.
	Transport http.RoundTripper
}

// System is the App of a process: its standard streams, environment and clock.
func System() App {
	a := App{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY: isTerminal(os.Stdin), OutTTY: isTerminal(os.Stdout), ErrTTY: isTerminal(os.Stderr),
		Getenv: os.Getenv, LookupEnv: os.LookupEnv,
		Now: time.Now,

		Keyring: systemKeyring{},
		Browse:  browse,
	}
	if dir, err := os.UserConfigDir(); err == nil {
		a.ConfigDir = filepath.Join(dir, "confab")
	}
	if a.OutTTY {
		if width, height, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			a.Width, a.Height = width, height
		}
	}
	return a
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Interruptible gives a context that ends with the first SIGINT or SIGTERM. A second one ends the process, should the first
// not have done so.
func Interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// Main runs a command, given without the program's name, and returns its exit code. Errors are told on app.Err.
func Main(ctx context.Context, args []string, app App) int {
	f := newFactory(app)
	root := newRoot(f)
	if args == nil {
		args = []string{} // cobra would take the process's own
	}
	root.SetArgs(f.joinFields(root, args))
	root.SetIn(app.In)
	root.SetOut(f.out)
	root.SetErr(f.app.Err)
	command, err := root.ExecuteContextC(ctx)
	if flushErr := f.out.Flush(); err == nil && flushErr != nil {
		err = fmt.Errorf("write the output: %w", flushErr)
	}
	err = f.endPager(err)
	if err == nil {
		return exitOK
	}
	if errors.Is(err, syscall.EPIPE) {
		return exitFailed // whoever read the output has had enough, and knows
	}
	fmt.Fprintln(app.Err, f.errForm().Bad("confab:")+" "+explain(ctx, err, command.CommandPath(), f.target()))
	return exitCode(err)
}

// factory makes what commands need, when they need it.
type factory struct {
	app    App
	out    *bufio.Writer // keeps its first error, which Main reports
	now    func() time.Time
	json   bool // a program gets the data
	data   dataFlags
	output render.Output
	shown  map[*cobra.Command]reflect.Type
	plain  bool // no colour
	// pager stands before the terminal while there is one; held is standard error, which waits for it.
	noPager bool
	pager   *pager
	held    *heldWriter
	debug   bool
	client  clientOnce
	// speaksFor is the account of the client that was made last.
	speaksFor credentials
	// warnedAccounts is set once it was told that others can read the stored accounts.
	warnedAccounts bool
}

func newFactory(app App) *factory {
	if app.Getenv == nil {
		app.Getenv = func(string) string { return "" }
	}
	if app.LookupEnv == nil {
		app.LookupEnv = func(name string) (string, bool) { value := app.Getenv(name); return value, value != "" }
	}
	held := &heldWriter{Writer: app.Err}
	app.Err = held
	f := &factory{app: app, held: held, out: bufio.NewWriter(app.Out), now: app.Now, shown: map[*cobra.Command]reflect.Type{}}
	if f.now == nil {
		f.now = time.Now
	}
	return f
}

// form is how standard output is written.
func (f *factory) form() render.Form {
	return render.Form{Terminal: f.app.OutTTY, Color: f.color(f.app.OutTTY), Light: f.light(), Width: f.app.Width, Now: f.now()}
}

// errForm is how standard error is written: a person reads it in either case.
func (f *factory) errForm() render.Form {
	return render.Form{Terminal: true, Color: f.color(f.app.ErrTTY), Light: f.light(), Now: f.now()}
}

func (f *factory) color(tty bool) bool {
	force := f.app.Getenv("CLICOLOR_FORCE")
	switch {
	case f.plain, f.app.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return tty && f.app.Getenv("TERM") != "dumb" && f.app.Getenv("CLICOLOR") != "0"
}

// light reports whether the terminal's ground is light, as far as it says so: by COLORFGBG, whose last number is the colour of
// the ground, unless the person says it.
func (f *factory) light() bool {
	switch strings.ToLower(f.app.Getenv(envBackground)) {
	case "light":
		return true
	case "dark":
		return false
	}
	said := f.app.Getenv("COLORFGBG")
	ground, err := strconv.Atoi(said[strings.LastIndexByte(said, ';')+1:])
	return err == nil && (ground == 7 || ground > 8)
}

// settle writes what waits for standard output, so that a terminal shows both outputs in their order. An error of it stays
// with the writer, for Main.
func (f *factory) settle() {
	_ = f.out.Flush()
	if f.pager != nil {
		_ = f.pager.pass()
	}
}

// hint tells a person, and no program, what they may want to know.
func (f *factory) hint(format string, args ...any) {
	if f.app.ErrTTY && !f.json {
		f.settle()
		fmt.Fprintln(f.app.Err, f.errForm().Faint(render.Clean(fmt.Sprintf(format, args...))))
	}
}

// warn tells what is wrong but no failure.
func (f *factory) warn(format string, args ...any) {
	f.settle()
	fmt.Fprintln(f.app.Err, f.errForm().Notable("warning:")+" "+render.Clean(fmt.Sprintf(format, args...)))
}

// note tells, beside what was done, how a command line was understood.
func (f *factory) note(format string, args ...any) {
	f.settle()
	fmt.Fprintln(f.app.Err, f.errForm().Faint("confab: "+render.Clean(fmt.Sprintf(format, args...))))
}

// done confirms to a person what was done, where a program gets the plain result instead; empty means nothing.
func (f *factory) done(result, format string, args ...any) {
	switch {
	case f.json:
	case f.app.OutTTY:
		fmt.Fprintln(f.out, f.form().Good("✓")+" "+f.form().Value(fmt.Sprintf(format, args...)))
	case result != "":
		fmt.Fprintln(f.out, f.form().Value(result))
	}
}
