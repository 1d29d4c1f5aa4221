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
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/notes"
	"example.com/workbook/tools/web"
)

// waiting is a report on its way.
type waiting struct {
	At     time.Time `json:"at"`
	Report Report    `json:"report"`
}

func outbox(root string) string { return filepath.Join(folder(root), "waiting") }

// Put leaves a report to be sent, and sends nothing.
func Put(root string, r Report) error {
	m, err := change(root, func(m *Member) { m.N++ })
	if err != nil {
		return err
	}
	r.N = m.N
	file := filepath.Join(outbox(root), waitingName(r.N))
	text, err := json.Marshal(waiting{time.Now(), r})
	if err != nil {
		return err
	}
	return notes.Update(file, func([]byte) []byte { return text })
}

const (
	// patience is how long one report may take, and tries all of them.
	patience = 5 * time.Second
	tries    = 30 * time.Second
	// stale is when a report is of no more use to a class.
	stale = 12 * time.Hour
)

// Send sends what waits, in order. What was refused for what is in it is dropped;
// whatever else goes wrong, it waits on, and [Trouble] tells of it.
func Send(ctx context.Context, root string) error {
	ctx, cancel := context.WithTimeout(ctx, tries)
	defer cancel()
	// A lock of its own: who puts a report there must not wait for one that sends.
	sending := filepath.Join(folder(root), "sending")
	if err := os.MkdirAll(sending, 0o777); err != nil {
		return err
	}
	defer notes.Lock(sending)()
	m, err := Read(root)
	if err != nil || m.Class == "" {
		return err
	}
	for {
		files := course.Glob(outbox(root), "*.json")
		if len(files) == 0 {
			return troubled(root, nil)
		}
		if err := sendFile(ctx, m, files[0]); err != nil {
			return errors.Join(err, troubled(root, err))
		}
	}
}

// sendFile sends one and removes it.
func sendFile(ctx context.Context, m Member, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var w waiting
	if json.Unmarshal(text, &w) != nil || time.Since(w.At) > stale {
		return os.Remove(file)
	}
	w.Report.Name, w.Report.ID, w.Report.Ago = m.Name, m.ID, time.Since(w.At).Milliseconds()
	if err := post(ctx, m.Class+"/report", w.Report); err != nil {
		return err
	}
	return os.Remove(file)
}

// post returns nil too when the class will never take this report.
func post(ctx context.Context, url string, r Report) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
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
	resp, err := client.Do(req)
	if err != nil {
		return hint.New(hint.Setup, "is this machine in the room's network? your checks go on without it", "the class cannot be reached: %w", bare(err))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return nil
	}
	return refusal(resp)
}

// No proxy: a class is in this room. Nor does one send us elsewhere.
var client = &http.Client{
	Transport:     &http.Transport{Proxy: nil},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func refusal(resp *http.Response) error {
	var said web.Refused
	text, _ := io.ReadAll(io.LimitReader(resp.Body, Largest))
	if json.Unmarshal(text, &said) != nil || said.What == "" {
		return hint.New(hint.Setup, "is the address as it is on the instructor's screen?", "what is at the class's address is no class: status %d", resp.StatusCode)
	}
	return said.Err()
}

// bare is why a request failed, without its address, which everybody knows.
func bare(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer")
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

func troubleFile(root string) string { return filepath.Join(folder(root), "trouble.txt") }

// troubled keeps why the last sending failed.
func troubled(root string, err error) error {
	return notes.Update(troubleFile(root), func([]byte) []byte {
		if err == nil {
			return nil
		}
		return []byte(hint.Text(err))
	})
}

// Trouble is why the last sending failed, in words for people, and how many reports
// wait; "" where all is well.
func Trouble(root string) (why string, reports int) {
	text, _ := os.ReadFile(troubleFile(root))
	files := course.Glob(outbox(root), "*.json")
	return string(text), len(files)
}
