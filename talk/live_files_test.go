package talk_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

func TestLiveFiles(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureMediaCaption, talk.FeatureSilentSend)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Papers", "bob").Token
	question := must(bob.Chat.Send(ctx, room, "where is the plan?", nil))(t)

	content := strings.Repeat("All of it. ", 1000)
	var sent, total int64
	m := must(alice.Chat.SendFile(ctx, room, "plan ü #1.txt", strings.NewReader(content), &talk.SendFileOptions{
		FileOptions: talk.FileOptions{Caption: "here, " + talk.MentionUser(w.id("bob")), ReplyTo: question.ID, Silent: true},
		Size:        int64(len(content)),
		Progress:    func(s, n int64) { sent, total = s, n },
	}))(t)
	if sent != int64(len(content)) || total != sent {
		t.Errorf("told of %d of %d bytes", sent, total)
	}
	if m.Text() != "here, @Bob" || m.Parent == nil || m.Parent.ID != question.ID || !m.Silent || m.IsSystem() || m.ActorID != w.id("alice") || m.ActorType != talk.ActorUser ||
		m.ActorDisplayName != "Alice" || m.MessageType != talk.MessageComment || !m.IsReplyable || m.ReferenceID == "" || m.Token != room || m.Timestamp.IsZero() || !m.ExpirationTimestamp.IsZero() ||
		!m.Markdown || m.SystemMessage != "" || m.MessageParameters["file"].Name != "plan ü #1.txt" {
		t.Errorf("the message: %+v", m)
	}
	node, ok := m.File()
	if !ok || node.ID == "" || node.Name != "plan ü #1.txt" || node.Size != int64(len(content)) || node.MimeType != "text/plain" || node.ETag == "" ||
		!node.Permissions.Has(files.PermissionRead|files.PermissionUpdate|files.PermissionDelete) || node.Link == "" || node.IsDir {
		t.Fatalf("the file: %+v", node)
	}

	// Bob has it among his own files.
	seen := must(bob.Chat.Context(ctx, room, m.ID, &talk.ContextOptions{Limit: 1}))(t).Messages[0]
	his, ok := seen.File()
	if !ok || his.ID != node.ID || his.Permissions.Has(files.PermissionDelete) && his.Permissions == node.Permissions {
		t.Fatalf("bob's: %+v", his)
	}
	got := must(bob.Files.Download(ctx, his.Path, nil))(t)
	data := must(io.ReadAll(got))(t)
	if err := got.Close(); err != nil || string(data) != content {
		t.Errorf("bob fetched %d bytes, %v", len(data), err)
	}
	part := must(alice.Files.Download(ctx, node.Path, &files.DownloadOptions{Offset: 4, Length: 5}))(t)
	if data := must(io.ReadAll(part))(t); string(data) != "of it" {
		t.Errorf("a part: %q", data)
	}
	_ = part.Close()
	refused(t, "a stranger fetches", errOf(eve.Files.Download(ctx, his.Path, nil)), talk.ErrNotFound, "")

	// The same name again is another file; the same file again another message.
	second := must(alice.Chat.SendFile(ctx, room, "plan ü #1.txt", strings.NewReader("other"), nil))(t)
	if other, ok := second.File(); !ok || other.ID == node.ID || other.Name == node.Name || second.Message != "{file}" {
		t.Errorf("the same name again: %+v", second)
	}
	again := must(alice.Chat.ShareFile(ctx, room, node.Path, nil))(t)
	if other, ok := again.File(); !ok || other.ID != node.ID || again.ID == m.ID {
		t.Errorf("the same file again: %+v", again)
	}

	refused(t, "a file that is not there", errOf(alice.Chat.ShareFile(ctx, room, "/nothing.txt", nil)), talk.ErrNotFound, "")
	refused(t, "nowhere", errOf(alice.Chat.ShareFile(ctx, "nosuchroom", node.Path, nil)), talk.ErrNotFound, "")
	refused(t, "a stranger's conversation", errOf(eve.Chat.SendFile(ctx, room, "mine.txt", strings.NewReader("x"), nil)), talk.ErrNotFound, "")
	folder := must(eve.Files.AttachmentFolder(ctx))(t)
	if _, err := eve.Files.Stat(ctx, folder+"/mine.txt"); !errors.Is(err, talk.ErrNotFound) {
		t.Errorf("what could not be shared was stored: %v", err)
	}
	if err := errOf(alice.Chat.SendFile(ctx, room, "../x", strings.NewReader("x"), nil)); !errors.Is(err, talk.ErrInvalid) {
		t.Errorf("a path for a name: %v", err)
	}

	w.need(talk.FeatureDeleteMessages)
	must(alice.Chat.Delete(ctx, room, second.ID))(t)
	if text := must(bob.Chat.Context(ctx, room, second.ID, &talk.ContextOptions{Limit: 1}))(t).Messages[0]; !text.Deleted {
		t.Errorf("deleted: %+v", text)
	}
}

func TestLiveVoiceMessages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureVoiceMessageSharing)
	alice := w.client("alice")
	room := w.room(alice, "Voices").Token
	wav := append([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00"), make([]byte, 64)...)
	m := must(alice.Chat.SendFile(ctx, room, "hello.wav", bytes.NewReader(wav), &talk.SendFileOptions{FileOptions: talk.FileOptions{MessageType: files.MessageVoice}}))(t)
	if node, ok := m.File(); !ok || m.MessageType != talk.MessageVoice || !strings.HasPrefix(node.MimeType, "audio/") {
		t.Errorf("a voice message: %+v", m)
	}
}
