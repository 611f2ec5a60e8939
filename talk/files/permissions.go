package files

import (
	"fmt"
	"strconv"
	"strings"
)

// Permissions is a set of bits that say what may be done with a file or folder.
type Permissions int

// The permissions of files, as Nextcloud counts them.
const (
	PermissionRead   Permissions = 1
	PermissionUpdate Permissions = 2 // change, rename and move
	PermissionCreate Permissions = 4 // make files and folders in a folder
	PermissionDelete Permissions = 8
	PermissionShare  Permissions = 16
)

var permissionNames = []string{"read", "update", "create", "delete", "share"}

// Has reports whether all the given bits are set.
func (p Permissions) Has(bits Permissions) bool { return p&bits == bits }

// String names the bits that are set, as in "read|update"; bits without a name follow as a hexadecimal rest.
func (p Permissions) String() string {
	if p == 0 {
		return "none"
	}
	var set []string
	for i, name := range permissionNames {
		if bit := Permissions(1) << i; p.Has(bit) {
			set = append(set, name)
			p &^= bit
		}
	}
	if p != 0 {
		set = append(set, fmt.Sprintf("%#x", int(p)))
	}
	return strings.Join(set, "|")
}

// letters are those that WebDAV has for permissions. S and M tell where a file comes from, not what may be done with it.
var letters = map[rune]Permissions{
	'G': PermissionRead,
	'W': PermissionUpdate, 'N': PermissionUpdate, 'V': PermissionUpdate,
	'C': PermissionCreate, 'K': PermissionCreate,
	'D': PermissionDelete,
	'R': PermissionShare,
}

// ParsePermissions reads permissions as messages of Talk hold them ("27") and as WebDAV gives them ("RGDNVW"); both of
// these are the same. Capital letters that mean nothing to this package are passed over. An empty text is no permission.
func ParsePermissions(text string) (Permissions, error) {
	if text == "" {
		return 0, nil
	}
	if text[0] >= '0' && text[0] <= '9' {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return 0, fmt.Errorf("permissions %q: not a number of permission bits", text)
		}
		return Permissions(n), nil
	}
	var p Permissions
	for _, r := range text {
		if r < 'A' || r > 'Z' {
			return 0, fmt.Errorf("permissions %q: neither a number nor capital letters", text)
		}
		p |= letters[r]
	}
	return p, nil
}
