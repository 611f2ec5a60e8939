package api

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/core"
)

// The namespaces of properties.
const (
	nsDAV = "DAV:"
	nsOC  = "http://owncloud.org/ns"
	nsNC  = "http://nextcloud.org/ns"
	nsOCS = "http://open-collaboration-services.org/ns"
)

// The bounds on what a PROPFIND may ask.
const (
	maxPropfind   = 64 << 10
	maxProperties = 200
)

// allProperties are those of an answer to "all of them".
var allProperties = []xml.Name{
	{Space: nsDAV, Local: "getlastmodified"},
	{Space: nsDAV, Local: "getcontentlength"},
	{Space: nsDAV, Local: "resourcetype"},
	{Space: nsDAV, Local: "quota-used-bytes"},
	{Space: nsDAV, Local: "quota-available-bytes"},
	{Space: nsDAV, Local: "getetag"},
	{Space: nsDAV, Local: "getcontenttype"},
}

// propfind is what a PROPFIND asks.
type propfind struct {
	names []xml.Name
	all   bool // asked for all there are: what a file does not have is not mentioned
}

// readPropfind reads what is asked. Entities and document types are no part of it.
func (rq *request) readPropfind() (propfind, error) {
	everything := propfind{names: allProperties, all: true}
	d := xml.NewDecoder(http.MaxBytesReader(rq.w, rq.r.Body, maxPropfind))
	var p propfind
	depth, asked := 0, false
	for {
		token, err := d.Token()
		var tooLarge *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			if !asked {
				return everything, nil
			}
			return p, nil
		case errors.As(err, &tooLarge):
			return p, &davError{status: http.StatusRequestEntityTooLarge, exception: `Sabre\DAV\Exception\BadRequest`, message: "The request body is too large"}
		case err != nil:
			return p, davBadRequest("The request body is no XML")
		}
		switch token := token.(type) {
		case xml.Directive:
			return p, davBadRequest("The request body has a document type")
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(token)) > 0 {
				return p, davBadRequest("The request body is no XML")
			}
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			switch {
			case depth == 1 && token.Name != xml.Name{Space: nsDAV, Local: "propfind"}:
				return p, davBadRequest("The request body is no propfind")
			case depth == 2 && token.Name.Local == "prop":
				asked = true
			case depth == 2 && token.Name.Local == "allprop":
				asked, p = true, everything
			case depth == 3 && !aloneName(token.Name.Local):
				return p, davBadRequest("The request body is no XML")
			case depth == 3 && len(p.names) == maxProperties:
				return p, davBadRequest("The request asks for too many properties")
			case depth == 3 && !p.all:
				p.names = append(p.names, token.Name)
			}
		}
	}
}

// aloneName says whether a name that a client wrote can be written again with
// another prefix, or none: package xml is not strict about colons and what follows.
func aloneName(local string) bool {
	first, _ := utf8.DecodeRuneInString(local)
	return (first == '_' || unicode.IsLetter(first)) && !strings.Contains(local, ":")
}

// property is a property with its value, which is XML.
type property struct {
	name  xml.Name
	value string
}

// resource is one entry of an answer.
type resource struct {
	href       string
	properties map[xml.Name]string // values as XML
}

// depth reads how deep a PROPFIND looks. Deeper than one folder is not served.
func (rq *request) depth() int {
	if rq.r.Header.Get("Depth") == "0" {
		return 0
	}
	return 1
}

func (rq *request) propfindFiles(t davTarget) error {
	rq.w.Header().Set("DAV", "1, 3")
	asked, err := rq.readPropfind()
	if err != nil {
		return err
	}
	var n core.Node
	var children []core.Node
	if rq.depth() == 0 {
		n, err = rq.core.Stat(rq.r.Context(), rq.caller, t.path)
	} else {
		n, children, err = rq.core.List(rq.r.Context(), rq.caller, t.path)
	}
	if err != nil {
		return err
	}
	return rq.multistatus(asked, func(yield func(resource)) {
		yield(rq.fileResource(t.base, n))
		for _, child := range children {
			yield(rq.fileResource(t.base, child))
		}
	})
}

// fileResource describes a file or folder.
func (rq *request) fileResource(base string, n core.Node) resource {
	var href strings.Builder
	href.WriteString(base)
	for _, segment := range n.Path {
		href.WriteString("/" + davEscape(segment))
	}
	dav := func(name string) xml.Name { return xml.Name{Space: nsDAV, Local: name} }
	oc := func(name string) xml.Name { return xml.Name{Space: nsOC, Local: name} }
	nc := func(name string) xml.Name { return xml.Name{Space: nsNC, Local: name} }
	owner, err := rq.core.Account(n.Owner)
	if err != nil {
		owner.ID = n.Owner // gone a moment ago
	}
	mountType := ""
	if n.Mount {
		mountType = "shared"
	}
	size := strconv.FormatInt(n.Size, 10)
	p := map[xml.Name]string{
		dav("getlastmodified"):   time.Unix(n.Modified, 0).UTC().Format(http.TimeFormat),
		dav("getetag"):           "&quot;" + n.ETag + "&quot;",
		oc("id"):                 rq.fileID(n.ID),
		oc("fileid"):             strconv.FormatInt(n.ID, 10),
		oc("permissions"):        permissionLetters(n),
		oc("size"):               size,
		oc("owner-id"):           xmlText(owner.ID),
		oc("owner-display-name"): xmlText(owner.DisplayName),
		oc("favorite"):           "0",
		nc("has-preview"):        strconv.FormatBool(n.HasPreview()),
		nc("mount-type"):         mountType,
		{Space: nsOCS, Local: "share-permissions"}: strconv.Itoa(n.Permissions),
	}
	if len(n.Path) > 0 {
		p[dav("displayname")] = xmlText(n.Path[len(n.Path)-1])
	}
	if n.Folder {
		href.WriteByte('/')
		p[dav("resourcetype")] = "<d:collection/>"
		p[dav("quota-used-bytes")] = size
		p[dav("quota-available-bytes")] = "-3" // no limit
	} else {
		p[dav("resourcetype")] = ""
		p[dav("getcontenttype")] = n.MimeType
		p[dav("getcontentlength")] = size
		if n.Checksum != "" {
			p[oc("checksums")] = "<oc:checksum>" + xmlText(n.Checksum) + "</oc:checksum>"
		}
	}
	return resource{href.String(), p}
}

