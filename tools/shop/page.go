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

// startProxy makes the page, and puts a proxy in front of the program.
func (s *shop) startProxy() error {
	s.page, s.tables = s.stage.NewPage(s.command(), s.buttons())
	s.page.Hub.Add(page.Event{What: page.Run, Name: s.page.Title, How: s.openedWith(), Delay: int(s.opts.Delay.Milliseconds()), Retry: int(env.FirstRetry().Milliseconds()), Below: failPercent})
	return s.openProxy(s.newest())
}

// openProxy puts a proxy in front of a version. The program's address stays while the
// program is down, so what comes then is broken off, as it would be without a proxy.
func (s *shop) openProxy(v *version) (err error) {
	if v.proxy, err = proxy.Listen(); err != nil {
		return err
	}
	var addrs []string
	for _, u := range v.copies {
		addrs = append(addrs, u.addr)
	}
	v.proxy.Connect(addrs...)
	v.proxy.OnEvent(func(e proxy.Event) { s.tables.Attempts(e, v.nameCopy(e.Attempt)) })
	return nil
}

// nameCopy returns which copy an attempt went to, "" where there is one process only.
func (v *version) nameCopy(a *proxy.Attempt) string {
	if u := v.copyAt(a.Program); u != nil && len(v.copies) > 1 {
		return u.name
	}
	return ""
}

// programToServe returns the program that is to serve as a version, and whose it is.
func (s *shop) programToServe(v *version) (binary, whose string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.naive {
		return s.naiveBinary(), "naive"
	}
	return v.binary, s.openedWith()
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
	_, err := s.buildChanged(ctx, s.source.lesson.Shop.Naive, s.naiveBinary())
	return err
}

// buildChanged builds the reference with an answer in it, and returns what the answer does.
func (s *shop) buildChanged(ctx context.Context, ref course.AnswerRef, binary string) (what string, err error) {
	dir := filepath.Join(s.stage.Dir, filepath.Base(binary))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	answer, overlay, err := answers.Overlay(s.opts.Root, ref, dir)
	if err != nil {
		return "", err
	}
	if s.hasNodes() {
		solution := "solutions/" + s.source.lesson.Slug
		main, err := openShared(s.opts.Root, solution)
		if err != nil {
			return "", err
		}
		if err := addToOverlay(overlay, filepath.Join(s.opts.Root, solution), map[string][]byte{"main.go": main}); err != nil {
			return "", err
		}
	}
	return answer.Mistake, s.buildBinary(ctx, binary, "-overlay", overlay, "./solutions/"+s.source.lesson.Slug)
}

// buildBinary builds one program. The arguments are those of go build.
func (s *shop) buildBinary(ctx context.Context, binary string, args ...string) error {
	return gotool.Build(ctx, s.opts.Keeper, s.opts.Root, slices.Concat([]string{"build"}, gotool.LinkFast, []string{"-o", binary}, args)...)
}
