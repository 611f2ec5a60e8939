package core

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// defaultAttachmentFolder is where shared files are kept unless the user says otherwise.
const defaultAttachmentFolder = "/Talk"

// Preferences are what a user has chosen.
type Preferences struct {
	// AttachmentFolder is where files from conversations are, "" for the usual place.
	AttachmentFolder string `json:"attachmentFolder,omitempty"`
	// ReadPrivacy is 1 for users who hide how far they have read. It is kept with the account.
	ReadPrivacy int `json:"-"`
	// TypingPrivacy is 1 for users who hide that they write.
	TypingPrivacy int `json:"typingPrivacy,omitempty"`
	// Choices are what only the user's own clients look at.
	Choices map[string]string `json:"choices,omitempty"`
}

// choices are what a user's own clients look at, with the values they may have.
var choices = map[string][]string{
	"play_sounds":               {"yes", "no"},
	"calls_start_without_media": {"yes", "no"},
	"blur_virtual_background":   {"yes", "no"},
	"conversations_list_style":  {"two-lines", "compact"},
}

// Preferences returns what a user has chosen, or what holds for everybody who has not.
func (c *Core) Preferences(userID string) Preferences {
	u, _ := c.dir.user(userID)
	return preferences(&u)
}

func preferences(u *store.User) Preferences {
	var p Preferences
	_ = json.Unmarshal([]byte(u.Settings), &p) // what this program did not write chooses nothing
	if p.AttachmentFolder == "" {
		p.AttachmentFolder = defaultAttachmentFolder
	}
	p.ReadPrivacy = u.ReadPrivacy
	return p
}

// SetPreference changes what the caller has chosen. Its key and value are Talk's.
func (c *Core) SetPreference(ctx context.Context, caller Caller, key, value string) error {
	var folder []string
	var inTheWay *FileError
	if key == "attachment_folder" {
		folder = SplitPath(value)
		if err := checkPath(folder); err != nil {
			return refuse(Invalid, "")
		}
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		u, err := tx.User(caller.UserID)
		if err != nil {
			return orRefuse(err, NotFound, "")
		}
		p := preferences(&u)
		switch key {
		case "attachment_folder":
			if _, err := c.ensureFolder(tx, u.ID, folder); errors.As(err, &inTheWay) {
				return refuse(Invalid, "")
			} else if err != nil {
				return err
			}
			p.AttachmentFolder = JoinPath(folder)
		case "read_status_privacy", "typing_privacy":
			if value != "0" && value != "1" {
				return refuse(Invalid, "")
			}
			private := int(value[0] - '0')
			if key == "typing_privacy" {
				p.TypingPrivacy = private
				break
			}
			u.ReadPrivacy = private
			if err := tx.SetReadPrivate(u.ID, private == 1); err != nil {
				return err
			}
		default:
			if !slices.Contains(choices[key], value) {
				return refuse(Invalid, "")
			}
			if p.Choices == nil {
				p.Choices = map[string]string{}
			}
			p.Choices[key] = value
		}
		settings, err := json.Marshal(p)
		if err != nil {
			return err
		}
		u.Settings = string(settings)
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		c.dir.setUser(tx, u)
		return nil
	})
}

// SplitPath takes a path apart. Slashes at its ends, and more than one in a row, mean nothing.
func SplitPath(path string) []string {
	return slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" })
}

// JoinPath puts a path together, which begins with a slash.
func JoinPath(segments []string) string { return "/" + strings.Join(segments, "/") }
