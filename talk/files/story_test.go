package files_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
	"github.com/confab-go/confab/talktest"
)

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// newServer starts a server below a path, as many real ones are, so that no request may forget it.
func newServer(t *testing.T) *talktest.Server {
	t.Helper()
	return talktest.NewServer(t, talktest.WithBasePath("/nextcloud"))
}

func content(t *testing.T, s *files.Service, path string) string {
	t.Helper()
	f := must(s.Download(t.Context(), path, nil))(t)
	defer func() { _ = f.Close() }()
	return string(must(io.ReadAll(f))(t))
}

func names(t *testing.T, s *files.Service, dir string) (all []string) {
	t.Helper()
	for n, err := range s.List(t.Context(), dir) {
		all = append(all, must(n, err)(t).Name)
	}
	slices.Sort(all)
	return all
}

func TestStoryOfAFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := newServer(t).Client(t, "alice").Files
	const path = "/Talk/a b%2F#?&;=+ü😀.txt"
	modified := time.Unix(1795486513, 0).UTC()
	text := strings.Repeat("0123456789", 10)
	for name, o := range map[string]files.UploadOptions{
		"in one go": {},
		"in chunks": {ChunkSize: 30, ChunkThreshold: 30},
	} {
		o.MakeDirs, o.Modified, o.ContentType = true, modified, "text/plain"
		node := must(s.Upload(ctx, path, strings.NewReader(text), &o))(t)
		want := &files.Node{
			ID: node.ID, Path: path, Name: path[len("/Talk/"):], Size: 100, MimeType: "text/plain", ETag: node.ETag, Modified: modified,
			Permissions:      files.PermissionRead | files.PermissionUpdate | files.PermissionDelete | files.PermissionShare,
			PreviewAvailable: node.PreviewAvailable, Link: node.Link, OwnerID: node.OwnerID, OwnerDisplayName: node.OwnerDisplayName,
		}
		if diff := cmp.Diff(want, node); diff != "" || node.ID == "" || node.ETag == "" || !strings.HasSuffix(node.Link, "/nextcloud/index.php/f/"+node.ID) {
			t.Errorf("%s: %s %+v", name, diff, node)
		}
		if got := content(t, s, path); got != text {
			t.Errorf("%s: the server has %q", name, got)
		}
		if diff := cmp.Diff(node, must(s.Stat(ctx, path))(t)); diff != "" {
			t.Error(diff)
		}
		o.MakeDirs, o.NoOverwrite = false, true
		if _, err := s.Upload(ctx, path, strings.NewReader("x"), &o); !errors.Is(err, files.ErrExists) {
			t.Errorf("%s: over what is there: %v", name, err)
		}
		if _, err := s.Upload(ctx, path, strings.NewReader(text), &o); !errors.Is(err, files.ErrExists) {
			t.Errorf("%s: over what is there: %v", name, err)
		}
		o.NoOverwrite, o.IfMatch = false, "0123456789abcdef"
		if _, err := s.Upload(ctx, path, strings.NewReader(text), &o); !errors.Is(err, files.ErrChanged) {
			t.Errorf("%s: over another version: %v", name, err)
		}
		o.IfMatch = node.ETag
		if again := must(s.Upload(ctx, path, strings.NewReader(text+"!"), &o))(t); again.ID != node.ID || again.ETag == node.ETag || again.Size != 101 {
			t.Errorf("%s: replaced by %+v", name, again)
		}
	}
	f := must(s.Download(ctx, path, &files.DownloadOptions{Offset: 95, Length: 5}))(t)
	defer func() { _ = f.Close() }()
	if part := string(must(io.ReadAll(f))(t)); part != "56789" || f.Size != 5 || f.FileSize != 101 {
		t.Errorf("part %q of %+v", part, f)
	}
	end := must(s.Download(ctx, path, &files.DownloadOptions{Offset: 101}))(t)
	defer func() { _ = end.Close() }()
	if rest := must(io.ReadAll(end))(t); len(rest) != 0 {
		t.Errorf("after the end: %q", rest)
	}
	if _, err := s.Download(ctx, path, &files.DownloadOptions{Offset: 102}); !errors.Is(err, talk.ErrInvalid) {
		t.Errorf("beyond the end: %v", err)
	}
	if _, err := s.Download(ctx, path, &files.DownloadOptions{IfMatch: "0123456789abcdef"}); !errors.Is(err, files.ErrChanged) {
		t.Errorf("another version: %v", err)
	}
}

