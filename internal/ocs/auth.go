package ocs

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
)

// Auth puts the caller's credentials on a request.
type Auth interface {
	// Apply adds the credentials to the headers of req. It is called once
	// for every attempt, possibly from several goroutines at once.
	Apply(req *http.Request)
}

// Basic returns credentials of a user and an app password. Printed in
// whatever way, they show the user and not the password.
func Basic(user, appPassword string) Auth {
	return basic{user: user, password: newSecret(appPassword)}
}

// Bearer returns credentials of a token. Printed in whatever way, they do not
// show the token.
func Bearer(token string) Auth { return bearer{token: newSecret(token)} }

// None returns the credentials of nobody: a guest, known by its cookies.
func None() Auth { return none{} }

// User gives the user that the client is, empty when its credentials do not tell.
func (c *Client) User() string {
	if b, ok := c.auth.(basic); ok {
		return b.user
	}
	return ""
}

// secret keeps a string where no formatting verb and no encoder finds it,
// even when it sits in an unexported field of something that is printed: of a
// function they show the address only.
type secret struct{ reveal func() string }

func newSecret(s string) secret { return secret{func() string { return s }} }

type basic struct {
	user     string
	password secret
}

func (b basic) Apply(req *http.Request) { req.SetBasicAuth(b.user, b.password.reveal()) }
func (b basic) String() string          { return fmt.Sprintf("Basic(%s, …)", b.user) }
func (b basic) GoString() string        { return b.String() }
func (b basic) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, b.String())
}
func (b basic) LogValue() slog.Value { return slog.StringValue(b.String()) }

func (b basic) check() error {
	switch {
	case b.user == "":
		return errors.New("the user name is empty")
	case strings.Contains(b.user, ":"):
		return errors.New("a user name cannot contain a colon")
	case hasControl(b.user):
		return errors.New("the user name contains a control character")
	case b.password.reveal() == "":
		return errors.New("the app password is empty")
	case hasControl(b.password.reveal()):
		return errors.New("the app password contains a control character, such as a line break")
	}
	return nil
}

type bearer struct{ token secret }

func (b bearer) Apply(req *http.Request) {
	req.Header.Set("Authorization", "Bearer "+b.token.reveal())
}
func (b bearer) String() string   { return "Bearer(…)" }
func (b bearer) GoString() string { return b.String() }
func (b bearer) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, b.String())
}
func (b bearer) LogValue() slog.Value { return slog.StringValue(b.String()) }

func (b bearer) check() error {
	switch t := b.token.reveal(); {
	case t == "":
		return errors.New("the token is empty")
	case hasControl(t):
		return errors.New("the token contains a control character, such as a line break")
	}
	return nil
}

type none struct{}

func (none) Apply(*http.Request) {}
func (none) String() string      { return "None()" }

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func checkHeaderValue(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return errors.New("contains a control character, such as a line break")
	}
	return nil
}
