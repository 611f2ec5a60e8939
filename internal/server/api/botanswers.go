package api

import (
	"errors"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func botAnswerRoutes() []route {
	path := talk1 + "/bot/{token}"
	return []route{
		{http.MethodPost, path + "/message", public, botSend},
		{http.MethodPost, path + "/reaction/{messageId}", public, botReact},
		{http.MethodDelete, path + "/reaction/{messageId}", public, botUnreact},
	}
}

// botProof reads how a bot proves who it is.
func (rq *request) botProof() core.BotProof {
	return core.BotProof{
		Random:    rq.r.Header.Get("X-Nextcloud-Talk-Bot-Random"),
		Signature: rq.r.Header.Get("X-Nextcloud-Talk-Bot-Signature"),
		BaseURL:   rq.base(),
	}
}

// botReply answers a bot. It learns from the status alone what became of what it said.
func botReply(done int, err error) (reply, error) {
	var refused *core.Error
	switch {
	case errors.Is(err, core.ErrBotUnknown):
		return reply{status: http.StatusUnauthorized}, nil
	case errors.As(err, &refused):
		return reply{status: statusOf(refused.Kind)}, nil
	default:
		return reply{status: done}, err
	}
}

func botSend(rq *request) (reply, error) {
	in, err := rq.sentMessage()
	if err != nil {
		return reply{}, err
	}
	return botReply(http.StatusCreated, rq.core.BotSend(rq.r.Context(), rq.token(), rq.botProof(), in))
}

func botReact(rq *request) (reply, error) {
	reaction, err := rq.needText("reaction")
	if err != nil {
		return reply{}, err
	}
	added, err := rq.core.BotReact(rq.r.Context(), rq.token(), rq.botProof(), rq.pathID("messageId"), reaction)
	if added {
		return botReply(http.StatusCreated, err)
	}
	return botReply(http.StatusOK, err)
}

func botUnreact(rq *request) (reply, error) {
	reaction, err := rq.needText("reaction")
	if err != nil {
		return reply{}, err
	}
	return botReply(http.StatusOK, rq.core.BotUnreact(rq.r.Context(), rq.token(), rq.botProof(), rq.pathID("messageId"), reaction))
}
