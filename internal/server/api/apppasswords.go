package api

import "net/http"

func appPasswordRoutes() []route {
	return []route{
		{http.MethodGet, "/ocs/core/getapppassword", user, getAppPassword},
		{http.MethodDelete, "/ocs/core/apppassword", user, deleteAppPassword},
		{http.MethodPost, "/ocs/core/apppassword/rotate", user, rotateAppPassword},
	}
}

// getAppPassword gives an app password to who has proven the real one.
func getAppPassword(rq *request) (reply, error) {
	if rq.caller.TokenID != 0 {
		return failure(http.StatusForbidden, http.StatusForbidden, "You cannot request a new apppassword with an apppassword"), nil
	}
	name := rq.r.UserAgent()
	if name == "" {
		name = "unknown"
	}
	secret, err := rq.core.NewAppPassword(rq.r.Context(), rq.caller.UserID, name)
	return ok(object{{"apppassword", secret}}), err
}

func deleteAppPassword(rq *request) (reply, error) {
	if rq.caller.TokenID == 0 {
		return failure(http.StatusForbidden, http.StatusForbidden, "no app password in use"), nil
	}
	return ok(list{}), rq.core.DeleteAppPassword(rq.r.Context(), rq.caller.TokenID)
}

func rotateAppPassword(rq *request) (reply, error) {
	if rq.caller.TokenID == 0 {
		return failure(http.StatusForbidden, http.StatusForbidden, "no app password in use"), nil
	}
	secret, err := rq.core.RotateAppPassword(rq.r.Context(), rq.caller.TokenID)
	return ok(object{{"apppassword", secret}}), err
}
