package main

import (
	"context"
	"fmt"
	"net"

	"example.com/workbook/tools/page"
	"example.com/workbook/tools/stage"
)

type replayCmd struct {
	Port int `default:"9095" help:"Of the page."`
}

// Run serves the page with its recordings, and nothing else.
func (c replayCmd) Run(ctx context.Context, p *place) error {
	if err := stage.CheckPorts(c.Port, []int{0}, "make replay"); err != nil {
		return err
	}
	shown := &page.Page{Title: "make replay", Extra: stage.OwnRecordings(p.root)}
	all, odd := page.Recordings(shown.Extra)
	l, err := net.Listen("tcp", stage.Loopback(c.Port))
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
