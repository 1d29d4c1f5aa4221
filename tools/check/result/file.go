package result

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// ErrNone is what [Read] returns when a file holds no whole result of the
// lesson's check. Such a check has judged nothing.
var ErrNone = errors.New("the check left no result")

// Write writes a result to a file. A reader finds all of it or no file.
func Write(file string, r Result) error {
	r.Version = Version
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	temp := file + ".new"
	if err := os.WriteFile(temp, text, 0o666); err != nil {
		os.Remove(temp)
		return err
	}
	return os.Rename(temp, file)
}

// Read reads the result of the check of a lesson, by its slug, in a tree. The
// error is [ErrNone] when the file is missing, cut short, of another version
// or lesson, or contradicts itself.
func Read(file, tree, slug string) (Result, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	if r.Version != Version {
		return Result{}, fmt.Errorf("%w: its format is version %d, not %d", ErrNone, r.Version, Version)
	}
	if r.Tree != tree || r.Slug != slug {
		return Result{}, fmt.Errorf("%w: it is of %s/%s, not %s/%s", ErrNone, r.Tree, r.Slug, tree, slug)
	}
	if err := r.validate(); err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	return r, nil
}

// validate refuses words that are unknown, and a good word over tasks that do
// not deserve it.
func (r Result) validate() error {
	if !slices.Contains(words, r.Word) {
		return fmt.Errorf("%q is no word of a verdict", r.Word)
	}
	if r.Word == Pass && len(r.Tasks) == 0 {
		return errors.New("the result passes, but has no task")
	}
	stub := r.Tree == "lessons" // which is right when it is red
	for _, t := range r.Tasks {
		switch {
		case !slices.Contains(states, t.State):
			return fmt.Errorf("%q is no state of a task", t.State)
		case t.State.isRed() != (t.Red != nil):
			return fmt.Errorf("task %s is in state %q, with a red check: %t", t.ID, t.State, t.Red != nil)
		case stub:
		case r.Word == Pass && t.State != TaskPassed, r.Word == Part && t.State.isRed():
			return fmt.Errorf("the word is %s, and task %s is in state %q", r.Word, t.ID, t.State)
		}
	}
	return nil
}
