package restate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

const adminAPI = "admin api"

// Admin speaks a server's admin API. What it refuses is a [*StatusError].
type Admin struct {
	addr   string
	base   string
	client *http.Client
	nodes  *failover // nil for one server
}

// NewAdmin returns a client of the admin API at addr: http://host:port, or unix:/path/to/socket.
// With the addresses of several nodes of a cluster, it asks the next one if one does not
// answer.
func NewAdmin(addr ...string) *Admin {
	a := &Admin{addr: addr[0], base: baseURL(addr[0], "admin"), client: newClient(addr[0])}
	if len(addr) > 1 {
		a.nodes = newFailover(addr)
		a.client = &http.Client{Transport: a.nodes}
	}
	return a
}

// URL returns the address as [NewAdmin] takes it, and as the restate command does
// in RESTATE_ADMIN_URL. Of several nodes, it is the one that has answered last.
func (a *Admin) URL() string {
	if a.nodes != nil {
		return a.nodes.answering()
	}
	return a.addr
}

// Handler returns a handler that passes each request on to the admin API.
func (a *Admin) Handler() http.Handler {
	base, err := url.Parse(a.base)
	if err != nil { // NewAdmin has made the address
		panic(err)
	}
	passOn := httputil.NewSingleHostReverseProxy(base)
	passOn.Transport = a.client.Transport
	passOn.ErrorLog = log.New(io.Discard, "", 0) // otherwise the log names each client that goes away
	return passOn
}

// A StatusError is an answer of the server with a status that is not a success.
type StatusError struct {
	API     string // admin api or ingress
	Request string // method and path
	Status  int
	Message string // the server's own
	Body    []byte // the whole answer
}

func newStatusError(api, request string, status int, body []byte) *StatusError {
	return &StatusError{API: api, Request: request, Status: status, Message: errorMessage(body), Body: body}
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: %s: %d %s", e.API, e.Request, e.Status, e.Message)
}

// Version returns the server's version, such as 1.7.12.
func (a *Admin) Version(ctx context.Context) (string, error) {
	var known struct{ Version string }
	err := a.do(ctx, http.MethodGet, "/version", nil, &known)
	return known.Version, err
}

// Register makes the program that serves at uri known, or asks it again what
// it has. Options that were patched fall back to the program's own.
func (a *Admin) Register(ctx context.Context, uri string) error {
	return a.do(ctx, http.MethodPost, "/deployments", map[string]any{"uri": uri, "force": true}, nil)
}

// DeleteDeployment forgets the program at uri, and the services that no other
// program serves. One that is not known is an error with status 404.
func (a *Admin) DeleteDeployment(ctx context.Context, uri string) error {
	var known struct {
		Deployments []struct{ ID, URI string }
	}
	if err := a.do(ctx, http.MethodGet, "/deployments", nil, &known); err != nil {
		return err
	}
	for _, d := range known.Deployments {
		if strings.TrimSuffix(d.URI, "/") == strings.TrimSuffix(uri, "/") {
			return a.do(ctx, http.MethodDelete, "/deployments/"+url.PathEscape(d.ID)+"?force=true", nil, nil)
		}
	}
	return newStatusError(adminAPI, "DELETE "+uri, http.StatusNotFound, []byte("no deployment has this address"))
}

// Services returns the names of all registered services, in the server's order.
func (a *Admin) Services(ctx context.Context) ([]string, error) {
	var known struct {
		Services []struct{ Name string }
	}
	err := a.do(ctx, http.MethodGet, "/services", nil, &known)
	names := make([]string, 0, len(known.Services))
	for _, s := range known.Services {
		names = append(names, s.Name)
	}
	return names, err
}

// Handlers returns the handlers of a registered service, with what each is: Shared,
// Exclusive, Workflow, or "" for a plain service's.
func (a *Admin) Handlers(ctx context.Context, service string) (map[string]string, error) {
	var known struct {
		Handlers []struct{ Name, Ty string }
	}
	err := a.do(ctx, http.MethodGet, "/services/"+url.PathEscape(service), nil, &known)
	kinds := map[string]string{}
	for _, h := range known.Handlers {
		kinds[h.Name] = h.Ty
	}
	return kinds, err
}

// RetryPolicy is how the invocations of a handler are retried: as its code says, else as
// the code of its service says, else as the server is set.
type RetryPolicy struct {
	InitialInterval string  `json:"initial_interval"` // such as 100ms
	Factor          float64 `json:"exponentiation_factor"`
	MaxInterval     string  `json:"max_interval"`
	MaxAttempts     int     `json:"max_attempts"`    // 0 is without end
	OnMaxAttempts   string  `json:"on_max_attempts"` // Pause or Kill
}

// RetryPolicies returns the retry policy of each handler of a registered service.
func (a *Admin) RetryPolicies(ctx context.Context, service string) (map[string]RetryPolicy, error) {
	var known struct {
		Policy   RetryPolicy `json:"retry_policy"`
		Handlers []struct {
			Name   string
			Policy json.RawMessage `json:"retry_policy"`
		}
	}
	err := a.do(ctx, http.MethodGet, "/services/"+url.PathEscape(service), nil, &known)
	policies := map[string]RetryPolicy{}
	for _, h := range known.Handlers {
		p := known.Policy // a field that the handler's own policy leaves out, or sets to null, stays
		if h.Policy != nil {
			err = errors.Join(err, json.Unmarshal(h.Policy, &p))
		}
		policies[h.Name] = p
	}
	return policies, err
}

