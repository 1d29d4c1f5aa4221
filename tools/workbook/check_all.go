package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/learner"
	"example.com/workbook/tools/process"
)

// checkAll judges the lessons in work/ in their order, up to the one that is
// named or, when none is, that the tool was called in.
func (p *place) checkAll(ctx context.Context, k *process.Keeper, word string) error {
	lessons, err := p.upTo(word)
	if err != nil {
		return err
	}
	var red []string
	for _, l := range lessons {
		fmt.Printf("lesson %d  %s\n", l.N, l.Title)
		err := p.checkIn(ctx, k, l.Dir(p.root, "work"), l)
		if err != nil && !errors.Is(err, hint.ExitRed) {
			return err
		}
		if err != nil {
			red = append(red, fmt.Sprint(l.N))
		}
		fmt.Println()
	}
	if len(red) > 0 {
		fmt.Printf("%s checked; red: %s\n", course.Count(len(lessons), "lesson"), strings.Join(red, ", "))
		return hint.ExitRed
	}
	fmt.Printf("%s checked, all of them green\n", course.Count(len(lessons), "lesson"))
	return nil
}

// upTo are the lessons to judge. One that is there but no whole lesson is
// refused before anything is judged.
func (p *place) upTo(word string) ([]course.Lesson, error) {
	last, err := p.lastToCheck(word)
	if err != nil {
		return nil, err
	}
	all, err := course.Lessons(p.root)
	if err != nil {
		return nil, err
	}
	var lessons []course.Lesson
	for _, l := range all {
		dir := l.Dir(p.root, "work")
		if l.N > last || !files.Exists(dir) {
			continue
		}
		if err := learner.Validate(l, dir); err != nil {
			return nil, err
		}
		lessons = append(lessons, l)
	}
	if len(lessons) == 0 {
		return nil, hint.New(hint.Usage, "make lesson 1", "there is no lesson in work/ yet")
	}
	return lessons, nil
}

func (p *place) lastToCheck(word string) (int, error) {
	if word != "" {
		_, l, err := p.checked("check", word)
		return l.N, err
	}
	if l, tree, err := course.At(p.root, p.dir); err == nil && tree == "work" {
		return l.N, nil
	}
	return math.MaxInt, nil
}
