package talk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

func ExampleCallsService() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}

	// A call needs a session in the conversation, which the client's cookies hold.
	if _, err := alice.Conversations.Join(ctx, room.Token, nil); err != nil {
		log.Fatal(err)
	}
	if err := alice.Calls.Join(ctx, room.Token, &talk.JoinCallOptions{Flags: talk.InCallWithAudio}); err != nil {
		log.Fatal(err)
	}
	peers, err := bob.Calls.Peers(ctx, room.Token)
	if err != nil {
		log.Fatal(err)
	}
	for _, peer := range peers {
		fmt.Println(peer.DisplayName, "is in the call")
	}
	if err := alice.Calls.End(ctx, room.Token); err != nil {
		log.Fatal(err)
	}
	state, err := bob.Calls.NotificationState(ctx, room.Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Bob's notification:", state)
	// Output:
	// alice is in the call
	// Bob's notification: missed
}

func ExampleBreakoutRoomsService() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Workshop"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
		log.Fatal(err)
	}

	// Two rooms between which everybody chooses.
	if _, err := alice.BreakoutRooms.Configure(ctx, room.Token, talk.BreakoutFree, 2, nil); err != nil {
		log.Fatal(err)
	}
	if _, err := alice.BreakoutRooms.Start(ctx, room.Token); err != nil {
		log.Fatal(err)
	}
	rooms, err := bob.BreakoutRooms.List(ctx, room.Token)
	if err != nil {
		log.Fatal(err)
	}
	own, err := bob.BreakoutRooms.Switch(ctx, room.Token, rooms[1].Token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Bob is in", own.DisplayName)
	if _, err := alice.BreakoutRooms.Broadcast(ctx, room.Token, "Five minutes left"); err != nil {
		log.Fatal(err)
	}
	for m, err := range bob.Chat.History(ctx, own.Token, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.ActorDisplayName+":", m.Text())
		break
	}
	// Output:
	// Bob is in Room 2
	// alice: Five minutes left
}

func ExampleSignalingService() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Stand-up"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
		log.Fatal(err)
	}
	settings, err := alice.Signaling.Settings(ctx, &talk.SignalingSettingsOptions{Token: room.Token})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("mode:", settings.Mode)

	mine, err := alice.Conversations.Join(ctx, room.Token, nil)
	if err != nil {
		log.Fatal(err)
	}
	theirs, err := bob.Conversations.Join(ctx, room.Token, nil)
	if err != nil {
		log.Fatal(err)
	}
	offer := &talk.SignalingMessage{To: theirs.SessionID, Type: "offer", RoomType: "video", Payload: json.RawMessage(`{"sdp":"v=0"}`)}
	if err := alice.Signaling.Send(ctx, room.Token, mine.SessionID, offer); err != nil {
		log.Fatal(err)
	}
	for heard := false; !heard; {
		signals, err := bob.Signaling.Pull(ctx, room.Token) // waits until there is something
		if err != nil {
			log.Fatal(err)
		}
		for _, signal := range signals {
			message, err := signal.Message()
			if err != nil {
				log.Fatal(err)
			}
			if message != nil {
				fmt.Println(message.Type, "from Alice:", message.From == mine.SessionID)
				heard = true
			}
		}
	}
	// Output:
	// mode: internal
	// offer from Alice: true
}

// restExample gives a client of a real server, recorded, on which nobody has set up what the examples ask for.
func restExample(user string) (c *talk.Client, room string, end func()) {
	s, err := playback.Start("talk-21.1.7/the_rest")
	if err != nil {
		log.Fatal(err)
	}
	if c, err = talk.NewClient(s.URL, talk.WithAppPassword(user, "app-password")); err != nil {
		log.Fatal(err)
	}
	return c, s.Vars["room"], s.Close
}

func ExampleRecordingsService() {
	anna, room, end := restExample("anna")
	defer end()
	ctx := context.Background()

	err := anna.Recordings.Start(ctx, room, talk.RecordingVideo)
	var e *talk.Error
	if errors.As(err, &e) && e.Reason == "call" {
		fmt.Println("there is no call to record")
	}
	if err := anna.Recordings.Stop(ctx, room); err != nil {
		log.Fatal(err)
	}
	// Output:
	// there is no call to record
}

func ExampleFederationService() {
	anna, _, end := restExample("anna")
	defer end()
	ctx := context.Background()

	invitations, err := anna.Federation.Invitations(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, i := range invitations {
		if i.State != talk.InvitationPending {
			continue
		}
		room, err := anna.Federation.Accept(ctx, i.ID)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("joined", room.DisplayName, "of", i.RemoteServerURL)
	}
	fmt.Println(len(invitations), "invitations")
	// Output:
	// 0 invitations
}

func ExampleBridgesService() {
	anna, room, end := restExample("anna")
	defer end()
	ctx := context.Background()

	bridge, err := anna.Bridges.Get(ctx, room)
	if err != nil {
		log.Fatal(err)
	}
	for _, part := range bridge.Parts {
		fmt.Println(part.Kind(), part.Setting("channel"))
	}
	fmt.Println("enabled:", bridge.Enabled)
	// Output:
	// enabled: false
}

func ExampleNewBridgePart() {
	part := talk.NewBridgePart("irc", map[string]string{"server": "irc.example.com:6697", "channel": "#deploys"})
	fmt.Println(part.Kind(), part.Setting("channel"))
	// Output:
	// irc #deploys
}

func ExampleMeetingsService() {
	anna, room, end := restExample("anna")
	defer end()
	ctx := context.Background()

	start := time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	if err := anna.Meetings.Schedule(ctx, room, "personal", start, nil); err != nil {
		log.Fatal(err)
	}
	events, err := anna.Meetings.Dashboard(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range events { // of the next seven days
		fmt.Println(e.Start, e.Name, "in", e.RoomDisplayName)
	}
	fmt.Println(len(events), "events to come")
	// Output:
	// 0 events to come
}

func ExampleChatService_ShareObject() {
	alice, bob, end := example()
	defer end()
	ctx := context.Background()
	room, err := alice.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "bob"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := alice.Chat.ShareObject(ctx, room.Token, talk.LocationObject("Town hall", 54.349, 18.652), nil); err != nil {
		log.Fatal(err)
	}
	for m, err := range bob.Chat.Shared(ctx, room.Token, talk.SharedLocation, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Text(), m.MessageParameters["object"].ID)
	}
	// Output:
	// Town hall geo:54.349,18.652
}