// A Deployment is a program that the server knows.
type Deployment struct {
	ID      string
	URI     string `json:"endpoint"`
	Current bool   // new calls of at least one service go to it
}

// Deployments returns the programs that the server knows.
func (a *Admin) Deployments(ctx context.Context) (all []Deployment, err error) {
	err = a.query(ctx, `SELECT d.id, d.endpoint, count(s.name) > 0 AS current
		FROM sys_deployment d LEFT JOIN sys_service s ON s.deployment_id = d.id GROUP BY d.id, d.endpoint`, &all)
	return all, err
}

// PinnedTo returns the ids of the invocations that run on a deployment, or have ended there.
func (a *Admin) PinnedTo(ctx context.Context, deployment string) ([]string, error) {
	var rows []struct{ ID string }
	err := a.query(ctx, "SELECT id FROM sys_invocation WHERE pinned_deployment_id = '"+deployment+"'", &rows)
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// CountOpen returns how many invocations of each deployment have not ended, by the
// deployment's id. A deployment without one is not in the map; it is drained.
func (a *Admin) CountOpen(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		ID   string `json:"pinned_deployment_id"`
		Open int
	}
	err := a.query(ctx, "SELECT pinned_deployment_id, count(*) AS open FROM sys_invocation WHERE status <> 'completed' GROUP BY pinned_deployment_id", &rows)
	open := make(map[string]int, len(rows))
	for _, r := range rows {
		open[r.ID] = r.Open
	}
	return open, err
}

// ServicesOf returns the names of the services whose new calls go to a deployment.
func (a *Admin) ServicesOf(ctx context.Context, deployment string) ([]string, error) {
	var rows []struct{ Name string }
	err := a.query(ctx, "SELECT name FROM sys_service"+whereAll(isOneOf("deployment_id", deployment))+" ORDER BY name", &rows)
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return names, err
}

// StateOf returns a value of all objects of a service, by their keys.
func (a *Admin) StateOf(ctx context.Context, service, name string) (map[string]string, error) {
	var rows []struct {
		Key   string `json:"service_key"`
		Value string `json:"value_utf8"`
	}
	err := a.query(ctx, "SELECT service_key, value_utf8 FROM state WHERE service_name = '"+service+"' AND key = '"+name+"'", &rows)
	values := make(map[string]string, len(rows))
	for _, r := range rows {
		values[r.Key] = r.Value
	}
	return values, err
}

// Patch changes options of a service at once, inactivity_timeout for one. The
// next Register undoes it.
func (a *Admin) Patch(ctx context.Context, service string, body map[string]any) error {
	return a.do(ctx, http.MethodPatch, "/services/"+url.PathEscape(service), body, nil)
}

// query runs a query in SQL over the server's tables and decodes the answer into
// rows, a pointer to a slice: an element a row, a field a column.
func (a *Admin) query(ctx context.Context, sql string, rows any) error {
	var answer struct{ Rows json.RawMessage }
	if err := a.do(ctx, http.MethodPost, "/query", map[string]any{"query": sql}, &answer); err != nil {
		return err
	}
	return json.Unmarshal(answer.Rows, rows)
}

// Cancel asks an invocation to end: its next step fails with a terminal error
// 409. It returns before that happens.
func (a *Admin) Cancel(ctx context.Context, id string) error {
	return a.endInvocation(ctx, id, "cancel")
}

// Kill ends an invocation without asking its program.
func (a *Admin) Kill(ctx context.Context, id string) error { return a.endInvocation(ctx, id, "kill") }

// Purge forgets an invocation that is completed.
func (a *Admin) Purge(ctx context.Context, id string) error { return a.endInvocation(ctx, id, "purge") }

func (a *Admin) endInvocation(ctx context.Context, id, verb string) error {
	return a.do(ctx, http.MethodPatch, "/invocations/"+url.PathEscape(id)+"/"+verb, nil, nil)
}

// SetState replaces the whole state of one object or workflow; an empty state
// wipes it. Values are what the SDK stores: JSON for Go. It returns when the
// change is accepted, a moment before it can be read.
func (a *Admin) SetState(ctx context.Context, service, key string, state map[string][]byte) error {
	values := make(map[string][]int, len(state))
	for name, value := range state {
		values[name] = byteNumbers(value)
	}
	body := map[string]any{"object_key": key, "new_state": values}
	return a.do(ctx, http.MethodPost, "/services/"+url.PathEscape(service)+"/state", body, nil)
}

// byteNumbers returns a value as the array of numbers that the API wants, where
// Go's JSON would write base64.
func byteNumbers(value []byte) []int {
	list := make([]int, len(value))
	for i, b := range value {
		list[i] = int(b)
	}
	return list
}

// do sends body, unless nil, and decodes the answer into into, unless nil.
func (a *Admin) do(ctx context.Context, method, path string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("content-type", "application/json")
	req.Header.Set("accept", "application/json") // /query answers Arrow otherwise
	res, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return newStatusError(adminAPI, method+" "+path, res.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// errorMessage returns the message in the JSON of an error's body, else all of it.
func errorMessage(body []byte) string {
	var m struct{ Message string }
	if json.Unmarshal(body, &m) == nil && m.Message != "" {
		return m.Message
	}
	return strings.TrimSpace(string(body))
}
