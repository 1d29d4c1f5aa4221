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

// problem is the body of every answer to a request that made no sense.
type problem struct {
	Error string `json:"error"`
}

// refusal is a bad request: what is wrong with it, in words that hold nothing
// of what was sent, since that might be a card number.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func bad(text string) error { return &refusal{http.StatusBadRequest, text} }

// parser reads a request. With an error, of the entry only what is sound is
// set: its kind, and its subject and key where they are.
type parser func(w *world, r *http.Request) (*ask, error)

func (w *world) routes() http.Handler {
	mux := http.NewServeMux()
	w.gateway(mux)
	w.warehouse(mux)
	w.carrier(mux)
	w.mail(mux)
	w.control(mux)
	mux.HandleFunc("/", w.take("", func(*world, *http.Request) (*ask, error) {
		return &ask{}, &refusal{http.StatusNotFound, "no such path or method"}
	}))
	return mux
}

// take serves requests of one kind.
func (w *world) take(kind Kind, parse parser) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(rw, r.Body, bodyLimit)
		a, err := parse(w, r)
		a.Kind, a.What, a.from = kind, Request, r.UserAgent()
		if err != nil {
			w.refuse(rw, a.Entry, err)
			return
		}
		end, ok := w.run(r.Context(), a)
		if !ok {
			panic(http.ErrAbortHandler) // closes the connection, unanswered
		}
		writeJSON(rw, end.Status, end.Reply)
	}
}

func (w *world) refuse(rw http.ResponseWriter, e Entry, err error) {
	status := http.StatusBadRequest
	var r *refusal
	if errors.As(err, &r) {
		status = r.status
	}
	e.What, e.Status, e.Detail, e.Body = Refused, status, err.Error(), nil
	w.mu.Lock()
	w.note(e)
	w.mu.Unlock()
	writeJSON(rw, status, problem{err.Error()})
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(v)
}

// decode reads a JSON body into v: one object, known fields, nothing after it.
func decode(r *http.Request, v any) error {
	data, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return &refusal{http.StatusRequestEntityTooLarge, "the body is over 64 KiB"}
	}
	if err != nil {
		return bad("the body broke off")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil || d.Decode(&struct{}{}) != io.EOF {
		return bad("the body is not the JSON that is asked for here")
	}
	return nil
}

var (
	idPattern  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	keyPattern = regexp.MustCompile(`^[!-~]([ -~]{0,253}[!-~])?$`)
)

// checkKey refuses a key that can't be told apart from another in a header.
func checkKey(e *Entry, key string, needed bool) error {
	if key == "" && !needed {
		return nil
	}
	if !keyPattern.MatchString(key) {
		return bad("a key is 1 to 255 printable characters")
	}
	e.Key = key
	return nil
}

// keyed begins the entry of a request that came with body and perhaps a key.
func keyed(r *http.Request, subject string, body any) (Entry, error) {
	e := Entry{Body: mustJSON(body)}
	keyErr := checkKey(&e, r.Header.Get("Idempotency-Key"), false)
	if !idPattern.MatchString(subject) {
		return e, bad("order_id must match [A-Za-z0-9._-]{1,64}")
	}
	e.Subject = subject
	return e, keyErr
}
