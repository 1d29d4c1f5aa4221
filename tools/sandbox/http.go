package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
)

const bodyLimit = 64 << 10

// problem is the body of every answer to a malformed request.
type problem struct {
	Error string `json:"error"`
}

// requestError describes what is wrong with a request. The text has no part of the request itself,
// which might contain a card number.
type requestError struct {
	status int
	text   string
}

func (r *requestError) Error() string { return r.text }

func badRequest(text string) error { return &requestError{http.StatusBadRequest, text} }

// parser reads a request. If it returns an error, the entry has only the valid fields: the kind,
// and the subject and the key if they are valid.
type parser func(w *world, r *http.Request) (*pending, error)

func (w *world) newHandler() http.Handler {
	mux := http.NewServeMux()
	w.handleGateway(mux)
	w.handleWarehouse(mux)
	w.handleCarrier(mux)
	w.handleMail(mux)
	w.handleControl(mux)
	mux.HandleFunc("/", w.serveKind("", func(*world, *http.Request) (*pending, error) {
		return &pending{}, &requestError{http.StatusNotFound, "no such path or method"}
	}))
	return mux
}

// serveKind returns a handler for requests of one kind.
func (w *world) serveKind(kind Kind, parse parser) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(rw, r.Body, bodyLimit)
		a, err := parse(w, r)
		a.Kind, a.What, a.from = kind, Request, r.UserAgent()
		if id := r.Header.Get("Invocation"); invocationPattern.MatchString(id) {
			a.Invocation = id
		}
		if err != nil {
			w.refuseRequest(rw, a.Entry, err)
			return
		}
		end, ok := w.handleRequest(r.Context(), a)
		if !ok {
			panic(http.ErrAbortHandler) // closes the connection, unanswered
		}
		writeJSON(rw, end.Status, end.Reply)
	}
}

func (w *world) refuseRequest(rw http.ResponseWriter, e Entry, err error) {
	status := http.StatusBadRequest
	var r *requestError
	if errors.As(err, &r) {
		status = r.status
	}
	e.What, e.Status, e.Detail, e.Body = Refused, status, err.Error(), nil
	w.mu.Lock()
	w.addEntry(e)
	w.mu.Unlock()
	writeJSON(rw, status, problem{err.Error()})
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(v)
}

// decodeBody decodes a JSON body into v. The body must be one object with known fields only, and
// nothing may follow it.
func decodeBody(r *http.Request, v any) error {
	data, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return &requestError{http.StatusRequestEntityTooLarge, "the body is over 64 KiB"}
	}
	if err != nil {
		return badRequest("the body broke off")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil || d.Decode(&struct{}{}) != io.EOF {
		return badRequest("the body is not the JSON that is asked for here")
	}
	return nil
}

var (
	idPattern         = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	invocationPattern = regexp.MustCompile(`^inv_\w{1,100}$`)
	keyPattern        = regexp.MustCompile(`^[!-~]([ -~]{0,253}[!-~])?$`)
)

// checkKey returns an error for a key that no header can carry unchanged.
func checkKey(e *Entry, key string, needed bool) error {
	if key == "" && !needed {
		return nil
	}
	if !keyPattern.MatchString(key) {
		return badRequest("a key is 1 to 255 printable characters")
	}
	e.Key = key
	return nil
}

// newEntry returns the entry of a request with a body and possibly a key.
func newEntry(r *http.Request, subject string, body any) (Entry, error) {
	e := Entry{Body: mustJSON(body)}
	keyErr := checkKey(&e, r.Header.Get("Idempotency-Key"), false)
	if !idPattern.MatchString(subject) {
		return e, badRequest("order_id must match [A-Za-z0-9._-]{1,64}")
	}
	e.Subject = subject
	return e, keyErr
}
