package core

import (
	"context"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// fileObject is what a conversation about a file is made for.
const fileObject = "file"

// FileConversation returns the token of the conversation about a shared file,
// and makes it when there is none. It has no owner: whoever has the file may come in.
func (c *Core) FileConversation(ctx context.Context, caller Caller, fileID int64) (token string, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		n, ok, err := c.fileToTalkAbout(tx, caller.UserID, fileID)
		if err != nil {
			return err
		}
		if !ok {
			return noShare(NotFound, "File is not shared, or shared but not with the user")
		}
		room, err := tx.RoomByKey(store.FileKey(fileID))
		if isNotFound(err) {
			s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
			room = store.Room{
				Type: Public, Name: shortName(n.Name), ObjectType: fileObject, ObjectID: strconv.FormatInt(fileID, 10), UniqueKey: store.FileKey(fileID),
			}
			err = s.establish(&room, true)
		}
		token = room.Token
		return err
	})
	return token, err
}

// fileToTalkAbout finds a file that the user and somebody else have; ok is false for any other.
func (c *Core) fileToTalkAbout(tx *store.Tx, userID string, fileID int64) (n Node, ok bool, err error) {
	t, err := c.prepare(tx, userID)
	if err != nil {
		return n, false, err
	}
	n, err = t.byID(fileID)
	if _, missing := errors.AsType[*FileError](err); missing {
		return n, false, nil
	}
	if err != nil || n.Folder {
		return n, false, err
	}
	ok, err = tx.SharedWithOthers(fileID)
	return n, ok, err
}

// mayEnterFile refuses those who do not have the file that a conversation is about.
func (s *scope) mayEnterFile() error {
	id, err := strconv.ParseInt(s.room.ObjectID, 10, 64)
	if err != nil || s.caller.UserID == "" {
		return refuse(NotFound, "")
	}
	_, ok, err := s.c.fileToTalkAbout(s.tx, s.caller.UserID, id)
	if err == nil && !ok {
		err = refuse(NotFound, "")
	}
	return err
}

// shortName makes a conversation's name of a longer one.
func shortName(name string) string {
	if utf8.RuneCountInString(name) <= maxRoomName {
		return name
	}
	return string([]rune(name)[:maxRoomName])
}