// permissionLetters writes what may be done with a file as WebDAV's clients know it.
func permissionLetters(n core.Node) string {
	var b strings.Builder
	allowed := n.Permissions
	if n.Mount {
		allowed |= core.FileUpdate | core.FileDelete // it can be renamed and let go
	}
	if n.Share != nil {
		b.WriteByte('S')
	}
	for _, l := range []struct {
		bit     int
		letters string
	}{{core.FileShare, "R"}, {core.FileRead, "G"}, {core.FileDelete, "D"}, {core.FileUpdate, "NV"}} {
		if allowed&l.bit != 0 {
			b.WriteString(l.letters)
		}
	}
	switch {
	case n.Folder && n.Permissions&core.FileCreate != 0:
		b.WriteString("CK")
	case !n.Folder && n.Permissions&core.FileUpdate != 0:
		b.WriteByte('W')
	}
	return b.String()
}

func (rq *request) propfindUpload(t davTarget) error {
	rq.w.Header().Set("DAV", "1, 3")
	asked, err := rq.readPropfind()
	if err != nil {
		return err
	}
	chunks, err := rq.core.Chunks(rq.r.Context(), rq.caller, t.path[0])
	if err != nil {
		return err
	}
	href := t.base + "/" + davEscape(t.path[0]) + "/"
	return rq.multistatus(asked, func(yield func(resource)) {
		yield(resource{href, map[xml.Name]string{{Space: nsDAV, Local: "resourcetype"}: "<d:collection/>"}})
		if rq.depth() == 0 {
			return
		}
		for _, c := range chunks {
			size := strconv.FormatInt(c.Size, 10)
			yield(resource{href + davEscape(c.Name), map[xml.Name]string{
				{Space: nsDAV, Local: "resourcetype"}:     "",
				{Space: nsDAV, Local: "getcontentlength"}: size,
				{Space: nsDAV, Local: "getlastmodified"}:  time.Unix(c.Modified, 0).UTC().Format(http.TimeFormat),
				{Space: nsDAV, Local: "getetag"}:          "&quot;" + c.Blob + "&quot;",
				{Space: nsOC, Local: "size"}:              size,
			}})
		}
	})
}

// multistatus answers with resources as they come.
func (rq *request) multistatus(asked propfind, each func(yield func(resource))) error {
	rq.w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	rq.w.WriteHeader(http.StatusMultiStatus)
	w := bufio.NewWriter(rq.w)
	fmt.Fprintf(w, "<?xml version=\"1.0\"?>\n<d:multistatus xmlns:d=%q xmlns:s=\"http://sabredav.org/ns\" xmlns:oc=%q xmlns:nc=%q>", nsDAV, nsOC, nsNC)
	each(func(r resource) {
		var have, missing []property
		for _, name := range asked.names {
			if v, ok := r.properties[name]; ok {
				have = append(have, property{name, v})
			} else {
				missing = append(missing, property{name: name})
			}
		}
		fmt.Fprint(w, "<d:response><d:href>"+xmlText(r.href)+"</d:href>")
		if len(have) > 0 || asked.all {
			writePropstat(w, have, "200 OK")
		}
		if len(missing) > 0 && !asked.all {
			writePropstat(w, missing, "404 Not Found")
		}
		fmt.Fprint(w, "</d:response>")
	})
	fmt.Fprint(w, "</d:multistatus>\n")
	_ = w.Flush() // a client that is gone cannot be told
	return nil
}

func writePropstat(w *bufio.Writer, properties []property, status string) {
	fmt.Fprint(w, "<d:propstat><d:prop>")
	for _, p := range properties {
		name, space := qualified(p.name)
		if p.value == "" {
			fmt.Fprint(w, "<"+name+space+"/>")
			continue
		}
		fmt.Fprint(w, "<"+name+space+">"+p.value+"</"+name+">")
	}
	fmt.Fprint(w, "</d:prop><d:status>HTTP/1.1 "+status+"</d:status></d:propstat>")
}

// qualified writes the name of a property, with its namespace when the answer has not declared it.
func qualified(n xml.Name) (name, space string) {
	switch n.Space {
	case nsDAV:
		return "d:" + n.Local, ""
	case nsOC:
		return "oc:" + n.Local, ""
	case nsNC:
		return "nc:" + n.Local, ""
	case "":
		return n.Local, ""
	default:
		return "x1:" + n.Local, ` xmlns:x1="` + xmlText(n.Space) + `"`
	}
}
