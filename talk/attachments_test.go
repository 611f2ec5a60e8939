package talk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

// folders is a server that keeps a folder for each conversation, as Talk 24 does. It is for one request at a time.
type folders struct {
	t      *testing.T
	status int // of posting, 0 for the one that it has when it works
	drafts map[string]string
	posted []postedFile
	shares int
}

// postedFile is what was posted.
type postedFile struct {
	Path      string `json:"filePath"`
	Reference string `json:"referenceId"`
	MetaData  string `json:"talkMetaData"`
	Name      string `json:"fileName"`
	Update    bool   `json:"allowUpdate"`
}

const inUser = "/remote.php/dav/files/alice"

func (f *folders) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ok := func(data string) {
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
	}
	name, isFile := strings.CutPrefix(r.URL.Path, inUser)
	switch {
	case strings.HasSuffix(r.URL.Path, "/cloud/user"):
		ok(`{"id":"alice"}`)
	case strings.HasSuffix(r.URL.Path, "/attachment/folder"):
		var body struct {
			Names []string `json:"fileNames"`
		}
		decodeBody(f.t, r, &body)
		renames := []string{}
		for _, name := range body.Names {
			renames = append(renames, fmt.Sprintf("{%q:%q}", name, "1-"+name))
		}
		ok(`{"folder":"Talk/Deploys-abcd1234/Draft","renames":[` + strings.Join(renames, ",") + `]}`)
	case strings.HasSuffix(r.URL.Path, "/attachment"):
		var p postedFile
		decodeBody(f.t, r, &p)
		if f.status != 0 {
			w.WriteHeader(f.status)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":{"error":"for people"}}}`)
			return
		}
		f.posted = append(f.posted, p)
		ok(`{"renames":[]}`)
	case strings.HasSuffix(r.URL.Path, "/chat/abcd1234"):
		messages := []string{}
		for i, p := range f.posted {
			messages = append(messages, fmt.Sprintf(`{"id":%d,"token":"abcd1234","referenceId":%q}`, i+1, p.Reference))
		}
		ok("[" + strings.Join(messages, ",") + "]")
	case strings.HasSuffix(r.URL.Path, "/files_sharing/api/v1/shares"):
		f.shares++
		ok(`{"id":"1"}`)
	case !isFile:
		f.t.Errorf("%s %s was asked for", r.Method, r.URL)
	case r.Method == http.MethodPut:
		content, err := io.ReadAll(r.Body)
		if err != nil {
			f.t.Error(err)
		}
		f.drafts[name] = string(content)
		w.Header().Set("Oc-Fileid", "00000001x")
		w.Header().Set("Etag", `"e"`)
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodDelete:
		delete(f.drafts, name)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == "PROPFIND" && f.drafts[name] != "":
		w.WriteHeader(http.StatusMultiStatus)
		fmt.Fprintf(w, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:response><d:href>%s</d:href><d:propstat><d:prop><d:resourcetype/>`+
			`<oc:fileid>1</oc:fileid><oc:size>%d</oc:size></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`, r.URL.EscapedPath(), len(f.drafts[name]))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func newFolders(t *testing.T) (*folders, *talk.Client) {
	t.Helper()
	f := &folders{t: t, drafts: map[string]string{}}
	return f, newerClient(t, f.ServeHTTP)
}

// TestSendFileToAConversationsFolder: where conversations have folders a file is stored as a draft, under a name that nobody
// guesses, and posted from there.
func TestSendFileToAConversationsFolder(t *testing.T) {
	t.Parallel()
	f, c := newFolders(t)
	m := must(c.Chat.SendFile(t.Context(), "abcd1234", "build.log", strings.NewReader("it failed"), &talk.SendFileOptions{
		Size: 9, FileOptions: talk.FileOptions{Caption: "See: ü", ReplyTo: 7, Silent: true},
	}))(t)
	if len(f.posted) != 1 || f.shares != 0 {
		t.Fatalf("posted %+v, shared %d", f.posted, f.shares)
	}
	p := f.posted[0]
	if m.ReferenceID != p.Reference || len(p.Reference) != 64 || p.Name != "build.log" {
		t.Errorf("posted %+v; the message is %+v", p, m)
	}
	dir, base := path.Split(p.Path)
	if dir != "Talk/Deploys-abcd1234/Draft/" || base == "build.log" || path.Ext(base) != ".log" || f.drafts["/"+p.Path] != "it failed" {
		t.Errorf("stored as %s: %q", p.Path, f.drafts)
	}
	var meta any
	if err := json.Unmarshal([]byte(p.MetaData), &meta); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"caption": "See: ü", "replyTo": 7., "silent": true}, meta); diff != "" {
		t.Errorf("with it:\n%s", diff)
	}
}

// TestSendFileThatIsNotPosted leaves nothing behind.
func TestSendFileThatIsNotPosted(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]error{
		http.StatusNotFound: talk.ErrNotFound, http.StatusBadRequest: talk.ErrInvalid, http.StatusInsufficientStorage: files.ErrQuota,
		http.StatusUnprocessableEntity: nil, http.StatusNotImplemented: nil,
	} {
		f, c := newFolders(t)
		f.status = status
		_, err := c.Chat.SendFile(t.Context(), "abcd1234", "a.txt", strings.NewReader("a"), &talk.SendFileOptions{Size: 1})
		var e *talk.Error
		if !errors.As(err, &e) || e.StatusCode != status || kind != nil && !errors.Is(err, kind) {
			t.Errorf("%d: %v", status, err)
		}
		if len(f.drafts) != 0 {
			t.Errorf("%d: left behind: %q", status, f.drafts)
		}
	}
}

// TestSendFileBesideTheFolder: a folder of one's own, and a thread that begins with the file, take the way of other servers.
func TestSendFileBesideTheFolder(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]*talk.SendFileOptions{
		"a folder": {Size: 1, Folder: "/Logs"},
		"a thread": {Size: 1, FileOptions: talk.FileOptions{ThreadTitle: "The log"}},
	} {
		f, c := newFolders(t)
		_, err := c.Chat.SendFile(t.Context(), "abcd1234", "a.txt", strings.NewReader("a"), options)
		if f.shares != 1 || len(f.posted) != 0 {
			t.Errorf("%s: shared %d, posted %+v, %v", name, f.shares, f.posted, err)
		}
	}
}

func TestAttachmentFolder(t *testing.T) {
	t.Parallel()
	_, c := newFolders(t)
	folder := must(c.Chat.AttachmentFolder(t.Context(), "abcd1234", &talk.AttachmentFolderOptions{Names: []string{"a.txt", "b.txt"}}))(t)
	want := &talk.AttachmentFolder{Path: "/Talk/Deploys-abcd1234/Draft", Renames: map[string]string{"a.txt": "1-a.txt", "b.txt": "1-b.txt"}}
	if diff := cmp.Diff(want, folder); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	nowhere := newerClient(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[]}}`)
	})
	if _, err := nowhere.Chat.AttachmentFolder(t.Context(), "abcd1234", nil); !errors.Is(err, talk.ErrBadResponse) {
		t.Errorf("no folder: %v", err)
	}
}

func TestAttachmentsRefuse(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
	post := func(path string, o talk.AttachmentOptions) error {
		return errOf(c.Chat.PostAttachment(t.Context(), "abcd1234", path, &o))
	}
	refusedHere(t, "no path", post("", talk.AttachmentOptions{}), "path")
	refusedHere(t, "a folder", post("/Talk/", talk.AttachmentOptions{}), "path")
	refusedHere(t, "a path for a name", post("/a", talk.AttachmentOptions{Name: "a/b"}), "name")
	refusedHere(t, "no answer", post("/a", talk.AttachmentOptions{FileOptions: talk.FileOptions{ReplyTo: -1}}), "reply to")
	refusedHere(t, "a new thread", post("/a", talk.AttachmentOptions{FileOptions: talk.FileOptions{ThreadTitle: "x"}}), "thread title")
	refusedHere(t, "too long a reference", post("/a", talk.AttachmentOptions{FileOptions: talk.FileOptions{ReferenceID: strings.Repeat("r", 65)}}), "reference id")
	refusedHere(t, "no text", post("/a", talk.AttachmentOptions{FileOptions: talk.FileOptions{Caption: "\xff"}}), "caption")
}
