package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server"
)

// parseUser reads name:password[:Display Name]. Its errors do not repeat what it was given, which may be a password.
func parseUser(s string) (server.User, error) {
	id, rest, found := strings.Cut(s, ":")
	password, displayName, named := strings.Cut(rest, ":")
	switch {
	case !found:
		return server.User{}, errors.New("there is no colon; a user is given as name:password[:Display Name]")
	case strings.TrimSpace(id) == "":
		return server.User{}, errors.New("the name before the first colon is empty")
	case id != strings.TrimSpace(id):
		return server.User{}, errors.New("the name has white space around it")
	case password == "":
		return server.User{}, errors.New("the password after the first colon is empty")
	case named && strings.TrimSpace(displayName) == "":
		return server.User{}, errors.New("the display name after the second colon is empty")
	}
	return server.User{ID: id, Password: password, DisplayName: strings.TrimSpace(displayName)}, nil
}

// readUsers reads users, one a line, from a file: name:password[:Display Name]. Empty lines and those that begin with # say
// nothing.
func readUsers(name string, r io.Reader) ([]server.User, error) {
	var users []server.User
	scanner := bufio.NewScanner(r)
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(scanner.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		user, err := parseUser(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		users = append(users, user)
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read users from %s: %w", name, err)
	}
	return users, nil
}

// usersFile reads the users of --users-file.
func (f *factory) usersFile(name string) ([]server.User, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--users-file: %w", err)
	}
	defer func() { _ = file.Close() }()
	f.warnReadable(file, "passwords")
	users, err := readUsers(name, file)
	if err != nil {
		return nil, fmt.Errorf("--users-file: %w", err)
	}
	return users, nil
}

// group is a group as --group gives it.
type group struct {
	name    string
	members []string
}

// parseGroup reads name:member,member.
func parseGroup(s string) (group, error) {
	name, list, _ := strings.Cut(s, ":")
	g := group{name: strings.TrimSpace(name)}
	if g.name == "" || strings.TrimSpace(list) == "" {
		return group{}, fmt.Errorf("%q lacks a name or members; a group is given as name:member,member", s)
	}
	for member := range strings.SplitSeq(list, ",") {
		member = strings.TrimSpace(member)
		if member == "" {
			return group{}, fmt.Errorf("%q has an empty member", s)
		}
		g.members = append(g.members, member)
	}
	return g, nil
}

// declared puts together the users that the flags name; nobody may be named twice.
func (f *factory) declared(o serveOptions) ([]server.User, error) {
	var users []server.User
	if o.usersFile != "" {
		fromFile, err := f.usersFile(o.usersFile)
		if err != nil {
			return nil, err
		}
		users = fromFile
	}
	for _, given := range o.users {
		user, err := parseUser(given)
		if err != nil {
			return nil, usagef("--user: %w", err)
		}
		users = append(users, user)
	}
	if o.admin != "" {
		admin, err := parseUser(o.admin)
		if err != nil {
			return nil, usagef("--admin: %w", err)
		}
		admin.Admin = true
		users = append([]server.User{admin}, users...)
	}
	for i, user := range users {
		if slices.ContainsFunc(users[:i], func(u server.User) bool { return u.ID == user.ID }) {
			return nil, usagef("the user %q is given twice", user.ID)
		}
	}
	return users, nil
}
