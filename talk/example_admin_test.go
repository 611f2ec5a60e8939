package talk_test

import (
	"context"
	"fmt"
	"log"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// adminExample gives a client of an administrator of an embedded server.
func adminExample() (admin *talk.Client, end func()) {
	srv, err := talktest.Start()
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := srv.AddUser(ctx, talktest.User{ID: "admin", Admin: true}); err != nil {
		log.Fatal(err)
	}
	if admin, err = srv.NewClient(ctx, "admin"); err != nil {
		log.Fatal(err)
	}
	return admin, func() { _ = srv.Close() }
}

func ExampleSettingsService() {
	alice, _, end := example()
	defer end()
	ctx := context.Background()

	if err := alice.Settings.SetReadStatusPrivacy(ctx, talk.PrivacyPrivate); err != nil {
		log.Fatal(err)
	}
	caps, err := alice.Capabilities(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("how far Alice has read is", caps.Config.Chat.ReadPrivacy)
	// Output:
	// how far Alice has read is private
}

func ExampleUsersService() {
	admin, end := adminExample()
	defer end()
	ctx := context.Background()

	err := admin.Users.Create(ctx, "dave", &talk.CreateUserOptions{Password: "correct horse battery", DisplayName: "Dave"})
	if err != nil {
		log.Fatal(err)
	}
	dave, err := admin.Users.Get(ctx, "dave")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dave.ID, dave.DisplayName, dave.Enabled)
	// Output:
	// dave Dave true
}

func ExampleGroupsService() {
	admin, end := adminExample()
	defer end()
	ctx := context.Background()

	if err := admin.Groups.Create(ctx, "crew"); err != nil {
		log.Fatal(err)
	}
	if err := admin.Users.AddToGroup(ctx, "admin", "crew"); err != nil {
		log.Fatal(err)
	}
	members, err := admin.Groups.Members(ctx, "crew")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(members)
	// Output:
	// [admin]
}
