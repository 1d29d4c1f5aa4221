package stage

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"

	"example.com/workbook/tools/page"
	"example.com/workbook/tools/rows/feed"
	"example.com/workbook/tools/shop/client"
)

// NewPage makes a page with nothing on it yet, and what reads Restate's tables for
// it. The title is the command that serves the page; verbs are what its buttons do.
func (s *Stage) NewPage(title string, verbs map[string]page.Verb) (*page.Page, *page.Tables) {
	p := &page.Page{Title: title, Hub: page.NewHub(), Verbs: verbs, Extra: ownRecordings(s.Root)}
	return p, page.NewTables(p.Hub, s.AdminClient())
}

// Show serves the page on a port until ctx is done, and feeds it with all that is
// known. Rows is the program that reads the database, "" where there is none.
func (s *Stage) Show(ctx context.Context, p *page.Page, t *page.Tables, port int, rows string) error {
	l, err := net.Listen("tcp", Loopback(port))
	if err != nil {
		return err
	}
	go servePage(ctx, p, l)
	go t.Follow(ctx)
	go p.Hub.Ledger(ctx, s.Outside)
	if rows == "" {
		return nil
	}
	changes, err := feed.Start(ctx, rows, s.Database())
	if err != nil {
		return err
	}
	go changes.Each(p.Hub.Row)
	return nil
}

// servePage serves a page until ctx is done. A page that ends before that is
// reported; all else goes on.
func servePage(ctx context.Context, p *page.Page, l net.Listener) {
	if err := p.Serve(ctx, l); err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "\nthe page at %s ended; the other processes continue: %v\n", l.Addr(), err)
	}
}

// ServeRecordings serves the page with its recordings, and nothing else, until ctx is
// done.
func ServeRecordings(ctx context.Context, root string, port int) error {
	if err := CheckPorts(port, []int{0}, "make replay"); err != nil {
		return err
	}
	p := &page.Page{Title: "make replay", Extra: ownRecordings(root)}
	all, skipped := page.Recordings(p.Extra)
	l, err := net.Listen("tcp", Loopback(port))
	if err != nil {
		return err
	}
	fmt.Printf("recordings, without a server: http://%s/  Ctrl-C stops it\n\n", l.Addr())
	for _, r := range all {
		fmt.Printf("  http://%s/?recording=%s\n      %s\n", l.Addr(), r.Name, r.Title)
	}
	if skipped != nil {
		fmt.Printf("\nleft out: %v\n", skipped)
	}
	return p.Serve(ctx, l)
}

// ownRecordings returns the recordings that make record has made, if any.
func ownRecordings(root string) fs.FS { return os.DirFS(client.RecordingsDir(root)) }
