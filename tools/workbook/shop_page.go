package main

import (
	"context"
	"net"
	"os"
	"path/filepath"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/tools/answers"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/rows/feed"
	"example.com/workbook/tools/shop/services"
)

// showing makes the page of the shop, with nothing on it yet.
func (s *shop) showing() {
	s.page, s.tables = s.base.newPage(s.again(), s.verbs())
	s.page.Hub.Add(page.Event{What: page.Run, Name: s.page.Title, Delay: int(s.Delay.Milliseconds()), Retry: int(env.FirstRetry().Milliseconds()), Below: failPercent})
}

// newPage is a page with nothing on it yet, and what is to look at Restate's tables
// for it.
func (b *base) newPage(title string, verbs map[string]page.Verb) (*page.Page, *page.Tables) {
	p := &page.Page{Title: title, Hub: page.NewHub(), Verbs: verbs, Extra: ownRecordings(b.root)}
	return p, page.NewTables(p.Hub, restate.NewAdmin("http://"+b.admin))
}

// stand puts a proxy in front of the program. The program's address stays while
// it is down, so what comes then is broken off, as it would be without a proxy.
func (s *shop) stand() (err error) {
	if s.proxy, err = proxy.Listen(); err != nil {
		return err
	}
	s.proxy.Connect(s.unit("program").addr)
	s.proxy.OnEvent(s.tables.Attempts)
	return nil
}

// show serves the page, and has everything that is known told to it.
func (s *shop) show(ctx context.Context) error {
	return s.base.show(ctx, s.page, s.tables, s.Port+pageAbove, s.rows())
}

// show serves a page until ctx is done; rows is the program that reads the
// database, "" where there is none.
func (b *base) show(ctx context.Context, p *page.Page, t *page.Tables, port int, rows string) error {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return err
	}
	go p.Serve(ctx, l)
	go t.Follow(ctx)
	go p.Hub.Ledger(ctx, b.outside)
	if rows == "" {
		return nil
	}
	follower, err := feed.Start(ctx, rows, b.database())
	if err != nil {
		return err
	}
	go follower.Each(p.Hub.Row)
	return nil
}

// naiveAnswer is the wrong answer to lesson 5 that the naive program is made of: each
// request for a charge has a key of its own.
const naiveAnswer = "key-in-step"

// naiveSlug is the lesson of that answer.
const naiveSlug = "05-errors"

// binaryNow is the program that serves.
func (s *shop) binaryNow() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.page.Hub.Add(page.Event{What: page.Program, How: s.whose()})
	if s.naive {
		return s.naiveBinary()
	}
	return s.source.binary(s.dir)
}

// whose program serves. s.mu is held.
func (s *shop) whose() string {
	if s.naive {
		return "naive"
	}
	return s.Shop
}

func (s *shop) naiveBinary() string { return filepath.Join(s.dir, "bin", "naive") }

// buildNaive makes the naive program, once.
func (s *shop) buildNaive(ctx context.Context) error {
	if _, err := os.Stat(s.naiveBinary()); err == nil {
		return nil
	}
	dir := filepath.Join(s.dir, "naive")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	overlay, err := answers.Overlay(s.root, course.Lesson{Slug: naiveSlug}, naiveAnswer, dir)
	if err != nil {
		return err
	}
	return gotool.Build(ctx, s.keeper, s.root, append(append([]string{"build"}, gotool.LinkFast...),
		"-overlay", overlay, "-o", s.naiveBinary(), "./solutions/"+services.Slug)...)
}
