package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// secretService is the part of a Secret Service, as a desktop has one for its keyring, that keeps passwords. It speaks D-Bus,
// as the real one does, and knows one collection and no encryption.
type secretService struct {
	conn *dbus.Conn

	mu     sync.Mutex
	locked bool
	made   int
	items  map[dbus.ObjectPath]*secretItem
}

// secretItem is a password and what it is found by.
type secretItem struct {
	service    *secretService
	path       dbus.ObjectPath
	attributes map[string]string
	secret     secret
}

// secret is how a password crosses the bus.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

const (
	secretsPath = "/org/freedesktop/secrets"
	noPrompt    = dbus.ObjectPath("/")
)

func (s *secretService) OpenSession(algorithm string, _ dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	if algorithm != "plain" {
		return dbus.Variant{}, noPrompt, dbus.NewError("org.freedesktop.DBus.Error.NotSupported", nil)
	}
	return dbus.MakeVariant(""), secretsPath + "/session/1", nil
}

func (s *secretService) Unlock(objects []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locked { // and nobody is there to be asked
		return nil, noPrompt, dbus.NewError("org.freedesktop.Secret.Error.IsLocked", []any{"the keyring is locked"})
	}
	return objects, noPrompt, nil
}

// Get answers for the collections that there are: none, so that the default one is taken.
func (s *secretService) Get(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant([]dbus.ObjectPath{}), nil
}

func (s *secretService) Close() *dbus.Error { return nil }

func (s *secretService) CreateItem(properties map[string]dbus.Variant, kept secret, replace bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	attributes, _ := properties["org.freedesktop.Secret.Item.Attributes"].Value().(map[string]string)
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, item := range s.items {
		if replace && maps.Equal(item.attributes, attributes) {
			item.secret = kept
			return path, noPrompt, nil
		}
	}
	s.made++
	item := &secretItem{s, dbus.ObjectPath(fmt.Sprintf("%s/collection/login/%d", secretsPath, s.made)), attributes, kept}
	if err := s.conn.Export(item, item.path, "org.freedesktop.Secret.Item"); err != nil {
		return noPrompt, noPrompt, dbus.MakeFailedError(err)
	}
	s.items[item.path] = item
	return item.path, noPrompt, nil
}

func (s *secretService) SearchItems(wanted map[string]string) (found []dbus.ObjectPath, _ *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, item := range s.items {
		if maps.Equal(item.attributes, wanted) {
			found = append(found, path)
		}
	}
	return found, nil
}

func (i *secretItem) GetSecret(session dbus.ObjectPath) (secret, *dbus.Error) {
	i.service.mu.Lock()
	defer i.service.mu.Unlock()
	kept := i.secret
	kept.Session = session
	return kept, nil
}

func (i *secretItem) Delete() (dbus.ObjectPath, *dbus.Error) {
	i.service.mu.Lock()
	defer i.service.mu.Unlock()
	delete(i.service.items, i.path)
	return noPrompt, nil
}

// passwords gives what the keyring holds, by the name of the account.
func (s *secretService) passwords() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := map[string]string{}
	for _, item := range s.items {
		held[item.attributes["service"]+" "+item.attributes["username"]] = string(item.secret.Value)
	}
	return held
}

// desktop starts a message bus with a keyring on it, and gives the bus's address.
func desktop(ctx context.Context, t *testing.T) (*secretService, string) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed (Debian's package dbus): the system's keyring is not tried")
	}
	bus := exec.CommandContext(ctx, daemon, "--session", "--nofork", "--print-address=1", "--address=unix:dir="+t.TempDir())
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	bus.Stderr = t.Output()
	if err := bus.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, bus) })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := &secretService{conn: conn, items: map[dbus.ObjectPath]*secretItem{}}
	for name, path := range map[string]dbus.ObjectPath{
		"org.freedesktop.Secret.Service": secretsPath, "org.freedesktop.DBus.Properties": secretsPath,
		"org.freedesktop.Secret.Session": secretsPath + "/session/1", "org.freedesktop.Secret.Collection": secretsPath + "/aliases/default",
	} {
		if err := conn.Export(s, path, name); err != nil {
			t.Fatal(err)
		}
	}
	if reply, err := conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name is not to be had: %v, %v", reply, err)
	}
	return s, address
}

// TestLoginWithAKeyring logs in by the browser, and speaks for the account by what the keyring of the desktop holds.
func TestLoginWithAKeyring(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	keyring, bus := desktop(ctx, t)
	address := nextcloud(t, "alice", loginPassword)
	program, config := build(t), t.TempDir()
	confab := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Env = []string{"DBUS_SESSION_BUS_ADDRESS=" + bus, "CONFAB_CONFIG_DIR=" + config}
		return cmd
	}
	account := "alice@" + strings.TrimPrefix(address, "http://")
	stdout, stderr, code := loginInBrowser(t, confab("auth", "login", address, "--no-browser"), "alice", loginPassword)
	if code != 0 || stdout != account+"\n" || stderr != "" {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	held := keyring.passwords()["confab "+account]
	stored, err := os.ReadFile(filepath.Join(config, "accounts.json"))
	if err != nil || held == "" || held == loginPassword || strings.Contains(string(stored), held) {
		t.Errorf("the keyring holds %q; the file, %v: %s", held, err, stored)
	}
	for _, args := range [][]string{{"auth", "token"}, {"conversation", "create", "Deploys"}, {"auth", "status", "--jq", ".[].storage"}} {
		out, err := confab(args...).Output()
		if err != nil || slices.Equal(args, []string{"auth", "token"}) && string(out) != held+"\n" {
			t.Errorf("%v: %q, %v", args, out, err)
		}
	}

	// A keyring that is locked says so, and what to do.
	keyring.mu.Lock()
	keyring.locked = true
	keyring.mu.Unlock()
	cmd := confab("conversation", "list")
	if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 4 || !strings.Contains(string(out), "keyring: the keyring is locked") || !strings.Contains(string(out), "CONFAB_PASSWORD") {
		t.Errorf("locked: exit code %d, %s", cmd.ProcessState.ExitCode(), out)
	}
	keyring.mu.Lock()
	keyring.locked = false
	keyring.mu.Unlock()

	if out, err := confab("auth", "logout").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if left := keyring.passwords(); len(left) != 0 {
		t.Errorf("the keyring holds %v", left)
	}
	cmd = exec.CommandContext(ctx, program, "conversation", "list")
	cmd.Env = []string{"CONFAB_URL=" + address, "CONFAB_USER=alice", "CONFAB_PASSWORD=" + held}
	if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("the app password is valid still: %s", out)
	}
}

// TestLoginWithoutAKeyring: nothing is kept unless a file will do, and no app password is left behind.
func TestLoginWithoutAKeyring(t *testing.T) {
	t.Parallel()
	address := nextcloud(t, "alice", loginPassword)
	program, config := build(t), t.TempDir()
	confab := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(config, "no-bus"), "CONFAB_CONFIG_DIR=" + config}
		return cmd
	}
	stdout, stderr, code := loginInBrowser(t, confab("auth", "login", address, "--no-browser"), "alice", loginPassword)
	if code != 1 || stdout != "" || !strings.HasPrefix(stderr, "confab: keyring: ") || !strings.Contains(stderr, "--insecure-storage keeps the password in a file") {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
	path := filepath.Join(config, "accounts.json")
	if _, err := os.Stat(path); err == nil {
		t.Error("something is stored")
	}
	stdout, stderr, code = loginInBrowser(t, confab("auth", "login", address, "--no-browser", "--insecure-storage"), "alice", loginPassword)
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if out, err := confab("conversation", "list").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
