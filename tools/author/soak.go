package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

type soakCmd struct {
	Runs int `default:"20" help:"The number of checks per lesson."`
}

// soaked counts and measures the runs of one lesson's check.
type soaked struct {
	lesson course.Lesson
	took   []time.Duration
	red    int
}

// Run checks the solutions again and again while all processors except one are busy. That shows
// which results depend on chance. Run does not use go test -count=20, which would run all rounds of
// a lesson in one process: each round would find the files and the state of the round before, and
// only the last verdict would be printed.
func (c soakCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if c.Runs < 1 {
		return hint.New(hint.Usage, "for example: go tool author soak --runs=20", "a soak needs at least one run, not %d runs", c.Runs)
	}
	lessons, err := course.Lessons(p.root)
	if err != nil {
		return err
	}
	dir, err := k.MkdirTemp()
	if err != nil {
		return err
	}
	all := make([]*soaked, len(lessons))
	build := []string{"test", "-c", "-o", dir}
	for i, l := range lessons {
		all[i] = &soaked{lesson: l}
		build = append(build, "./solutions/"+l.Slug)
	}
	if err := p.runGo(ctx, k, nil, build...); err != nil {
		return err
	}
	keepBusy(ctx, runtime.NumCPU()-1)
	for round := range c.Runs {
		for _, s := range all {
			if err := s.run(ctx, k, p, dir, round); err != nil {
				return err
			}
		}
	}
	return reportSoak(all)
}

func (s *soaked) run(ctx context.Context, k *process.Keeper, p *place, dir string, round int) error {
	cmd := exec.Command(filepath.Join(dir, s.lesson.Slug+".test"))
	cmd.Dir = s.lesson.Dir(p.root, "solutions")
	began := time.Now()
	output, err := process.Run(ctx, k, cmd)
	s.took = append(s.took, time.Since(began))
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	s.red++
	fmt.Printf("lesson %d, run %d:\n%s\n", s.lesson.N, round+1, output)
	return nil
}

func reportSoak(all []*soaked) error {
	var err error
	for _, s := range all {
		slices.Sort(s.took)
		runs := len(s.took)
		fmt.Printf("lesson %d  %d of %d green  %.1f s at the median, %.1f s at most\n",
			s.lesson.N, runs-s.red, runs, s.took[runs/2].Seconds(), s.took[runs-1].Seconds())
		if s.red > 0 {
			err = hint.ExitRed
		}
	}
	return err
}

// keepBusy keeps n processors busy until ctx is done.
func keepBusy(ctx context.Context, n int) {
	for range n {
		go func() {
			for ctx.Err() == nil {
			}
		}()
	}
}
