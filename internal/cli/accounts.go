package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/cli/safefile"
)

// account is somebody that the user may speak for, as it is stored.
type account struct {
	URL  string `json:"url"`
	User string `json:"user"`
	// Storage says where the password is: in the keyring, or here.
	Storage  string `json:"storage"`
	Password string `json:"password,omitempty"`
}

// Where passwords are stored.
const (
	inKeyring = "keyring"
	inFile    = "file"
)

// name is how a person calls the account: alice@cloud.example.com.
func (a account) name() string {
	u, err := url.Parse(a.URL)
	if err != nil {
		return a.User + "@" + a.URL
	}
	return a.User + "@" + u.Host + u.Path
}

// accounts are those that are stored.
type accounts struct {
	Active   string    `json:"active"` // the name of the one that is spoken for
	Accounts []account `json:"accounts"`
}

const envConfigDir = "CONFAB_CONFIG_DIR"

// accountsFile gives the file in which accounts are stored.
func (f *factory) accountsFile() (string, error) {
	dir := f.app.Getenv(envConfigDir)
	if dir == "" {
		dir = f.app.ConfigDir
	}
	if dir == "" {
		return "", fmt.Errorf("there is no directory for accounts here; name one by %s", envConfigDir)
	}
	return filepath.Join(dir, "accounts.json"), nil
}

// loadAccounts gives the accounts that are stored, none where there is no place for them.
func (f *factory) loadAccounts() (*accounts, error) {
	a := &accounts{}
	path, err := f.accountsFile()
	if err != nil {
		return a, nil // what cannot be stored is not there
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err == nil {
		err = json.NewDecoder(file).Decode(a)
	}
	if err != nil {
		return nil, fmt.Errorf("the accounts in %s cannot be read: %w", path, err)
	}
	holdsSecret := slices.ContainsFunc(a.Accounts, func(a account) bool { return a.Password != "" })
	if holdsSecret && info.Mode().Perm()&0o077 != 0 && !windows && !f.warnedAccounts {
		f.warnedAccounts = true
		f.warn("others can read %s, and the passwords in it; 'chmod 600' stops that", path)
	}
	return a, nil
}

func (f *factory) saveAccounts(a *accounts) error {
	path, err := f.accountsFile()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return safefile.Write(path, 0o600, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(a)
	})
}

// find gives the account that is called so.
func (a *accounts) find(name string) (account, bool) {
	for _, one := range a.Accounts {
		if one.name() == name {
			return one, true
		}
	}
	return account{}, false
}

// put stores an account in place of the one with its name, and makes it the active one.
func (a *accounts) put(one account) {
	a.remove(one.name())
	a.Accounts = append(a.Accounts, one)
	a.Active = one.name()
}

// remove takes an account out; if it was the active one, the first of the others is that now.
func (a *accounts) remove(name string) {
	a.Accounts = slices.DeleteFunc(a.Accounts, func(one account) bool { return one.name() == name })
	if a.Active == name {
		a.Active = ""
		if len(a.Accounts) > 0 {
			a.Active = a.Accounts[0].name()
		}
	}
}

// choose gives the account for an address and a user, either of which may be empty: then the active account is preferred.
func (a *accounts) choose(address, user string) (account, bool) {
	fits := func(one account) bool {
		return (address == "" || sameAddress(one.URL, address)) && (user == "" || one.User == user)
	}
	if one, ok := a.find(a.Active); ok && fits(one) {
		return one, true
	}
	if i := slices.IndexFunc(a.Accounts, fits); i >= 0 && (address != "" || user != "") {
		return a.Accounts[i], true
	}
	return account{}, false
}

func sameAddress(a, b string) bool { return strings.TrimRight(a, "/") == strings.TrimRight(b, "/") }

// named gives the account that is called so, or the active one for "".
func (a *accounts) named(name string) (account, error) {
	if len(a.Accounts) == 0 {
		return account{}, &accountError{next: "none is stored; 'confab auth login' stores one"}
	}
	if name == "" {
		name = a.Active
	}
	one, ok := a.find(name)
	if !ok {
		return account{}, &missingError{fmt.Sprintf("no account %q is stored", name), "there are " + strings.Join(a.names(), ", ")}
	}
	return one, nil
}

func (a *accounts) names() []string {
	names := make([]string, len(a.Accounts))
	for i, one := range a.Accounts {
		names[i] = one.name()
	}
	return names
}
