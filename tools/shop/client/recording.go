package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
)

// Recording is what to save of what the shop has done.
type Recording struct {
	Name  string // of the file; the time where it is ""
	Title string // on the page
	Order string // one order alone; all of them where it is ""
}

var recordingName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// RecordingsDir returns the folder of the recordings that make record makes.
func RecordingsDir(root string) string { return filepath.Join(root, "work", "recordings") }

// Save saves what the open shop has done so far, in a new file.
func (r Recording) Save(ctx context.Context, root string) error {
	now := time.Now()
	r.Name = cmp.Or(r.Name, now.Format("2006-01-02-150405"))
	r.Title = cmp.Or(r.Title, cmp.Or(r.Order, "a run")+", "+now.Format("2 January 2006, 15:04"))
	if !recordingName.MatchString(r.Name) {
		return hint.New(hint.Usage, "for example: make record NAME=two-charges", "a recording's name is small letters, digits and hyphens, not %q", r.Name)
	}
	shop, _, err := Dial(ctx, root)
	if err != nil {
		return err
	}
	text, err := shop.recording(ctx, r.Title, r.Order)
	if err != nil {
		return err
	}
	dir := RecordingsDir(root)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return files.WriteError("the recording was not saved", dir, err)
	}
	switch err := files.CreateNew(filepath.Join(dir, r.Name+".jsonl"), text); {
	case errors.Is(err, fs.ErrExist):
		return hint.New(hint.Usage, "choose another: make record NAME=…", "work/recordings/%s.jsonl exists already and was not changed", r.Name)
	case err != nil:
		return files.WriteError("the recording was not saved", dir, err)
	}
	fmt.Printf("saved: work/recordings/%s.jsonl\nsee it: on the shop's page, or without a shop: make replay\n", r.Name)
	return nil
}
