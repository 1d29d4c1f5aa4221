package world

import (
	"example.com/workbook/tools/proxy"
)

// Invocation is a row of Restate's sys_invocation table.
type Invocation struct {
	ID        string `json:"id"`
	Service   string `json:"target_service_name"`
	Handler   string `json:"target_handler_name"`
	Key       string `json:"target_service_key"`
	Name      string `json:"idempotency_key"`
	Parent    string `json:"invoked_by_id"`
	Status    string `json:"status"`
	Retries   int    `json:"retry_count"`
	Failure   string `json:"last_failure"`
	Code      string `json:"last_failure_error_code"`
	Scheduled string `json:"scheduled_start_at"`
	Created   string `json:"created_at"`
	Outcome   string `json:"completion_result"` // success or failure, once completed
	Refusal   string `json:"completion_failure"`
}

// HandlerName returns the invocation's Service/Handler.
func (i Invocation) HandlerName() string { return i.Service + "/" + i.Handler }

// scheduled_at is there for scheduled_start_at, which server 1.7.12 leaves empty
// unless both are asked for.
const invocationColumns = `id, target_service_name, target_handler_name, target_service_key, idempotency_key,
	invoked_by_id, status, retry_count, last_failure, last_failure_error_code, scheduled_start_at, scheduled_at, created_at,
	completion_result, completion_failure`

func (w *World) AttemptsOf(of []Invocation) []proxy.Attempt {
	ids := map[string]bool{}
	for _, i := range of {
		ids[i.ID] = true
	}
	mine := func(a *proxy.Attempt) bool { return ids[a.Invocation] }
	list := w.Proxy.Attempts(mine)
	if w.RestProxy != nil {
		list = append(list, w.RestProxy.Attempts(mine)...)
	}
	return list
}
