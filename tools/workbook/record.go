package main

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
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/stage"
)

type recordCmd struct {
	Name  string `placeholder:"two-charges" help:"Of the recording; the time if not said."`
	Title string `help:"What it is called on the page."`
	Order string `placeholder:"o-3" help:"One order alone; all of them if not said."`
}

var recordingName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Run saves what the shop that is open has done so far.
func (c recordCmd) Run(ctx context.Context, p *place) error {
	now := time.Now()
	if c.Name == "" {
		c.Name = now.Format("2006-01-02-150405")
	}
	if c.Title == "" {
		c.Title = cmp.Or(c.Order, "a run") + ", " + now.Format("2 January 2006, 15:04")
	}
	if !recordingName.MatchString(c.Name) {
		return hint.New(hint.Usage, "for example: make record NAME=two-charges", "a recording's name is small letters, digits and hyphens, not %q", c.Name)
	}
	shop, _, err := client.Dial(ctx, p.root)
	if err != nil {
		return err
	}
	text, err := shop.Recording(ctx, c.Title, "", c.Order)
	if err != nil {
		return err
	}
	dir := stage.RecordingsDir(p.root)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return files.WriteError("the lesson was not made", dir, err)
	}
	file := filepath.Join(dir, c.Name+".jsonl")
	switch err := files.CreateNew(file, text); {
	case errors.Is(err, fs.ErrExist):
		return hint.New(hint.Usage, "choose another: make record NAME=…", "work/recordings/%s.jsonl is there already, and stays as it is", c.Name)
	case err != nil:
		return files.WriteError("the lesson was not made", dir, err)
	}
	fmt.Printf("saved: work/recordings/%s.jsonl\nsee it: on the shop's page, or without a shop: make replay\n", c.Name)
	return nil
}
