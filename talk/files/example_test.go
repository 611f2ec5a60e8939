package files_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
	"github.com/confab-go/confab/talktest"
)

// example gives clients of two users of an embedded server, where a program has the address of a real one.
func example() (alice, bob *talk.Client, end func()) {
	srv, err := talktest.Start()
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for user, c := range map[string]**talk.Client{"alice": &alice, "bob": &bob} {
		if *c, err = srv.NewClient(ctx, user); err != nil {
			log.Fatal(err)
		}
	}
	return alice, bob, func() { _ = srv.Close() }
}

func ExampleService_Upload() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()

	options := &files.UploadOptions{NoOverwrite: true, MakeDirs: true}
	node, err := alice.Files.Upload(ctx, "Reports/2026/plan.txt", strings.NewReader("Ship it.\n"), options)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(node.Path, node.Size)

	_, err = alice.Files.Upload(ctx, "Reports/2026/plan.txt", strings.NewReader("Wait!\n"), options)
	fmt.Println(errors.Is(err, files.ErrExists))
	// Output:
	// /Reports/2026/plan.txt 9
	// true
}

func ExampleService_Download() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	if _, err := alice.Files.Upload(ctx, "plan.txt", strings.NewReader("Ship it.\n"), nil); err != nil {
		log.Fatal(err)
	}

	file, err := alice.Files.Download(ctx, "plan.txt", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	fmt.Println(file.Size)
	if _, err := io.Copy(os.Stdout, file); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 9
	// Ship it.
}

func ExampleService_List() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()
	if _, err := alice.Files.Upload(ctx, "Reports/plan.txt", strings.NewReader("Ship it.\n"), &files.UploadOptions{MakeDirs: true}); err != nil {
		log.Fatal(err)
	}

	for node, err := range alice.Files.List(ctx, "Reports") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(node.Name, node.Size, node.Permissions)
	}
	// Output:
	// plan.txt 9 read|update|delete|share
}

func ExampleService_Share() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
		log.Fatal(err)
	}

	folder, err := alice.Files.AttachmentFolder(ctx)
	if err != nil {
		log.Fatal(err)
	}
	name, err := alice.Files.FreeName(ctx, folder, "plan.txt")
	if err != nil {
		log.Fatal(err)
	}
	node, err := alice.Files.Upload(ctx, folder+"/"+name, strings.NewReader("Ship it.\n"), &files.UploadOptions{NoOverwrite: true, MakeDirs: true})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Files.Share(ctx, node.Path, room.Token, &files.ShareOptions{Caption: "The plan"}); err != nil {
		log.Fatal(err)
	}

	for message, err := range bob.Chat.History(ctx, room.Token, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if file, ok := message.File(); ok {
			fmt.Println(message.Text(), file.Path, file.Size)
		}
	}
	// Output:
	// The plan /Talk/plan.txt 9
}

func ExampleParsePermissions() {
	message, err := files.ParsePermissions("27")
	if err != nil {
		log.Fatal(err)
	}
	dav, err := files.ParsePermissions("RGDNVW")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(message, message == dav, dav.Has(files.PermissionCreate))
	// Output:
	// read|update|delete|share true false
}
