package core

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// ErrBadArchive says that what is to be imported cannot be; the message tells why.
var ErrBadArchive = errors.New("the archive cannot be imported")

// ArchivedRoom is a conversation as somebody has kept it.
type ArchivedRoom struct {
	Token string
	Type  int
	// Name is the conversation's name; of a one-to-one conversation the id of the keeper's partner.
	Name              string
	Description       string
	ReadOnly          bool
	Listable          int
	MessageExpiration int64 // seconds, of messages to come
	Favorite          bool
	Archived          bool
	LastRead          int64 // the last message that the keeper has read
	// Keeper is the user who kept it.
	Keeper ArchivedMember
	// Members are the other users in it; nil takes those who have written.
	Members []ArchivedMember
	// Messages are all messages, oldest first.
	Messages iter.Seq2[ArchivedMessage, error]
}

// ArchivedMember is a user who takes part in an archived conversation.
type ArchivedMember struct {
	UserID      string
	DisplayName string
	Role        int // the participant type
}

// ArchivedMessage is a message as its keeper saw it.
type ArchivedMessage struct {
	MessageView
	// ParentID is the message that it answers or tells of, 0 for none.
	ParentID int64
	// File opens the content of the file that it shows; nil when that was not kept.
	File func() (io.ReadCloser, error)
}

// Imported says what an import has done to a conversation.
type Imported struct {
	Token    string
	New      int // messages that were not there
	Changed  int // messages that were there and have changed
	Files    int
	Accounts []string // that were made
}

// Import puts archived conversations where everybody who took part can read
// them, all of them or, with an error, none. One that was imported before gets
// what is new. It is for a Core that serves nobody.
func (c *Core) Import(ctx context.Context, rooms iter.Seq2[ArchivedRoom, error]) (out []Imported, err error) {
	var blobs []string
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		for room, err := range rooms {
			if err != nil {
				return err
			}
			i := importer{scope: scope{c: c, tx: tx, now: c.unix()}, archive: &room, done: Imported{Token: room.Token}}
			err := i.run()
			blobs = append(blobs, i.blobs...)
			if err != nil {
				return fmt.Errorf("conversation %s: %w", room.Token, err)
			}
			out = append(out, i.done)
		}
		return nil
	})
	if err != nil {
		c.store.Blobs().Remove(blobs...)
		return nil, fmt.Errorf("import: %w", err)
	}
	return out, nil
}

// importer brings one conversation in.
type importer struct {
	scope
	archive *ArchivedRoom
	done    Imported
	newest  int64 // the last message that is there already
	blobs   []string
}

func (i *importer) run() error {
	if err := i.check(); err != nil {
		return err
	}
	if err := i.account(i.archive.Keeper); err != nil {
		return err
	}
	i.caller = Caller{UserID: i.archive.Keeper.UserID}
	if err := i.enterRoom(); err != nil {
		return err
	}
	for _, m := range append([]ArchivedMember{i.archive.Keeper}, i.archive.Members...) {
		if err := i.member(m); err != nil {
			return err
		}
	}
	if err := i.messages(); err != nil {
		return err
	}
	if err := i.markRead(); err != nil {
		return err
	}
	return i.tx.SetSetting(importedKey(i.archive.Token), fmt.Append(nil, i.newest))
}

func badArchive(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrBadArchive, fmt.Errorf(format, args...))
}

func (i *importer) check() error {
	a := i.archive
	switch {
	case a.Token == "" || len(a.Token) > 32 || strings.Trim(a.Token, alphanumeric) != "":
		return badArchive("token: %q is not a conversation's", a.Token)
	case !slices.Contains([]int{OneToOne, Group, Public, Changelog, FormerOneToOne, NoteToSelf}, a.Type):
		return badArchive("type: there is no %d", a.Type)
	case validUserID(a.Keeper.UserID) != nil:
		return badArchive("keeper: %q is not a user's id", a.Keeper.UserID)
	}
	return nil
}

// importedKey names the setting that holds the last message that was imported into a conversation.
func importedKey(token string) string { return "imported/" + token }

