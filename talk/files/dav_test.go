package files

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

const testUser = "anna@example.com"

// davNode is a file or folder of the fake.
type davNode struct {
	id       int
	dir      bool
	data     []byte
	size     int64
	modified time.Time
}

func (n *davNode) etag() string {
	sum := sha1.Sum(fmt.Appendf(nil, "%d %d %x", n.id, n.size, n.data))
	return hex.EncodeToString(sum[:8])
}

// dav is a small WebDAV server that answers as the recorded one does. What it is told lands in memory, unless discard
// is set: then only sizes do.
type dav struct {
	discard bool

	mu      sync.Mutex
	nodes   map[string]*davNode // by path, "/" is the root
	uploads map[string]map[int]*davNode
	next    int
	log     []string // method and path of every request
	headers map[string]http.Header
}

func newDAV() *dav {
	return &dav{
		nodes:   map[string]*davNode{"/": {id: 1, dir: true}},
		uploads: map[string]map[int]*davNode{}, next: 100, headers: map[string]http.Header{},
	}
}

// fake is a service with a fake server behind it, below a path, as many real ones are.
func fake(t testing.TB, transport http.RoundTripper) (*Service, *dav) {
	t.Helper()
	d := newDAV()
	return serviceFor(t, http.StripPrefix("/nextcloud", d), transport), d
}

// serviceFor gives a service that does not wait when it tries again.
func serviceFor(t testing.TB, h http.Handler, transport http.RoundTripper) *Service {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	noWait := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	conn, err := ocs.New(ocs.Config{
		BaseURL: srv.URL + "/nextcloud", Auth: ocs.Basic("anna", "hush-password"),
		HTTPClient: &http.Client{Transport: transport}, Retry: ocs.Retry{Sleep: noWait},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := New(conn)
	s.wait = noWait
	return s
}

// put makes a file, with the folders that it is in.
func (d *dav) put(name, content string) {
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		d.nodes[dir] = &davNode{id: d.newID(), dir: true}
	}
	d.nodes[name] = &davNode{id: d.newID(), data: []byte(content), size: int64(len(content))}
}

func (d *dav) newID() int { d.next++; return d.next }

// content gives what a file holds, "<none>" if there is none.
func (d *dav) content(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.nodes[name]; n != nil {
		return string(n.data)
	}
	return "<none>"
}

// requests gives the methods of all requests, in order.
func (d *dav) requests() (methods []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.log {
		method, _, _ := strings.Cut(line, " ")
		methods = append(methods, method)
	}
	return methods
}

func (d *dav) leftUploads() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.uploads)
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>x</s:exception><s:message>%s</s:message></d:error>`, message)
}

func (d *dav) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The body is read outside of the lock, so that a slow one does not hold others up.
	content := &davNode{}
	var err error
	if d.discard {
		content.size, err = io.Copy(io.Discard, r.Body)
	} else {
		content.data, err = io.ReadAll(r.Body)
		content.size = int64(len(content.data))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, r.Method+" "+r.URL.EscapedPath())
	d.headers[r.Method] = r.Header
	if u, p, ok := r.BasicAuth(); !ok || u != "anna" || p != "hush-password" {
		refuse(w, 401, "no")
		return
	}
	if err != nil {
		refuse(w, 400, "the body breaks off")
		return
	}
	if r.URL.Path == "/ocs/v2.php/cloud/user" {
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"id":%q}}}`, testUser)
		return
	}
	user := url.PathEscape(testUser)
	if p, ok := strings.CutPrefix(r.URL.EscapedPath(), "/remote.php/dav/files/"+user); ok {
		name, err := url.PathUnescape(path.Clean("/" + p))
		if err != nil {
			refuse(w, 400, err.Error())
			return
		}
		d.files(w, r, name, content)
		return
	}
	if p, ok := strings.CutPrefix(r.URL.Path, "/remote.php/dav/uploads/"+testUser+"/"); ok {
		d.upload(w, r, p, content)
		return
	}
	refuse(w, 404, "no such place")
}

func (d *dav) files(w http.ResponseWriter, r *http.Request, name string, content *davNode) {
	n := d.nodes[name]
	if m := r.Header.Get("If-Match"); m != "" && (n == nil || m != `"`+n.etag()+`"`) || r.Header.Get("If-None-Match") == "*" && n != nil {
		refuse(w, 412, "precondition")
		return
	}
	parent := d.nodes[path.Dir(name)]
	switch {
	case r.Method == "MKCOL" && n != nil:
		refuse(w, 405, "The resource you tried to create already exists")
	case r.Method == "MKCOL" && (parent == nil || !parent.dir):
		refuse(w, 409, "Parent node does not exist")
	case r.Method == "MKCOL":
		d.nodes[name] = &davNode{id: d.newID(), dir: true}
		w.WriteHeader(201)
	case r.Method == "PUT" && n != nil && n.dir:
		refuse(w, 409, "PUT is not allowed on non-files.")
	case r.Method == "PUT" && (parent == nil || !parent.dir):
		refuse(w, 404, "File with name //nodir could not be located")
	case r.Method == "PUT":
		d.store(w, r, name, content)
	case n == nil:
		refuse(w, 404, "File with name "+name+" could not be located")
	case r.Method == "PROPFIND":
		d.propfind(w, r, name)
	case r.Method == "GET" && !n.dir:
		w.Header().Set("ETag", `"`+n.etag()+`"`)
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		http.ServeContent(w, r, "", n.modified, bytes.NewReader(n.data))
	case r.Method == "DELETE":
		d.remove(name)
		w.WriteHeader(204)
	case r.Method == "MOVE" || r.Method == "COPY":
		d.transfer(w, r, name)
	default:
		refuse(w, 405, "no")
	}
}