func TestStoryOfFolders(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := newServer(t).Client(t, "alice").Files
	if err := s.MkdirAll(ctx, "a/b/c d"); err != nil {
		t.Fatal(err)
	}
	if err := s.MkdirAll(ctx, "a/b/c d/"); err != nil {
		t.Errorf("again: %v", err)
	}
	must(s.Upload(ctx, "a/b/f.txt", strings.NewReader("f"), nil))(t)
	if err := s.MkdirAll(ctx, "a/b/f.txt"); !errors.Is(err, files.ErrNotFolder) {
		t.Errorf("where a file is: %v", err)
	}
	if err := s.MkdirAll(ctx, "a/b/f.txt/g"); !errors.Is(err, files.ErrNotFolder) {
		t.Errorf("below a file: %v", err)
	}
	if _, err := s.Upload(ctx, "a/none/f.txt", strings.NewReader("f"), nil); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("into no folder: %v", err)
	}
	if _, err := s.Upload(ctx, "a/b/c d", strings.NewReader("f"), nil); !errors.Is(err, talk.ErrConflict) {
		t.Errorf("over a folder: %v", err)
	}
	if _, err := s.Upload(ctx, "a/b/c d", strings.NewReader("f"), &files.UploadOptions{ChunkThreshold: 1, ChunkSize: 1, Size: -1}); !errors.Is(err, talk.ErrConflict) {
		t.Errorf("over a folder: %v", err)
	}
	if diff := cmp.Diff([]string{"c d", "f.txt"}, names(t, s, "a/b")); diff != "" {
		t.Error(diff)
	}
	node := must(s.Stat(ctx, "a/b/c d/"))(t)
	if !node.IsDir || !node.Permissions.Has(files.PermissionCreate|files.PermissionRead) {
		t.Errorf("the folder is %+v", node)
	}
	if err := s.Copy(ctx, "a/b", "a/copy", false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c d", "f.txt"}, names(t, s, "a/copy")); diff != "" {
		t.Error(diff)
	}
	if err := s.Move(ctx, "a/copy/f.txt", "a/b/f.txt", false); !errors.Is(err, files.ErrExists) {
		t.Errorf("over a file: %v", err)
	}
	before := must(s.Stat(ctx, "a/b/f.txt"))(t)
	if err := s.Move(ctx, "a/b/f.txt", "a/copy/ä.txt", false); err != nil {
		t.Fatal(err)
	}
	if after := must(s.Stat(ctx, "a/copy/ä.txt"))(t); after.ID != before.ID {
		t.Errorf("moving made %s of %s", after.ID, before.ID)
	}
	if free := must(s.FreeName(ctx, "a/copy", "ä.txt"))(t); free != "ä (2).txt" {
		t.Errorf("free is %q", free)
	}
	if err := s.Delete(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat(ctx, "a/copy/f.txt"); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("after it was deleted: %v", err)
	}
	if err := s.Delete(ctx, "a"); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("deleted again: %v", err)
	}
}

