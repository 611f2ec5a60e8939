package talk_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// newerExample gives a client of a server with a newer Talk, where a program has the address of a real one; a conversation on
// it; and the ids that the example speaks of.
func newerExample(story, user string) (c *talk.Client, room string, id func(name string) int64, end func()) {
	s, err := playback.Start(story)
	if err != nil {
		log.Fatal(err)
	}
	if c, err = talk.NewClient(s.URL, talk.WithAppPassword(user, "app-password")); err != nil {
		log.Fatal(err)
	}
	id = func(name string) int64 {
		n, err := strconv.ParseInt(s.Vars[name], 10, 64)
		if err != nil {
			log.Fatal(err)
		}
		return n
	}
	return c, s.Vars["room"], id, s.Close
}

func ExampleThreadsService() {
	anna, room, _, end := newerExample("talk-23/threads", "anna")
	defer end()
	ctx := context.Background()

	// A thread begins with a message that has a title.
	first, err := anna.Chat.Send(ctx, room, "Let us plan", &talk.SendOptions{ThreadTitle: "Planning"})
	if err != nil {
		log.Fatal(err)
	}
	info, err := anna.Threads.Rename(ctx, room, first.ID, "Planning 2")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d answers\n", info.Thread.Title, info.Thread.NumReplies)

	for message, err := range anna.Chat.History(ctx, room, &talk.HistoryOptions{ThreadID: first.ID}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(message.Text())
		break // the newest is enough
	}
	// Output:
	// Planning 2: 3 answers
	// You renamed thread Planning 2
}

func ExampleScheduledService() {
	anna, room, _, end := newerExample("talk-23/scheduled", "anna")
	defer end()
	ctx := context.Background()

	at := time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	m, err := anna.Scheduled.Create(ctx, room, "later", at, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Message, m.SendAt)

	// All of a message is replaced at once.
	if m, err = anna.Scheduled.Edit(ctx, room, m.ID, "later, edited", at.Add(time.Hour), &talk.EditScheduledOptions{Silent: m.Silent}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Message, m.SendAt)
	if err := anna.Scheduled.Delete(ctx, room, m.ID); err != nil {
		log.Fatal(err)
	}
	// Output:
	// later 2030-01-01 00:00:00 +0000 UTC
	// later, edited 2030-01-01 01:00:00 +0000 UTC
}

func ExampleChatService_Pin() {
	anna, room, id, end := newerExample("talk-23/pins", "anna")
	defer end()

	pinned, err := anna.Chat.Pin(context.Background(), room, id("b"), &talk.PinOptions{Until: time.Unix(1893456000, 0)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pinned.Text())
	fmt.Println(pinned.Parent.Text(), "until", pinned.Parent.MetaData.PinnedUntil)
	// Output:
	// You pinned a message
	// and me until 2030-01-01 00:00:00 +0000 UTC
}

func ExampleTagsService() {
	anna, room, _, end := newerExample("talk-25-alpha/tags", "anna")
	defer end()
	ctx := context.Background()

	work, err := anna.Tags.Create(ctx, "Work")
	if err != nil {
		log.Fatal(err)
	}
	// The server leaves out tags that it does not know.
	tagged, err := anna.Conversations.SetTags(ctx, room, work.ID, "999")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tagged.DisplayName, len(tagged.TagIDs), tagged.TagIDs[0] == work.ID)
	// Output:
	// Tagged 1 true
}

func ExampleConversationsService_Presets() {
	anna, _, _, end := newerExample("talk-25-alpha/presets", "anna")
	defer end()

	presets, err := anna.Conversations.Presets(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, preset := range presets {
		if lobby, ok := preset.Parameters[talk.PresetLobbyState]; ok {
			fmt.Println(preset.Identifier, talk.LobbyState(lobby))
		}
	}
	// Output:
	// default none
	// webinar non-moderators
}

func ExampleConversationsService_Create_preset() {
	c, err := talk.NewClient("https://cloud.example.com", talk.WithAppPassword("alice", "app-password"))
	if err != nil {
		log.Fatal(err)
	}
	// What is not said here is as the preset has it, the type of the conversation included.
	room, err := c.Conversations.Create(context.Background(), 0, &talk.CreateOptions{Name: "Open day", Preset: talk.PresetWebinar})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(room.Token, room.Attributes)
}

func ExamplePollsService_Export() {
	c, err := talk.NewClient("https://cloud.example.com", talk.WithAppPassword("alice", "app-password"))
	if err != nil {
		log.Fatal(err)
	}
	export, err := c.Polls.Export(context.Background(), "abcd1234", 7, talk.PollCSV)
	if err != nil {
		log.Fatal(err)
	}
	defer export.Body.Close()
	if _, err := io.Copy(os.Stdout, export.Body); err != nil {
		log.Fatal(err)
	}
}

func ExampleTranscriptionService() {
	c, err := talk.NewClient("https://cloud.example.com", talk.WithAppPassword("alice", "app-password"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	languages, err := c.Transcription.Languages(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for id, language := range languages {
		fmt.Println(id, language.Name)
	}
	// Only who is in the call can have it transcribed.
	if err := c.Transcription.Start(ctx, "abcd1234"); err != nil {
		log.Fatal(err)
	}
}
