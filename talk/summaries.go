package talk

import (
	"context"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// SummaryTask is a summary that the server is writing.
type SummaryTask struct {
	// TaskID is for the server's task processing, which has the text when it is done: GET
	// /ocs/v2.php/taskprocessing/task/ID.
	TaskID int64 `json:"taskId"`
	// NextOffset is the id of the message from which on a further summary is needed, 0 when this one says all.
	NextOffset int64 `json:"nextOffset,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a task as a server sends it.
func (t *SummaryTask) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, t) }

// MarshalJSON encodes the task as a server sends it.
func (t SummaryTask) MarshalJSON() ([]byte, error) { return wire.Marshal(t) }

// Summarize has the server sum up the messages of a conversation that come after one, by its id, and tells which task will
// have the text; nil when there are none. A server that cannot gives [ErrInvalid] with Reason "ai-no-provider" or "ai-error". It
// needs "chat-summary-api".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/summarize
func (s *ChatService) Summarize(ctx context.Context, token string, fromMessageID int64) (*SummaryTask, error) {
	const op = "summarize"
	if fromMessageID < 0 {
		return nil, ocs.Invalid(op, "from message id", "%d is not a message's id", fromMessageID)
	}
	path, err := s.client.roomPathFor(ctx, op, apiV1+"/chat", token, FeatureChatSummary)
	if err != nil {
		return nil, err
	}
	body := map[string]int64{"fromMessageId": fromMessageID}
	return fetch[*SummaryTask](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/summarize", Body: body})
}
