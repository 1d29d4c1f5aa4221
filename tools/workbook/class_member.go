package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"example.com/workbook/tools/class"
	"example.com/workbook/tools/course"
	"example.com/workbook/tools/files"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/progress"
)

// joining is how a learner joins a class, with the first command that tells it
// something.
type joining struct {
	Class string `env:"CLASS" help:"Tell a class how your tasks fare: its address, or off."`
	// Some systems have a NAME in everybody's environment, so it counts beside CLASS alone.
	Name string `env:"NAME" help:"What you are called there; it need not be your own."`
}

// member does what was said of a class, before anything is told to it. A class is in
// nobody's way: what goes wrong is said, and that is all.
func (j joining) member(p *place) {
	var err error
	switch j.Class {
	case "":
		return
	case class.Off:
		err = class.Leave(p.root)
	default:
		err = p.join(j)
	}
	if err != nil {
		sayOfClass(err)
	}
}

// join joins a class, and has it hear of that while the check runs.
func (p *place) join(j joining) error {
	m, err := class.Join(p.root, j.Class, j.Name)
	if err != nil {
		return err
	}
	if err := class.Put(p.root, class.Report{}); err != nil {
		return err
	}
	p.joined = make(chan error, 1)
	go func() {
		err := class.Send(context.Background(), p.root)
		if err == nil {
			err = fmt.Errorf("you are %s in %s; CLASS=off make check leaves it", m.Name, m.Class)
		}
		p.joined <- err
	}()
	return nil
}

func sayOfClass(err error) {
	fmt.Fprintln(os.Stderr, "class     "+strings.ReplaceAll(hint.Text(err), "\n", "\n          "))
}

// report tells the class, if the workbook is in one, and waits for nobody: what is
// told is left in work/class, and a process of its own sends it.
func (p *place) report(r class.Report) {
	m, err := class.Read(p.root)
	if err != nil || m.Class == "" {
		return
	}
	if err := class.Put(p.root, r); err != nil {
		sayOfClass(err)
		return
	}
	p.sayHowItGoes()
	if self, err := os.Executable(); err == nil {
		send := exec.Command(self, "class-send")
		send.Dir = p.root
		send.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // this terminal may be closed
		if send.Start() == nil {
			go send.Wait()
		}
	}
}

// joinedAlone is for a command that goes no further: the class is told all the same.
func (p *place) joinedAlone() {
	if p.joined != nil {
		p.report(class.Report{})
	}
}

// sayHowItGoes says what came of joining, once, and of the last sending if that failed.
func (p *place) sayHowItGoes() {
	joined := p.joined
	p.joined = nil
	select {
	case came := <-joined:
		sayOfClass(came)
		return
	default:
	}
	if why, reports := class.Trouble(p.root); why != "" {
		sayOfClass(fmt.Errorf("the last time: %s\n%s for it; CLASS=off make check leaves it", why, waits(reports)))
	} else if joined != nil {
		sayOfClass(errors.New("it has not answered yet, and nothing waited for it"))
	}
}

func waits(reports int) string {
	if reports == 1 {
		return "1 report waits"
	}
	return fmt.Sprintf("%d reports wait", reports)
}

type classSendCmd struct{}

// Run sends what waits. Nobody reads what it would say.
func (classSendCmd) Run(ctx context.Context, p *place) error { return class.Send(ctx, p.root) }

// judgedReport returns what a class is told of a check.
func judgedReport(root string, l course.Lesson, o outcome) class.Report {
	r := class.Report{Lesson: l.N, Tasks: o.results(), Guesses: map[string]string{}}
	r.Given = files.Exists(filepath.Join(l.Dir(root, "work"), progress.GivenName))
	if t, ok := o.refused(); ok {
		r.Red = t.ID
		if !t.Red.Unwritten {
			r.Check, r.Likely = t.Red.Check, t.Red.Likely
		}
	}
	for _, t := range l.Tasks {
		if r.Given {
			break // it was the reference's
		}
		if guess, err := os.ReadFile(course.GuessFile(l.Dir(root, "work"), t.ID)); err == nil {
			r.Guesses[t.ID] = strings.TrimSpace(string(guess))
		}
	}
	return r
}

type handCmd struct {
	joining
	Down bool `help:"Take it down: DOWN=1."`
}

// Run raises the learner's hand in their class. Here, somebody waits for an answer.
func (c handCmd) Run(ctx context.Context, p *place) error {
	c.member(p)
	if m, _ := class.Read(p.root); m.Class == "" {
		return hint.New(hint.Usage, "CLASS=http://… NAME=otter make hand, with the address on the instructor's screen", "you are in no class")
	}
	up := !c.Down
	if err := class.Put(p.root, class.Report{Hand: &up}); err != nil {
		return err
	}
	if err := class.Send(ctx, p.root); err != nil {
		return err
	}
	if up {
		fmt.Println("your hand is up. make hand DOWN=1 takes it down")
	} else {
		fmt.Println("your hand is down")
	}
	return nil
}
