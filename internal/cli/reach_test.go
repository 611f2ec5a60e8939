package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/confab-go/confab/talk"
)

// TestEveryMethodIsReached has a command call each method of the SDK's services, so that what Talk can do, the command
// line can do.
func TestEveryMethodIsReached(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"Conversations.List":     "All gives the same",
		"Chat.Events":            "Follow gives the messages that it reads",
		"Files.Share":            "Chat.ShareFile does it, and gives the message",
		"Files.AttachmentFolder": "Chat.SendFile asks for it",
		"Files.FreeName":         "Chat.SendFile asks for it",
		"Chat.AttachmentFolder":  "Chat.SendFile asks for it",
		"Chat.PostAttachment":    "Chat.SendFile does it",

		"Calls.SetFlags":            "confab sends no sound and no picture, of which it would tell",
		"Signaling.Send":            "confab sends no sound and no picture, about which it would speak to others",
		"Signaling.RequestHosted":   "it is a contract with somebody else, which is made where its terms stand",
		"Signaling.DeleteHosted":    "it ends that contract",
		"Participants.SetGuestName": "it is for guests, and the command line for accounts",
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(source)
	}
	services := 0
	for field := range reflect.TypeFor[talk.Client]().Fields() {
		if !field.IsExported() {
			continue
		}
		services++
		for method := range field.Type.Methods() {
			name := field.Name + "." + method.Name
			// client.Chat.Send, (*talk.ChatService).Send or (*files.Service).Copy, and rooms.Rename
			called := says(code.String(), "."+field.Name+"."+method.Name) ||
				says(code.String(), "("+field.Type.String()+")."+method.Name) ||
				field.Name == "Conversations" && says(code.String(), "rooms."+method.Name)
			if _, exempt := without[name]; called == exempt {
				t.Errorf("%s: called %v, exempt %v", name, called, exempt)
			}
		}
	}
	if services < 8 {
		t.Errorf("looked at %d services only", services)
	}
}

// says reports whether code has a name in it that does not go on.
func says(code, name string) bool {
	for {
		_, after, found := strings.Cut(code, name)
		if !found {
			return false
		}
		if r, _ := utf8.DecodeRuneInString(after); r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return true
		}
		code = after
	}
}
