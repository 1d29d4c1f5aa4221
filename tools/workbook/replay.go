package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"example.com/workbook/tools/page"
)

type replayCmd struct {
	Port int `default:"9095" help:"Of the page."`
}

// Run serves the page with its recordings, and nothing else.
func (c replayCmd) Run(ctx context.Context, p *place) error {
	if err := usable(c.Port, []int{0}, "make replay"); err != nil {
		return err
	}
	shown := &page.Page{Title: "make replay", Extra: ownRecordings(p.root)}
	all, odd := page.Recordings(shown.Extra)
	l, err := net.Listen("tcp", loopback(c.Port))
	if err != nil {
		return err
	}
	fmt.Printf("recordings, without a server: http://%s/  Ctrl-C stops it\n\n", l.Addr())
	for _, r := range all {
		fmt.Printf("  http://%s/?recording=%s\n      %s\n", l.Addr(), r.Name, r.Title)
	}
	if odd != nil {
		fmt.Printf("\nleft out: %v\n", odd)
	}
	return shown.Serve(ctx, l)
}

// ownRecordings are those that make record has made, if any.
func ownRecordings(root string) fs.FS { return os.DirFS(filepath.Join(root, "work", recordings)) }
