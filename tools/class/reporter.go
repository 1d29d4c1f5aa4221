package class

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"example.com/workbook/tools/hint"
)

// SendVerb is the verb of the workbook's command that sends the waiting reports.
const SendVerb = "class-send"

// Reporter reports to a learner's class while a command runs. A class must not disturb the command:
// the reporter prints its errors, and the command goes on.
type Reporter struct {
	root   string
	joined chan error // receives the result of joining; nil if the command joins no class
}

// NewReporter returns a reporter for the workbook at root.
func NewReporter(root string) *Reporter { return &Reporter{root: root} }

// Join joins the class at an address, under a name, and reports that to the class while the command
// goes on. If the address is [Off], Join leaves the class. If it is "", Join does nothing.
func (r *Reporter) Join(address, name string) {
	var err error
	switch address {
	case "":
		return
	case Off:
		err = Leave(r.root)
	default:
		err = r.join(address, name)
	}
	if err != nil {
		printError(err)
	}
}

func (r *Reporter) join(address, name string) error {
	m, err := Join(r.root, address, name)
	if err != nil {
		return err
	}
	if err := Put(r.root, Report{}); err != nil {
		return err
	}
	r.joined = make(chan error, 1)
	go func() {
		err := Send(context.Background(), r.root)
		if err == nil {
			err = fmt.Errorf("you are %s in %s; to leave the class: CLASS=off make check", m.Name, m.Class)
		}
		r.joined <- err
	}()
	return nil
}

// Report reports to the class, if the workbook is in one. Report does not wait: it stores the
// report in work/class, and another process sends it.
func (r *Reporter) Report(report Report) {
	m, err := Read(r.root)
	if err != nil || m.Class == "" {
		return
	}
	if err := Put(r.root, report); err != nil {
		printError(err)
		return
	}
	r.printState()
	if self, err := os.Executable(); err == nil {
		send := exec.Command(self, SendVerb)
		send.Dir = r.root
		send.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // this terminal may be closed before the report is sent
		if send.Start() == nil {
			go send.Wait()
		}
	}
}

// ReportJoining sends an empty report if the command has joined a class. A command that fails
// before it has a result calls it.
func (r *Reporter) ReportJoining() {
	if r.joined != nil {
		r.Report(Report{})
	}
}

// SetHand raises the learner's hand in the class, or takes it down, and waits for the class's
// answer.
func (r *Reporter) SetHand(ctx context.Context, up bool) error {
	if m, _ := Read(r.root); m.Class == "" {
		return hint.New(hint.Usage, "CLASS=http://… NAME=otter make hand, with the address on the instructor's screen", "you are in no class")
	}
	if err := Put(r.root, Report{Hand: &up}); err != nil {
		return err
	}
	if err := Send(ctx, r.root); err != nil {
		return err
	}
	if up {
		fmt.Println("your hand is up. to take it down: make hand DOWN=1")
	} else {
		fmt.Println("your hand is down")
	}
	return nil
}

// printState prints once whether joining the class worked, and why the last report was not sent, if
// it was not sent.
func (r *Reporter) printState() {
	joined := r.joined
	r.joined = nil
	select {
	case result := <-joined:
		printError(result)
		return
	default:
	}
	if why, reports := Trouble(r.root); why != "" {
		printError(fmt.Errorf("the last report was not sent: %s\n%s to be sent; to leave the class: CLASS=off make check", why, countWaiting(reports)))
	} else if joined != nil {
		printError(errors.New("the class has not answered yet, and the check did not wait"))
	}
}

func countWaiting(reports int) string {
	if reports == 1 {
		return "1 report waits"
	}
	return fmt.Sprintf("%d reports wait", reports)
}

// printError prints an error, or other news about the class, in a block with a title.
func printError(err error) {
	fmt.Fprintln(os.Stderr, "class     "+strings.ReplaceAll(hint.Text(err), "\n", "\n          "))
}
