package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

const (
	envPager      = "CONFAB_PAGER"
	envBackground = "CONFAB_BACKGROUND"
)

// pages reports whether what a command prints is there to be looked through, by the verb that it has.
func pages(cmd *cobra.Command) bool {
	switch cmd.Name() {
	case "read", "list", "view", "context", "pinned", "shares", "drafts", "mentions", "search", "messages", "conversations", "capabilities", "languages", "api":
		return true
	}
	return false
}

// pager stands before a terminal. It holds what is written until that is longer than the terminal, and starts the person's
// pager for it then; what is shorter goes straight there.
type pager struct {
	ctx     context.Context //nolint:containedctx // that of the command whose output it is
	command string
	height  int
	app     App

	held   bytes.Buffer
	lines  int
	direct bool           // nothing is held any more
	stdin  io.WriteCloser // of the pager, once it runs
	cmd    *exec.Cmd
}

// usePager puts the person's pager before the terminal, if there is one and one is wanted.
func (f *factory) usePager(ctx context.Context) {
	if f.noPager || f.pager != nil || !f.app.OutTTY || f.app.Height < 2 || f.app.Getenv("TERM") == "dumb" {
		return
	}
	command := f.pagerCommand()
	if command == "" || command == "cat" {
		return
	}
	name, _, _ := strings.Cut(command, " ")
	if _, err := exec.LookPath(name); err != nil {
		if command != defaultPager {
			f.warn("the pager %s cannot be started: %v", name, errors.Unwrap(err))
		}
		return
	}
	f.pager = &pager{ctx: context.WithoutCancel(ctx), command: command, height: f.app.Height, app: f.app}
	f.held.pager = f.pager
	f.out.Reset(f.pager)
}

const defaultPager = "less"

// pagerCommand is what the person wants to page with.
func (f *factory) pagerCommand() string {
	for _, name := range []string{envPager, "PAGER"} {
		if command, ok := f.app.LookupEnv(name); ok {
			return strings.TrimSpace(command)
		}
	}
	return defaultPager
}

// Write holds, passes on, or pages.
func (p *pager) Write(data []byte) (int, error) {
	switch {
	case p.stdin != nil:
		return p.stdin.Write(data)
	case p.direct:
		return p.app.Out.Write(data)
	}
	p.held.Write(data)
	if p.lines += bytes.Count(data, []byte("\n")); p.lines < p.height {
		return len(data), nil
	}
	if err := p.start(); err != nil {
		return len(data), errors.Join(fmt.Errorf("start the pager: %w", err), p.pass())
	}
	_, err := p.held.WriteTo(p.stdin)
	return len(data), err
}

// pass gives to the terminal what is held, unless the pager has it.
func (p *pager) pass() error {
	if p.stdin != nil {
		return nil
	}
	p.direct = true
	_, err := p.held.WriteTo(p.app.Out)
	return err
}

func (p *pager) start() (err error) {
	if windows {
		words := strings.Fields(p.command)
		p.cmd = exec.CommandContext(p.ctx, words[0], words[1:]...)
	} else {
		p.cmd = exec.CommandContext(p.ctx, "sh", "-c", p.command) // as git and man do: it may be more than words
	}
	p.cmd.Stdout, p.cmd.Stderr = p.app.Out, p.app.Err
	p.cmd.Env = os.Environ()
	if p.app.Getenv("LESS") == "" {
		p.cmd.Env = append(p.cmd.Env, "LESS=FRX") // colours, and gone when it all fits
	}
	if p.app.Getenv("LV") == "" {
		p.cmd.Env = append(p.cmd.Env, "LV=-c")
	}
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.stdin = stdin
	return nil
}

// close waits until the person has read enough.
func (p *pager) close() error {
	if p.stdin == nil {
		return p.pass()
	}
	_ = p.stdin.Close() // whoever has left it already has read enough
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the pager %s: %w", p.command, err)
	}
	return nil
}

// endPager ends the command's output, and gives its error; that somebody stopped reading is none.
func (f *factory) endPager(err error) error {
	if f.pager == nil {
		return err
	}
	paged := f.pager.stdin != nil
	ended := f.pager.close()
	f.held.release()
	if paged && errors.Is(err, syscall.EPIPE) {
		err = nil
	}
	return errors.Join(err, ended)
}

// heldWriter is standard error, which waits while a pager has the terminal.
type heldWriter struct {
	io.Writer
	pager *pager
	held  bytes.Buffer
}

func (w *heldWriter) Write(data []byte) (int, error) {
	if w.pager != nil && w.pager.stdin != nil {
		return w.held.Write(data)
	}
	return w.Writer.Write(data)
}

func (w *heldWriter) release() {
	w.pager = nil
	_, _ = w.held.WriteTo(w.Writer)
}
