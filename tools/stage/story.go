package stage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

// CheckHasStory returns an error, which lists the lessons that have one, when a
// lesson has no crash story.
func CheckHasStory(root string, l course.Lesson) error {
	all, err := course.Lessons(root)
	if err != nil {
		return err
	}
	var with []string
	for _, other := range all {
		stories := course.Glob(filepath.Join(root, "testdata", other.Slug), "*_story_*.txtar")
		if len(stories) > 0 && other.N == l.N {
			return nil
		}
		if len(stories) > 0 {
			with = append(with, fmt.Sprintf("make crash %d", other.N))
		}
	}
	return hint.New(hint.Usage, "lessons that have one: "+strings.Join(with, ", "), "lesson %d has no crash to show", l.N)
}

// RunStory runs the lesson's own test so that it prints its story. It builds
// that test and runs the binary: go test would add a second to link debug tables,
// and hold the story back until its end.
func RunStory(ctx context.Context, k *process.Keeper, root string, l course.Lesson) error {
	err := runStory(ctx, k, root, l)
	if ctx.Err() != nil {
		fmt.Println("\nstopped; no process or temporary file is left")
		return nil
	}
	return err
}

func runStory(ctx context.Context, k *process.Keeper, root string, l course.Lesson) error {
	if err := course.CheckImports(root, l); err != nil {
		return err
	}
	temp, err := k.MkdirTemp()
	if err != nil {
		return err
	}
	fmt.Printf("building work/%s\n", l.Slug)
	binary := filepath.Join(temp, "lesson.test")
	if err := gotool.Build(ctx, k, root, slices.Concat([]string{"test", "-c"}, gotool.LinkFast, []string{"-o", binary, "./work/" + l.Slug})...); err != nil {
		return err
	}
	cmd := exec.Command(binary, "-test.run=^TestLesson$")
	cmd.Dir = l.Dir(root, "work")
	cmd.Env = append(os.Environ(), setting.Story+"=1", "TMPDIR="+temp)
	cmd.Stdout = os.Stdout
	story, err := process.Start(k, cmd)
	if err != nil {
		return err
	}
	select {
	case <-story.Done():
		return storyError(story, l)
	case <-ctx.Done():
		story.Kill()
		return ctx.Err()
	}
}

// storyError returns how the story ended, as this tool's exit codes have it.
func storyError(story *process.Process, l course.Lesson) error {
	var exit *exec.ExitError
	switch errors.As(story.Err(), &exit); {
	case story.Err() == nil && story.Output() == "":
		return hint.New(hint.Broken, "look for a call of os.Exit in an init function or in a package variable of your code", "the program ended before make crash could begin")
	case story.Err() == nil:
		return nil
	case exit == nil:
		return story.Err()
	case exit.ExitCode() == 3:
		return hint.ExitSetup
	}
	fmt.Fprintf(os.Stderr, "hint: fix the program, then: make crash %d\n", l.N)
	return hint.ExitRed
}
