package files

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// Node is a file or a folder. One that was found through [Service.Stat] or [Service.List] has all that the server tells;
// one that a message of a conversation holds has no OwnerID and no Modified.
type Node struct {
	// ID is the number of the file on its server. It stays when the file is renamed or moved.
	ID string
	// Path leads from the root of the user's files: "/Talk/a.png".
	Path  string
	Name  string
	IsDir bool
	// Size is in bytes; that of a folder counts everything in it.
	Size     int64
	MimeType string // empty for folders
	// ETag changes with the content. It has no quotes around it.
	ETag        string
	Permissions Permissions
	Modified    time.Time
	// PreviewAvailable says that there is a picture of it, for [Service.Preview].
	PreviewAvailable bool
	// Link opens the file in a browser.
	Link             string
	OwnerID          string
	OwnerDisplayName string
	// Width and Height of a picture are in pixels, 0 when the server does not know.
	Width, Height int
}

// propfind asks for everything that a Node has.
const propfind = `<?xml version="1.0"?>` +
	`<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop>` +
	`<d:getlastmodified/><d:getetag/><d:getcontenttype/><d:getcontentlength/><d:resourcetype/>` +
	`<oc:fileid/><oc:permissions/><oc:size/><oc:owner-id/><oc:owner-display-name/>` +
	`<nc:has-preview/><nc:metadata-photos-size/></d:prop></d:propfind>`

// node makes a Node of what a server says of one resource, the root of which is at base/remote.php/dav/files/uid.
func (r *davResponse) node(base *url.URL, uid string) (*Node, error) {
	p, err := hrefPath(r.Href, uid)
	if err != nil {
		return nil, err
	}
	if code := statusCode(r.Status); r.Status != "" && code != http.StatusOK {
		return nil, fmt.Errorf("the server says %q of %q", r.Status, p)
	}
	n := &Node{Path: string(p), Name: p.name()}
	for _, s := range r.Propstats {
		if statusCode(s.Status) != http.StatusOK {
			continue
		}
		if err := n.set(&s.Prop); err != nil {
			return nil, fmt.Errorf("%q: %w", p, err)
		}
	}
	if n.ID != "" {
		n.Link = base.JoinPath("index.php", "f", n.ID).String()
	}
	return n, nil
}

// set takes over the properties that a server has of a node.
func (n *Node) set(p *davProp) error {
	for _, number := range []struct {
		name, text string
		set        func(int64)
	}{
		{"size", p.Size, func(v int64) { n.Size = max(v, 0) }}, // of a folder not counted yet it is negative
		{"getcontentlength", p.ContentLength, func(v int64) { n.Size = max(v, 0) }},
		{"width", p.PhotoSize.Width, func(v int64) { n.Width = int(v) }},
		{"height", p.PhotoSize.Height, func(v int64) { n.Height = int(v) }},
	} {
		if number.text == "" {
			continue
		}
		v, err := strconv.ParseInt(number.text, 10, 64)
		if err != nil {
			return fmt.Errorf("%s is %q", number.name, number.text)
		}
		number.set(v)
	}
	if p.FileID != "" {
		if !isNumber(p.FileID) {
			return fmt.Errorf("fileid is %q", p.FileID)
		}
		n.ID = p.FileID
	}
	if p.Permissions != "" {
		permissions, err := ParsePermissions(p.Permissions)
		if err != nil {
			return err
		}
		n.Permissions = permissions
	}
	if p.LastModified != "" {
		modified, err := http.ParseTime(p.LastModified)
		if err != nil {
			return fmt.Errorf("getlastmodified is %q", p.LastModified)
		}
		n.Modified = modified.UTC()
	}
	keep := func(field *string, text string) {
		if text != "" {
			*field = text
		}
	}
	keep(&n.MimeType, p.ContentType)
	keep(&n.ETag, bareETag(p.ETag))
	keep(&n.OwnerID, p.OwnerID)
	keep(&n.OwnerDisplayName, p.OwnerDisplayName)
	n.IsDir = n.IsDir || p.ResourceType.Collection != nil
	n.PreviewAvailable = n.PreviewAvailable || p.HasPreview == "true" || p.HasPreview == "1"
	return nil
}

// hrefPath reads the path of a file out of the address that a server gives for it.
func hrefPath(href, uid string) (filePath, error) {
	u, err := url.Parse(href)
	if err != nil {
		return "", fmt.Errorf("href %q is not an address", href)
	}
	names := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, name := range names {
		if names[i], err = url.PathUnescape(name); err != nil {
			return "", fmt.Errorf("href %q is not an address", href)
		}
	}
	// What stands before is the server's own path, which a proxy may have changed.
	root := -1
	for i := 0; i+4 <= len(names) && root < 0; i++ {
		if names[i] == "remote.php" && names[i+1] == "dav" && names[i+2] == "files" && names[i+3] == uid {
			root = i + 4
		}
	}
	if root < 0 {
		return "", fmt.Errorf("href %q is not one of the user's files", href)
	}
	for _, name := range names[root:] {
		if !isName(name) {
			return "", fmt.Errorf("href %q has a name in it that no file has", href)
		}
	}
	return filePath(path.Join(append([]string{"/"}, names[root:]...)...)), nil
}

// statusCode reads the code out of a line such as "HTTP/1.1 200 OK"; 0 if there is none.
func statusCode(line string) int {
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return 0
	}
	code, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return code
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// bareETag takes off an ETag the quotes and the mark of a weak one.
func bareETag(tag string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
}

// quotedETag makes of the caller's ETag the one of a header; field is what to call it in the error.
func quotedETag(op, field, tag string) (string, error) {
	bare := bareETag(tag)
	if bare == "" || strings.ContainsFunc(bare, func(r rune) bool { return r <= ' ' || r == '"' || r >= 0x7f }) {
		return "", ocs.Invalid(op, field, "%q is not an ETag", tag)
	}
	return `"` + bare + `"`, nil
}