func (d *dav) store(w http.ResponseWriter, r *http.Request, name string, content *davNode) {
	code, id := 201, d.newID()
	if old := d.nodes[name]; old != nil {
		code, id = 204, old.id
	}
	content.id = id
	if secs, err := strconv.ParseInt(r.Header.Get("X-OC-Mtime"), 10, 64); err == nil {
		content.modified = time.Unix(secs, 0)
	}
	d.nodes[name] = content
	w.Header().Set("ETag", `"`+content.etag()+`"`)
	w.Header().Set("OC-FileId", fmt.Sprintf("%08docinstance", id))
	w.WriteHeader(code)
}

func (d *dav) remove(name string) {
	for p := range d.nodes {
		if p == name || strings.HasPrefix(p, name+"/") {
			delete(d.nodes, p)
		}
	}
}

// target reads the destination of a request, and refuses one that cannot be.
func (d *dav) target(w http.ResponseWriter, r *http.Request) (string, bool) {
	u, err := url.Parse(r.Header.Get("Destination"))
	if err != nil {
		refuse(w, 400, "destination")
		return "", false
	}
	name, ok := strings.CutPrefix(u.Path, "/nextcloud/remote.php/dav/files/"+testUser)
	switch parent := d.nodes[path.Dir(name)]; {
	case !ok:
		refuse(w, 400, "destination")
	case parent == nil || !parent.dir:
		refuse(w, 409, "The destination node is not found")
	case d.nodes[name] != nil && r.Header.Get("Overwrite") == "F":
		refuse(w, 412, "The destination node already exists, and the overwrite header is set to false")
	case r.Header.Get("If") != "" && (d.nodes[name] == nil || r.Header.Get("If") != fmt.Sprintf("<%s> ([%q])", r.Header.Get("Destination"), d.nodes[name].etag())):
		refuse(w, 412, "None of the conditions in the specified If header matched")
	default:
		return name, true
	}
	return "", false
}

func (d *dav) transfer(w http.ResponseWriter, r *http.Request, from string) {
	to, ok := d.target(w, r)
	if !ok {
		return
	}
	code := 201
	if d.nodes[to] != nil {
		code = 204
		d.remove(to)
	}
	for p, n := range d.nodes {
		if p == from || strings.HasPrefix(p, from+"/") {
			moved := *n
			if r.Method == "MOVE" {
				delete(d.nodes, p)
			} else {
				moved.id = d.newID()
			}
			d.nodes[to+strings.TrimPrefix(p, from)] = &moved
		}
	}
	w.WriteHeader(code)
}

// upload serves the folders with the chunks of uploads.
func (d *dav) upload(w http.ResponseWriter, r *http.Request, p string, content *davNode) {
	id, chunk, _ := strings.Cut(p, "/")
	if r.Header.Get("Destination") == "" {
		refuse(w, 400, "no destination")
		return
	}
	chunks, there := d.uploads[id]
	number, _ := strconv.Atoi(chunk)
	switch {
	case r.Method == "MKCOL" && there:
		refuse(w, 405, "it exists")
	case r.Method == "MKCOL":
		d.uploads[id] = map[int]*davNode{}
		w.WriteHeader(201)
	case !there:
		refuse(w, 404, "no such upload")
	case r.Method == "DELETE" && chunk == "":
		delete(d.uploads, id)
		w.WriteHeader(204)
	case r.Method == "PROPFIND" && chunk == "":
		w.WriteHeader(207)
	case r.Method == "PUT" && number >= 1 && number <= 10000:
		chunks[number] = content
		w.WriteHeader(201)
	case r.Method == "MOVE" && chunk == ".file":
		to, ok := d.target(w, r)
		if !ok {
			return
		}
		whole := &davNode{}
		for i := 1; i <= len(chunks); i++ {
			if chunks[i] == nil {
				refuse(w, 400, "a chunk is missing")
				return
			}
			whole.data = append(whole.data, chunks[i].data...)
			whole.size += chunks[i].size
		}
		if want := r.Header.Get("OC-Total-Length"); want != strconv.FormatInt(whole.size, 10) {
			refuse(w, 400, "Chunks on server do not sum up to "+want)
			return
		}
		delete(d.uploads, id)
		d.store(w, r, to, whole)
	default:
		refuse(w, 405, "no")
	}
}

func (d *dav) propfind(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(207)
	_, _ = io.WriteString(w, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">`)
	names := []string{name}
	if r.Header.Get("Depth") == "1" {
		for p := range d.nodes {
			if p != "/" && path.Dir(p) == name {
				names = append(names, p)
			}
		}
	}
	slices.Sort(names)
	for _, p := range names {
		n := d.nodes[p]
		kind, permissions, slash := "", "RGDNVW", ""
		if n.dir {
			kind, permissions, slash = "<d:collection/>", "RGDNVCK", "/"
		}
		href := &url.URL{Path: "/nextcloud/remote.php/dav/files/" + testUser + strings.TrimSuffix(p, "/") + slash}
		fmt.Fprint(w, `<d:response><d:href>`)
		_ = xml.EscapeText(w, []byte(href.EscapedPath()))
		fmt.Fprintf(w, `</d:href><d:propstat><d:prop><d:getlastmodified>%s</d:getlastmodified><d:getetag>&quot;%s&quot;</d:getetag><d:resourcetype>%s</d:resourcetype><oc:fileid>%d</oc:fileid><oc:permissions>%s</oc:permissions><oc:size>%d</oc:size></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
			n.modified.UTC().Format(http.TimeFormat), n.etag(), kind, n.id, permissions, n.size)
	}
	fmt.Fprint(w, `</d:multistatus>`)
}
