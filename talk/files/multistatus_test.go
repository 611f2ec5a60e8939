package files

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	msHead  = `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">`
	msTail  = `</d:multistatus>`
	msEmpty = `<d:response><d:href>/remote.php/dav/files/anna/a</d:href></d:response>`
)

func prop(inner string) string {
	return `<d:response><d:href>/remote.php/dav/files/anna/a</d:href><d:propstat><d:prop>` + inner + `</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
}

// decodeAll gives the nodes of a multistatus, and what ended it if not its end.
func decodeAll(r io.Reader) (nodes []*Node, err error) {
	base := &url.URL{Scheme: "https", Host: "cloud.example.com"}
	for m := newMultistatus(r); ; {
		response, err := m.next()
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nodes, err
		}
		n, err := response.node(base, "anna")
		if err != nil {
			return nodes, err
		}
		nodes = append(nodes, n)
	}
}

func TestMultistatus(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in   string
		want string
	}{
		"nothing but the path":  {msEmpty, "/a"},
		"another namespace":     {`<x:response xmlns:x="other"><x:href>/x</x:href></x:response>` + msEmpty, "/a"},
		"prefixes of any name":  {`<response xmlns="DAV:"><href>/remote.php/dav/files/anna/b</href></response>`, "/b"},
		"an address":            {`<d:response><d:href>https://cloud.example.com/remote.php/dav/files/anna/c%20d</d:href></d:response>`, "/c d"},
		"below a path":          {`<d:response><d:href>/x/y/remote.php/dav/files/anna/%C3%BC%F0%9F%98%80%23</d:href></d:response>`, "/ü😀#"},
		"the root":              {`<d:response><d:href>/remote.php/dav/files/anna/</d:href></d:response>`, "/"},
		"the user's name twice": {`<d:response><d:href>/remote.php/dav/files/anna/remote.php/dav/files/anna/e</d:href></d:response>`, "/remote.php/dav/files/anna/e"},
		"whole, with status":    {`<d:response><d:href>/remote.php/dav/files/anna/f</d:href><d:status>HTTP/1.1 200 OK</d:status></d:response>`, "/f"},
	} {
		nodes, err := decodeAll(iotest.OneByteReader(strings.NewReader(msHead + tt.in + msTail)))
		if err != nil || len(nodes) != 1 || nodes[0].Path != tt.want {
			t.Errorf("%s: %+v, %v, want %s", name, nodes, err, tt.want)
		}
	}
	nodes, err := decodeAll(strings.NewReader(msHead + prop(`<oc:size>-1</oc:size><d:resourcetype><d:collection/></d:resourcetype><oc:owner-id>ben</oc:owner-id>`+
		`<oc:owner-display-name>B &amp; n</oc:owner-display-name><nc:metadata-photos-size><width>64</width><nc:height>48</nc:height></nc:metadata-photos-size>`+
		`<oc:permissions>SRMG</oc:permissions><oc:fileid>7</oc:fileid><d:getetag>W/&quot;x&quot;</d:getetag>`) + msTail))
	if err != nil || len(nodes) != 1 {
		t.Fatal(nodes, err)
	}
	if n := *nodes[0]; n != (Node{
		ID: "7", Path: "/a", Name: "a", IsDir: true, Width: 64, Height: 48, OwnerID: "ben", OwnerDisplayName: "B & n",
		Permissions: PermissionShare | PermissionRead, ETag: "x", Link: "https://cloud.example.com/index.php/f/7",
	}) {
		t.Errorf("%+v", n)
	}
}

