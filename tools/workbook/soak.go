package main

import (
	"context"
	"fmt"
	"os"
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
	Runs int `default:"20" help:"How often each lesson is checked."`
}

// soaked is what came of one lesson's runs.
type soaked struct {
	lesson course.Lesson
	binary string
	took   []time.Duration
	red    int
}

// Run checks the solutions over and over, while every core but one is kept busy:
// whatever is left to luck shows.
func (c soakCmd) Run(p *place) error {
	if c.Runs < 1 {
		return hint.New(hint.Usage, "for example: go tool workbook soak --runs=20", "there is nothing to see in %d runs", c.Runs)
	}
	dir, err := os.MkdirTemp("", "workbook-soak")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	all, err := c.build(p, dir)
	if err != nil {
		return err
	}
	rest := keepBusy(runtime.NumCPU() - 1)
	defer rest()
	for round := range c.Runs {
		for _, s := range all {
			if err := s.run(p, round); err != nil {
				return err
			}
		}
	}
	return report(all, c.Runs)
}

func (c soakCmd) build(p *place, dir string) ([]*soaked, error) {
	lessons, err := course.Lessons(p.root)
	if err != nil {
		return nil, err
	}
	keeper, err := process.NewKeeper()
	if err != nil {
		return nil, err
	}
	defer keeper.Close()
	var all []*soaked
	for _, l := range lessons {
		s := &soaked{lesson: l, binary: filepath.Join(dir, l.Slug)}
		args := append([]string{"test", "-c", "-o", s.binary}, linkFast...)
		if err := build(context.Background(), keeper, p.root, append(args, "./solutions/"+l.Slug)...); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (s *soaked) run(p *place, round int) error {
	cmd := exec.Command(s.binary)
	cmd.Dir = s.lesson.Dir(p.root, "solutions")
	began := time.Now()
	out, err := cmd.CombinedOutput()
	s.took = append(s.took, time.Since(began))
	if _, red := err.(*exec.ExitError); err != nil && !red {
		return err
	}
	if err != nil {
		s.red++
		fmt.Printf("lesson %d, run %d:\n%s\n", s.lesson.N, round+1, out)
	}
	return nil
}

func report(all []*soaked, runs int) error {
	red := 0
	for _, s := range all {
		slices.Sort(s.took)
		fmt.Printf("lesson %d  %d of %d green  %.1f s at the median, %.1f s at most\n",
			s.lesson.N, runs-s.red, runs, s.took[len(s.took)/2].Seconds(), s.took[len(s.took)-1].Seconds())
		red += s.red
	}
	if red > 0 {
		return errRed
	}
	return nil
}

// keepBusy has n cores turn in circles until rest is called.
func keepBusy(n int) (rest func()) {
	stop := make(chan struct{})
	for range n {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
	}
	return func() { close(stop) }
}
