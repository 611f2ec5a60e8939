package files

import (
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
)

const (
	filesRoot   = "/remote.php/dav/files/"
	uploadsRoot = "/remote.php/dav/uploads/"
)

// filePath is a path that has been checked: "/" or "/Talk/a.png".
type filePath string

// isName reports whether a name can stand between two slashes and mean nothing else than itself.
func isName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00") && utf8.ValidString(name)
}

// parsePath checks a path of the caller's; field is what to call it in the error.
func parsePath(op, field, given string) (filePath, error) {
	rest := strings.TrimPrefix(given, "/")
	if rest == "" {
		return "/", nil
	}
	for name := range strings.SplitSeq(rest, "/") {
		switch {
		case isName(name):
		case name == "":
			return "", ocs.Invalid(op, field, "%q has an empty name in it", given)
		case name == "." || name == "..":
			return "", ocs.Invalid(op, field, "%q has the name %q in it, which no file has", given, name)
		default:
			return "", ocs.Invalid(op, field, "%q is not UTF-8, or has a NUL in it", given)
		}
	}
	return filePath("/" + rest), nil
}

// parseFile is parsePath for what must not be the root.
func parseFile(op, field, given string) (filePath, error) {
	p, err := parsePath(op, field, given)
	if err == nil && p == "/" {
		return "", ocs.Invalid(op, field, "%q is the root of the user's files", given)
	}
	return p, err
}

// parseDir is parsePath for folders, which people write with a slash at the end, too.
func parseDir(op, field, given string) (filePath, error) {
	return parsePath(op, field, strings.TrimSuffix(given, "/"))
}

func (p filePath) name() string {
	if p == "/" {
		return ""
	}
	return path.Base(string(p))
}

func (p filePath) dir() filePath { return filePath(path.Dir(string(p))) }

// escaped gives the path as it stands in a URL.
func (p filePath) escaped() string {
	if p == "/" {
		return "/"
	}
	var b strings.Builder
	for name := range strings.SplitSeq(string(p[1:]), "/") {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(name))
	}
	return b.String()
}