func TestMultistatusRefusesWhatItIsNot(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	href := func(s string) string { return msHead + `<d:response><d:href>` + s + `</d:href></d:response>` + msTail }
	for name, tt := range map[string]struct {
		in    io.Reader
		want  error
		words string
	}{
		"nothing":                  {strings.NewReader(""), io.ErrUnexpectedEOF, ""},
		"text":                     {strings.NewReader("hello"), io.ErrUnexpectedEOF, ""},
		"another document":         {strings.NewReader("<html><body/></html>"), nil, "not a WebDAV multistatus"},
		"a document type":          {strings.NewReader(`<!DOCTYPE d [<!ENTITY a "aaaa">]>` + msHead + msTail), nil, "document type"},
		"an entity of its own":     {strings.NewReader(msHead + prop(`<d:getetag>&a;</d:getetag>`) + msTail), nil, "entity"},
		"cut between":              {strings.NewReader(msHead + msEmpty), io.ErrUnexpectedEOF, ""},
		"cut within":               {strings.NewReader(msHead + msEmpty[:30]), io.ErrUnexpectedEOF, ""},
		"a connection that breaks": {io.MultiReader(strings.NewReader(msHead+msEmpty), iotest.ErrReader(broken)), broken, "breaks off"},
		"one without end":          {io.MultiReader(strings.NewReader(msHead), endless("<d:response><d:href>", "a")), nil, "more than"},
		"nested without end":       {io.MultiReader(strings.NewReader(msHead), endless("", "<d:response>")), nil, "more than"},
		"a name without end":       {endless("<", "a"), nil, "more than"},
		"another charset":          {strings.NewReader(`<?xml version="1.0" encoding="ebcdic"?>` + msHead + msTail), nil, "encoding"},
		"another user's file":      {strings.NewReader(href("/remote.php/dav/files/ben/a")), nil, "not one of the user's files"},
		"a way out":                {strings.NewReader(href("/remote.php/dav/files/anna/x/../../a")), nil, "no file has"},
		"a way out, hidden":        {strings.NewReader(href("/remote.php/dav/files/anna/%2e%2e/a")), nil, "no file has"},
		"a slash in a name":        {strings.NewReader(href("/remote.php/dav/files/anna/a%2Fb")), nil, "no file has"},
		"a NUL in a name":          {strings.NewReader(href("/remote.php/dav/files/anna/a%00b")), nil, "no file has"},
		"no name":                  {strings.NewReader(href("/remote.php/dav/files/anna//b")), nil, "no file has"},
		"no UTF-8":                 {strings.NewReader(href("/remote.php/dav/files/anna/%ff")), nil, "no file has"},
		"no address":               {strings.NewReader(href("/remote.php/dav/files/anna/%zz")), nil, "not an address"},
		"a refusal":                {strings.NewReader(strings.Replace(msHead+msEmpty+msTail, "</d:response>", "<d:status>HTTP/1.1 403 Forbidden</d:status></d:response>", 1)), nil, "403"},
		"a size that is none":      {strings.NewReader(msHead + prop(`<oc:size>big</oc:size>`) + msTail), nil, "size"},
		"a time that is none":      {strings.NewReader(msHead + prop(`<d:getlastmodified>now</d:getlastmodified>`) + msTail), nil, "getlastmodified"},
		"an id that is none":       {strings.NewReader(msHead + prop(`<oc:fileid>../x</oc:fileid>`) + msTail), nil, "fileid"},
		"permissions that are not": {strings.NewReader(msHead + prop(`<oc:permissions>r!</oc:permissions>`) + msTail), nil, "permissions"},
	} {
		_, err := decodeAll(tt.in)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless is a text that begins with head and goes on with the same for ever.
func endless(head, again string) io.Reader {
	return io.MultiReader(strings.NewReader(head), &repeated8k{text: strings.Repeat(again, 8<<10/len(again))})
}

type repeated8k struct {
	text string
	i    int
}

func (r *repeated8k) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.i:])
	r.i = (r.i + n) % len(r.text)
	return n, nil
}

// A long list must not cost the memory that it is long.
func TestMultistatusIsNotKept(t *testing.T) {
	const count = 200_000
	pr, pw := io.Pipe()
	go func() {
		_, _ = io.WriteString(pw, msHead)
		for i := range count {
			fmt.Fprintf(pw, `<d:response><d:href>/remote.php/dav/files/anna/%d</d:href></d:response>`, i)
		}
		_, _ = io.WriteString(pw, msTail)
		pw.Close()
	}()
	if testing.Short() {
		t.Skip("a long list")
	}
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for m := newMultistatus(pr); ; n++ {
		if _, err := m.next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n == count-1 {
			runtime.GC()
			runtime.ReadMemStats(&during)
		}
	}
	if n != count {
		t.Errorf("%d of %d", n, count)
	}
	if grown := int64(during.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

func FuzzMultistatus(f *testing.F) {
	for _, x := range recorded(f) {
		if x.Method == "PROPFIND" {
			f.Add([]byte(x.ResponseText))
		}
	}
	f.Add([]byte(msHead + msEmpty + prop(`<oc:size>1</oc:size><nc:metadata-photos-size><width>1</width></nc:metadata-photos-size>`) + msTail))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		nodes, err := decodeAll(strings.NewReader(string(in)))
		if errors.Is(err, io.EOF) {
			t.Errorf("an error that is an end: %v", err)
		}
		for _, n := range nodes {
			// What a node says must be fit to be given back to the service.
			p, err := parsePath("", "path", n.Path)
			if err != nil || string(p) != n.Path || p.name() != n.Name {
				t.Errorf("path %q, name %q: %v", n.Path, n.Name, err)
			}
			if n.Size < 0 || n.ID != "" && !isNumber(n.ID) {
				t.Errorf("size %d, id %q", n.Size, n.ID)
			}
		}
	})
}

func FuzzParsePermissions(f *testing.F) {
	for _, s := range []string{"", "0", "27", "31", "RGDNVW", "RGDNVCK", "SRMG", "-1", "27x", "x", "99999999999", "2147483648", "ü", "1G"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		p, err := ParsePermissions(in)
		if err != nil {
			if p != 0 {
				t.Errorf("%q: %v and %v", in, p, err)
			}
			return
		}
		again, err := ParsePermissions(fmt.Sprint(int(p)))
		if p < 0 || err != nil || again != p || p.String() == "" {
			t.Errorf("%q is %v, which is %v, %v", in, p, again, err)
		}
	})
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":        "none",
		"0":       "none",
		"27":      "read|update|delete|share",
		"RGDNVW":  "read|update|delete|share",
		"RGDNVCK": "read|update|create|delete|share",
		"19":      "read|update|share",
		"SRMGX":   "read|share",
		"33":      "read|0x20",
	} {
		if p, err := ParsePermissions(in); err != nil || p.String() != want {
			t.Errorf("%q: %v, %v, want %s", in, p, err, want)
		}
	}
	for _, in := range []string{"-1", "27x", "rg", " ", "2147483648", "1e3", "R G", "Ü"} {
		if p, err := ParsePermissions(in); err == nil {
			t.Errorf("%q: %v", in, p)
		}
	}
	p := PermissionRead | PermissionShare
	if !p.Has(PermissionRead) || p.Has(PermissionRead|PermissionUpdate) || !p.Has(0) {
		t.Errorf("Has of %v", p)
	}
}
