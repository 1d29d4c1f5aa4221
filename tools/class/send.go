package class

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/web"
)

// waiting is a report that has not been sent yet.
type waiting struct {
	At     time.Time `json:"at"`
	Report Report    `json:"report"`
}

func outboxDir(root string) string { return filepath.Join(classDir(root), "waiting") }

// Put stores a report to be sent later. It does no network I/O.
func Put(root string, r Report) error {
	m, err := updateMember(root, func(m *Member) { m.N++ })
	if err != nil {
		return err
	}
	r.N = m.N
	file := filepath.Join(outboxDir(root), waitingName(r.N))
	text, err := json.Marshal(waiting{time.Now(), r})
	if err != nil {
		return err
	}
	return notes.Update(file, func([]byte) []byte { return text })
}

const (
	// postTimeout limits one report, and sendTimeout all of them.
	postTimeout = 5 * time.Second
	sendTimeout = 30 * time.Second
	// maxAge is the age at which a report is no longer of use to a class.
	maxAge = 12 * time.Hour
)

// Send sends the waiting reports in order. If the class refuses a report because of its content,
// Send drops the report. After any other error the report stays, and [Trouble] returns that error.
func Send(ctx context.Context, root string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	// Send has a lock of its own, so that Put does not wait for the network.
	sending := filepath.Join(classDir(root), "sending")
	if err := os.MkdirAll(sending, 0o777); err != nil {
		return err
	}
	defer notes.Lock(sending)()
	m, err := Read(root)
	if err != nil || m.Class == "" {
		return err
	}
	for {
		files := course.Glob(outboxDir(root), "*.json")
		if len(files) == 0 {
			return writeTrouble(root, nil)
		}
		if err := sendFile(ctx, m, files[0]); err != nil {
			return errors.Join(err, writeTrouble(root, err))
		}
	}
}

// sendFile sends one report and removes its file.
func sendFile(ctx context.Context, m Member, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var w waiting
	if json.Unmarshal(text, &w) != nil || time.Since(w.At) > maxAge {
		return os.Remove(file)
	}
	w.Report.Name, w.Report.ID, w.Report.Ago = m.Name, m.ID, time.Since(w.At).Milliseconds()
	if err := postReport(ctx, m.Class+"/report", w.Report); err != nil {
		return err
	}
	return os.Remove(file)
}

// postReport sends one report. It returns nil if the class accepts the report, and also if the
// class will never accept it.
func postReport(ctx context.Context, url string, r Report) error {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := httpClient.Do(req)
	if err != nil {
		return hint.New(hint.Setup, adviceFor(runtime.GOOS, err), "the class cannot be reached: %w", innermost(err))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return nil
	}
	return readRefusal(resp)
}

// adviceFor returns what may help if this system cannot reach a class. Since version 15, macOS asks
// the user whether an app may use the local network. Without this permission, macOS reports that
// there is no route to other machines of the network.
func adviceFor(system string, err error) string {
	if system == "darwin" && errors.Is(err, syscall.EHOSTUNREACH) {
		return "your checks run without the class; in System Settings, Privacy & Security, Local Network, allow the app in which you type (the terminal or the editor)"
	}
	return "your checks run without the class; look whether this machine is in the room's network"
}

// httpClient uses no proxy, because a class is in the same room. It follows no redirects.
var httpClient = &http.Client{
	Transport:     &http.Transport{Proxy: nil},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func readRefusal(resp *http.Response) error {
	var said web.Refused
	text, _ := io.ReadAll(io.LimitReader(resp.Body, Largest))
	if json.Unmarshal(text, &said) != nil || said.What == "" {
		return hint.New(hint.Setup, "compare the address with the one on the instructor's screen", "the server at the class's address is not a class: status %d", resp.StatusCode)
	}
	return said.Err()
}

// innermost returns the cause of a request's error, without the address, which the reader knows.
func innermost(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer")
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

func troubleFile(root string) string { return filepath.Join(classDir(root), "trouble.txt") }

// writeTrouble stores why the last sending failed. If err is nil, it stores that the sending
// succeeded.
func writeTrouble(root string, err error) error {
	return notes.Update(troubleFile(root), func([]byte) []byte {
		if err == nil {
			return nil
		}
		return []byte(hint.Text(err))
	})
}

// Trouble returns why the last sending failed, as a text to print, and how many reports wait. The
// text is "" if the last sending succeeded.
func Trouble(root string) (why string, reports int) {
	text, _ := os.ReadFile(troubleFile(root))
	files := course.Glob(outboxDir(root), "*.json")
	return string(text), len(files)
}
