package api

import (
	"errors"
	"io"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func importEmailRoutes() []route {
	return []route{{http.MethodPost, talk4 + "/room/{token}/import-emails", user, importEmails}}
}

func importEmails(rq *request) (reply, error) {
	testRun := rq.flag("testRun", false)
	var table io.Reader
	if rq.r.MultipartForm != nil {
		if files := rq.r.MultipartForm.File["file"]; len(files) > 0 {
			f, err := files[0].Open()
			if err != nil {
				return reply{}, err
			}
			defer func() { _ = f.Close() }()
			table = f
		}
	}
	done, err := rq.core.ImportEmails(rq.r.Context(), rq.caller, rq.token(), table, testRun)
	if refused, ok := errors.AsType[*core.ImportError](err); ok {
		data := object{{"error", refused.Reason}}
		if refused.Message != "" {
			data = append(data, member{"message", refused.Message})
		}
		if refused.Import != nil {
			data = append(data, importCounts(refused.Import)...)
		}
		return reply{status: http.StatusBadRequest, data: data}, nil
	}
	return ok(importCounts(&done)), err
}

func importCounts(i *core.EmailImport) object {
	out := object{{"invites", i.Invites}, {"duplicates", i.Duplicates}}
	if i.Type != 0 {
		out = append(out, member{"type", i.Type})
	}
	if len(i.InvalidLines) > 0 {
		out = append(out, member{"invalid", len(i.InvalidLines)}, member{"invalidLines", i.InvalidLines})
	}
	return out
}
