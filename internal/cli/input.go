package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/confab-go/confab/internal/cli/render"
)

// readInput reads standard input to its end, as long as the context lasts, and at most limit bytes.
func (f *factory) readInput(ctx context.Context, what string, limit int) (string, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		data, err := io.ReadAll(io.LimitReader(f.app.In, int64(limit)+1))
		read <- result{data, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-read:
		if r.err != nil {
			return "", fmt.Errorf("read %s from standard input: %w", what, r.err)
		}
		return checkText(what, r.data, limit)
	}
}

// checkText gives text from outside, unless it is too long or no text.
func checkText(what string, data []byte, limit int) (string, error) {
	if len(data) > limit {
		return "", fmt.Errorf("%s: more than %d bytes on standard input", what, limit)
	}
	if !utf8.Valid(data) {
		return "", fmt.Errorf("%s: standard input is not UTF-8 text", what)
	}
	return string(data), nil
}

// readPassword reads the first line of standard input.
func (f *factory) readPassword(ctx context.Context) (string, error) {
	return f.readFirstLine(ctx, "the password", maxPassword)
}

// readFirstLine reads a line that is not to be empty.
func (f *factory) readFirstLine(ctx context.Context, what string, most int) (string, error) {
	text, err := f.readInput(ctx, what, most)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(text, "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", usagef("%s is empty: it is the first line of standard input", what)
	}
	return line, nil
}

// readSecret reads a password: the first line of standard input, or what a person types unseen.
func (f *factory) readSecret(ctx context.Context, prompt string) (string, error) {
	file, isFile := f.app.In.(*os.File)
	if !f.app.InTTY || !isFile {
		return f.readPassword(ctx)
	}
	f.settle()
	fmt.Fprint(f.app.Err, prompt)
	fd := int(file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	type result struct {
		secret []byte
		err    error
	}
	typed := make(chan result, 1)
	go func() {
		secret, err := term.ReadPassword(fd)
		typed <- result{secret, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	case r := <-typed:
		fmt.Fprintln(f.app.Err)
		if r.err != nil {
			return "", fmt.Errorf("read the password: %w", r.err)
		}
		if len(r.secret) == 0 {
			return "", usagef("the password is empty")
		}
		return string(r.secret), nil
	}
}

// askable refuses what must be confirmed where nobody can be asked.
func (f *factory) askable(yes bool, what string) error {
	if !yes && (!f.app.InTTY || !f.app.ErrTTY) {
		return usagef("%s; where nobody can be asked it needs --yes", what)
	}
	return nil
}

// confirm asks a person, and fails unless they agree.
func (f *factory) confirm(ctx context.Context, question string) error {
	f.settle()
	fmt.Fprintf(f.app.Err, "%s [y/N] ", render.Form{Terminal: true}.Value(question))
	answer := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(f.app.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			line = "" // no answer is no
		}
		answer <- line
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case line := <-answer:
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return nil
		}
	}
	return errors.New("nothing was deleted")
}