func TestStoryOfAShare(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := newServer(t)
	alice, bob, cleo := srv.Client(t, "alice"), srv.Client(t, "bob"), srv.Client(t, "cleo")
	room := must(alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Files"}))(t)
	must(alice.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"))(t)
	must(alice.Files.Upload(ctx, "plan.txt", strings.NewReader("Ship it."), nil))(t)
	first := must(alice.Chat.Send(ctx, room.Token, "the plan?", nil))(t)

	share := must(alice.Files.Share(ctx, "plan.txt", room.Token, &files.ShareOptions{
		Caption: "Here, @bob", Silent: true, ReplyTo: first.ID, ReferenceID: "ref-1",
	}))(t)
	if share.ShareType != files.ShareTypeRoom || share.ShareWith != room.Token || share.Path != "/plan.txt" || share.UIDOwner != "alice" || share.ID == "" || share.ItemSize != 8 {
		t.Errorf("%+v", share)
	}
	page := must(bob.Chat.Page(ctx, room.Token, nil))(t)
	message := page.Messages[0]
	file, ok := message.File()
	if !ok || message.ReferenceID != "ref-1" || message.Text() != "Here, @bob" || !message.Silent || message.Parent == nil || message.Parent.ID != first.ID {
		t.Fatalf("bob sees %+v", message)
	}
	if got := content(t, bob.Files, file.Path); got != "Ship it." {
		t.Errorf("bob reads %q at %s", got, file.Path)
	}
	if node := must(bob.Files.Stat(ctx, file.Path))(t); node.ID != file.ID || node.Size != file.Size || node.ETag != file.ETag {
		t.Errorf("bob has %+v, the message says %+v", node, file)
	}
	if _, err := cleo.Files.Download(ctx, "Talk/plan.txt", nil); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("cleo, whom it is none of her business: %v", err)
	}
	if _, err := alice.Files.Share(ctx, "plan.txt", room.Token, nil); !errors.Is(err, files.ErrAlreadyShared) {
		t.Errorf("again: %v", err)
	}
	if _, err := alice.Files.Share(ctx, "absent.txt", room.Token, nil); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	if _, err := alice.Files.Share(ctx, "plan.txt", "nosuchroom", nil); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("where nobody is: %v", err)
	}
	shares := must(alice.Files.Shares(ctx, "plan.txt"))(t)
	if len(shares) != 1 || shares[0].ID != share.ID {
		t.Errorf("%d shares", len(shares))
	}
	if err := alice.Files.Unshare(ctx, share.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.Files.Stat(ctx, file.Path); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("bob, after it was taken back: %v", err)
	}
	if folder := must(alice.Files.AttachmentFolder(ctx))(t); folder != "/Talk" {
		t.Errorf("attachments go to %q", folder)
	}
	if _, err := srv.Client(t, "dora").Files.Share(ctx, "plan.txt", room.Token, nil); err == nil {
		t.Error("a stranger shares")
	}
}

func TestStoryOfABigFile(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("sends tens of megabytes")
	}
	ctx := t.Context()
	s := newServer(t).Client(t, "alice").Files
	block := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	const blocks = 25
	many := func() io.Reader {
		readers := make([]io.Reader, blocks)
		for i := range readers {
			readers[i] = bytes.NewReader(block)
		}
		return io.MultiReader(readers...)
	}
	node := must(s.Upload(ctx, "big", many(), nil))(t)
	if node.Size != blocks<<20 {
		t.Errorf("%d bytes", node.Size)
	}
	f := must(s.Download(ctx, "big", nil))(t)
	defer func() { _ = f.Close() }()
	got := make([]byte, len(block))
	for i := range blocks {
		if _, err := io.ReadFull(f, got); err != nil || !bytes.Equal(got, block) {
			t.Fatalf("block %d: %v", i, err)
		}
	}
	if n, err := f.Read(got); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %d, %v", n, err)
	}
}

func TestStoryOfStrangers(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	guest := must(talk.NewClient(srv.URL, talk.WithHTTPClient(&http.Client{})))(t)
	if _, err := guest.Files.Stat(t.Context(), "a"); !errors.Is(err, talk.ErrUnauthorized) {
		t.Errorf("a guest: %v", err)
	}
	if _, err := guest.Files.AttachmentFolder(t.Context()); !errors.Is(err, talk.ErrUnsupported) {
		t.Errorf("a guest's attachments: %v", err)
	}
}
