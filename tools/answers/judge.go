package answers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// LearnerScripts matches the scripts that judge a learner's answer: all but the deep
// ones.
const LearnerScripts = "_(call|cut|count|predict|quiz|crash)_"

// Judge runs the checks of one lesson on the answers of a binary that Build has made.
type Judge struct {
	Root   string
	Lesson course.Lesson
	Binary Binary
	Lanes  *Lanes
}

// Run returns what the lesson's check of an answer has found, with the scripts whose names
// the pattern matches. The key is a suffix of every order's id, so that the orders of two
// answers differ. If every is set, the check runs the scripts that cannot change the
// verdict too. Run waits for a free server. Run fails if the check leaves no result.
func (j *Judge) Run(answer, scripts, key string, every bool) (result.Result, error) {
	lane := <-j.Lanes.free
	defer func() { j.Lanes.free <- lane }()
	dir, err := os.MkdirTemp("", "judge")
	if err != nil {
		return result.Result{}, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "result.json")
	cmd := exec.Command(j.Binary.file, "-test.run", "^TestLesson$/.*/"+scripts)
	cmd.Dir = j.Lesson.Dir(j.Root, "solutions")
	cmd.Env = append(os.Environ(), "VARIANT="+answer, setting.SharedServer+"="+lane.Dir(), setting.SharedKey+"=-"+key, setting.Result+"="+file, setting.Source+"="+j.Binary.sources[answer])
	if every {
		cmd.Env = append(cmd.Env, setting.EveryScript+"=1")
	}
	out, _ := cmd.CombinedOutput() // a check of a wrong answer fails
	r, err := result.Read(file, "solutions", j.Lesson.Slug)
	if err != nil {
		return r, fmt.Errorf("%w: %s", err, out)
	}
	return r, nil
}

// Lanes are Restate servers, each of which is used by one check at a time.
type Lanes struct {
	keeper *process.Keeper
	all    []*restate.Server
	free   chan *restate.Server
}

// StartLanes starts n servers.
func StartLanes(n int) (*Lanes, error) {
	k, err := process.NewKeeper()
	if err != nil {
		return nil, err
	}
	l := &Lanes{keeper: k, free: make(chan *restate.Server, n)}
	binary, err := restate.Find(context.Background(), os.Stderr)
	for range n {
		if err != nil {
			break
		}
		var s *restate.Server
		if s, err = restate.Start(context.Background(), k, binary, setting.Server()); err == nil {
			l.all = append(l.all, s)
			l.free <- s
		}
	}
	if err != nil {
		l.Stop()
		return nil, err
	}
	return l, nil
}

// Stop stops the servers.
func (l *Lanes) Stop() {
	for _, s := range l.all {
		s.Stop()
	}
	l.keeper.Close()
}
