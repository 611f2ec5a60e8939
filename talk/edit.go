package talk

import (
	"context"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
)

// Edit changes the text of a message, or the caption of a file, up to 24 hours after it was sent (in the note to self
// at any time). Moderators may edit others' in group and public conversations; others get [ErrForbidden]. Too old a
// message gives [ErrInvalid] with Reason "age".
//
// It gives the system message that tells of it, whose Parent is the message as it is now. It needs "edit-messages".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation PUT /chat/{token}/{messageId}
func (s *ChatService) Edit(ctx context.Context, token string, messageID int64, message string) (*Message, error) {
	const op = "edit message"
	if err := s.checkText(ctx, op, message); err != nil {
		return nil, err
	}
	return s.change(ctx, op, FeatureEditMessages, http.MethodPut, token, messageID, map[string]string{"message": message})
}

// Delete deletes a message for everybody; of files it ends the sharing, of polls the poll. Moderators may delete others'
// in group and public conversations; others get [ErrForbidden].
//
// It gives the system message that tells of it, whose Parent says in its place that it was deleted. It needs "delete-messages".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}/{messageId}
func (s *ChatService) Delete(ctx context.Context, token string, messageID int64) (*Message, error) {
	return s.change(ctx, "delete message", FeatureDeleteMessages, http.MethodDelete, token, messageID, nil)
}

func (s *ChatService) change(ctx context.Context, op string, feature Feature, method, token string, messageID int64, body any) (*Message, error) {
	path, err := messagePath(op, apiV1+"/chat", token, messageID)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, feature); err != nil {
		return nil, err
	}
	return fetch[*Message](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: path, Body: body})
}

// ClearHistory deletes all messages of a conversation for everybody, and gives the system message that tells of it. Only moderators may ([ErrForbidden]),
// and not in one-to-one conversations. It needs "clear-history".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}
func (s *ChatService) ClearHistory(ctx context.Context, token string) (*Message, error) {
	const op = "clear history"
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	if err := s.client.require(ctx, op, FeatureClearHistory); err != nil {
		return nil, err
	}
	return fetch[*Message](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path})
}
