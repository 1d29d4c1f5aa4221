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

// LearnerScripts matches the scripts that judge a learner's answer: all scripts except those of the
// category deep.
const LearnerScripts = "_(call|cut|count|predict|quiz|crash)_"

// Judge runs the checks of one lesson on the answers of a binary that Build has made.
type Judge struct {
	Root   string
	Lesson course.Lesson
	Binary Binary
	Lanes  *Lanes
	// NoReplay leaves out the second run of the scripts, which replays every step.
	NoReplay bool
}

// Replays reports whether the lesson has scripts that run a second time, with every step replayed.
// A script that needs several nodes runs once.
func (j *Judge) Replays() bool {
	dir := filepath.Join(j.Root, "testdata", j.Lesson.Slug)
	return len(course.Glob(dir, "*_call_*.txtar"))+len(course.Glob(dir, "*_cut_*.txtar")) > 0
}

// Run runs the scripts whose names match the pattern on an answer, and returns the result. The key
// is a suffix of every order's id, so that two answers have different orders. If every is set, the
// check also runs the scripts that cannot change the verdict. Run waits for a free server. It
// returns an error if the check writes no result.
func (j *Judge) Run(answer, scripts, key string, every bool) (result.Result, error) {
	lane := <-j.Lanes.free
	defer func() { j.Lanes.free <- lane }()
	server, err := lane.takeServer()
	if err != nil {
		return result.Result{}, err
	}
	dir, err := os.MkdirTemp("", "judge")
	if err != nil {
		return result.Result{}, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "result.json")
	cmd := exec.Command(j.Binary.file, "-test.run", "^TestLesson$/.*/"+scripts)
	cmd.Dir = j.Lesson.Dir(j.Root, "solutions")
	cmd.Env = append(os.Environ(), "VARIANT="+answer, setting.SharedServer+"="+server.Dir(), setting.SharedKey+"=-"+key, setting.Result+"="+file, setting.Source+"="+j.Binary.sources[answer])
	if every {
		cmd.Env = append(cmd.Env, setting.EveryScript+"=1")
	}
	if j.NoReplay {
		cmd.Env = append(cmd.Env, setting.NoReplay+"=1")
	}
	out, _ := cmd.CombinedOutput() // the error is ignored, since the check of a wrong answer fails
	r, err := result.Read(file, "solutions", j.Lesson.Slug)
	if err != nil {
		return r, fmt.Errorf("%w: %s", err, out)
	}
	return r, nil
}

// IsInstalled reports whether a folder has this name because npm has installed packages
// there. Another test can write to such a folder at the same time.
func IsInstalled(name string) bool { return name == "node_modules" }

// Lanes are Restate servers, each of which is used by one check at a time.
type Lanes struct {
	keeper *process.Keeper
	binary string
	all    []*lane
	free   chan *lane
}

// lane is a server that is replaced with a new server after some checks.
type lane struct {
	lanes  *Lanes
	server *restate.Server
	checks int // how many checks have used this server
}

// perServer is the number of checks that use one server. A server keeps the invocations of all
// checks, so queries of its tables take longer and longer. After a hundred checks of lesson 4, the
// queries took ten times as long as the checks themselves.
const perServer = 8

// StartLanes starts n servers.
func StartLanes(n int) (*Lanes, error) {
	k, err := process.NewKeeper()
	if err != nil {
		return nil, err
	}
	l := &Lanes{keeper: k, free: make(chan *lane, n)}
	if l.binary, err = restate.Find(context.Background(), os.Stderr); err != nil {
		l.Stop()
		return nil, err
	}
	for range n {
		lane := &lane{lanes: l}
		if err := lane.start(); err != nil {
			l.Stop()
			return nil, err
		}
		l.all = append(l.all, lane)
		l.free <- lane
	}
	return l, nil
}

func (l *lane) start() (err error) {
	l.server, err = restate.Start(context.Background(), l.lanes.keeper, l.lanes.binary, setting.Server())
	l.checks = 0
	return err
}

// takeServer returns a server for one check.
func (l *lane) takeServer() (*restate.Server, error) {
	if l.checks == perServer {
		if err := l.server.Stop(); err != nil {
			return nil, err
		}
		if err := l.start(); err != nil {
			return nil, err
		}
	}
	l.checks++
	return l.server, nil
}

// Stop stops the servers.
func (l *Lanes) Stop() {
	for _, lane := range l.all {
		lane.server.Stop()
	}
	l.keeper.Close()
}
