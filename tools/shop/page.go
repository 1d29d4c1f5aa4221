package shop

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/tools/answers"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/proxy"
)

// startProxy puts a proxy in front of the program, and makes the page. The program's
// address stays while it is down, so what comes then is broken off, as it would be
// without a proxy.
func (s *shop) startProxy() (err error) {
	s.page, s.tables = s.stage.NewPage(s.command(), s.buttons())
	s.page.Hub.Add(page.Event{What: page.Run, Name: s.page.Title, How: s.openedWith(), Delay: int(s.opts.Delay.Milliseconds()), Retry: int(env.FirstRetry().Milliseconds()), Below: failPercent})
	if s.proxy, err = proxy.Listen(); err != nil {
		return err
	}
	s.proxy.Connect(s.unit("program").addr)
	s.proxy.OnEvent(s.tables.Attempts)
	return nil
}

// programToServe returns the program that is to serve, and whose it is.
func (s *shop) programToServe() (binary, whose string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.naive {
		return s.naiveBinary(), "naive"
	}
	return s.source.binaryPath(s.stage.Dir), s.openedWith()
}

// openedWith returns with whose program the shop was opened.
func (s *shop) openedWith() string {
	if s.opts.Mine {
		return "mine"
	}
	return "reference"
}

func (s *shop) naiveBinary() string { return s.stage.BinaryOf("naive") }

// buildNaive builds the naive program, once: the reference with a wrong answer in it, by
// which each request for a charge has a key of its own.
func (s *shop) buildNaive(ctx context.Context) error {
	if _, err := os.Stat(s.naiveBinary()); err == nil {
		return nil
	}
	dir := filepath.Join(s.stage.Dir, "naive")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	naive := s.source.lesson.Shop.Naive
	l, err := course.Find(s.opts.Root, naive.Lesson)
	if err != nil {
		return err
	}
	overlay, err := answers.Overlay(s.opts.Root, l, naive.Answer, dir)
	if err != nil {
		return err
	}
	return gotool.Build(ctx, s.opts.Keeper, s.opts.Root, slices.Concat([]string{"build"}, gotool.LinkFast,
		[]string{"-overlay", overlay, "-o", s.naiveBinary(), "./solutions/" + s.source.lesson.Slug})...)
}