// enterRoom finds the conversation, or makes it.
func (i *importer) enterRoom() error {
	room, err := i.tx.Room(i.archive.Token)
	if isNotFound(err) {
		return i.makeRoom()
	}
	if err != nil {
		return err
	}
	i.room = &room
	stored, err := i.tx.Setting(importedKey(room.Token))
	if isNotFound(err) {
		return badArchive("there is another conversation with that token")
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(stored, &i.newest); err != nil {
		return err
	}
	newest, err := i.tx.NewestMessage(room.ID)
	if err == nil && newest > i.newest {
		err = badArchive("somebody has written into it since it was imported: message %d", newest)
	}
	return err
}

func (i *importer) makeRoom() error {
	a := i.archive
	room := &store.Room{
		Token: a.Token, Type: a.Type, Name: a.Name, Description: a.Description, Listable: a.Listable,
		MessageExpiration: a.MessageExpiration,
	}
	if a.ReadOnly {
		room.ReadOnly = 1
	}
	keeper := a.Keeper.UserID
	switch a.Type {
	case OneToOne:
		if validUserID(a.Name) != nil {
			return badArchive("name: %q is not the id of the other user", a.Name)
		}
		pair := []string{keeper, a.Name}
		slices.Sort(pair)
		name, err := json.Marshal(pair)
		if err != nil {
			return err
		}
		room.Name, room.UniqueKey = string(name), "one_to_one:"+string(name)
	case NoteToSelf:
		room.UniqueKey, room.ObjectType, room.ObjectID = "note_to_self:"+keeper, "note_to_self", keeper
	case Changelog:
		room.Name, room.UniqueKey = keeper, "changelog:"+keeper
	}
	if room.UniqueKey != "" {
		if other, err := i.tx.RoomByKey(room.UniqueKey); err == nil {
			return badArchive("there is such a conversation already: %s", other.Token)
		} else if !isNotFound(err) {
			return err
		}
	}
	i.room = room
	return i.tx.InsertRoom(room)
}

// account makes sure that there is a user. Nobody can log in to an account that is made here until it gets a password.
func (i *importer) account(m ArchivedMember) error {
	if _, ok := i.c.dir.user(m.UserID); ok {
		return nil
	}
	u := store.User{ID: m.UserID, DisplayName: cmp.Or(strings.TrimSpace(m.DisplayName), m.UserID), Enabled: true}
	if utf8.RuneCountInString(u.DisplayName) > maxDisplayName {
		u.DisplayName = cut(u.DisplayName, maxDisplayName)
	}
	if err := i.tx.InsertUser(u); err != nil {
		return err
	}
	i.c.dir.addUser(u)
	i.done.Accounts = append(i.done.Accounts, u.ID)
	return nil
}

// member makes sure that a user has a place in the conversation.
func (i *importer) member(m ArchivedMember) error {
	if problem := validUserID(m.UserID); problem != nil {
		return nil //nolint:nilerr // of a server with other rules; they are shown by what the messages say of them
	}
	if err := i.account(m); err != nil {
		return err
	}
	_, err := i.tx.Attendee(i.room.ID, ActorUsers, m.UserID)
	if !isNotFound(err) {
		return err
	}
	role := m.Role
	if !slices.Contains([]int{Owner, Moderator, User, SelfJoined}, role) {
		role = User
	}
	keeper := m.UserID == i.archive.Keeper.UserID
	a := store.Attendee{ActorID: m.UserID, ParticipantType: role, Favorite: keeper && i.archive.Favorite}
	if err := i.addUser(&a); err != nil || !keeper || !i.archive.Archived {
		return err
	}
	a.Archived = true
	return i.tx.UpdateAttendee(&a)
}

// markRead has the keeper have read what they had, and everybody else everything.
func (i *importer) markRead() error {
	room, err := i.tx.RoomByID(i.room.ID)
	if err != nil {
		return err
	}
	attendees, err := i.tx.Attendees(room.ID)
	if err != nil {
		return err
	}
	for k := range attendees {
		a := &attendees[k]
		marker := room.LastMessageID
		if a.ActorType == ActorUsers && a.ActorID == i.archive.Keeper.UserID {
			marker = min(max(a.LastRead, i.archive.LastRead), marker)
		}
		if err := i.tx.SetLastRead(a, marker); err != nil {
			return err
		}
	}
	return nil
}
