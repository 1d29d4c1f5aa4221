package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

type runCmd struct {
	N    string `arg:"" help:"The lesson's number: 1."`
	Port int    `default:"8080" help:"The port to call it at; that of Restate's own page is 990 above."`
}

// Run serves the learner's lesson until Ctrl-C.
func (c runCmd) Run(p *place) error {
	_, l, err := p.checked(c.N)
	if err != nil {
		return err
	}
	if err := c.usable(l); err != nil {
		return err
	}
	ctx, stop := untilStopped()
	defer stop()
	s := &shop{root: p.root, lesson: l, ingress: loopback(c.Port), admin: loopback(c.Port + adminAbove)}
	err = s.run(ctx)
	s.stop()
	if ctx.Err() != nil {
		fmt.Println("\nstopped; nothing of it is left")
		return nil
	}
	return err
}

// untilStopped ends with Ctrl-C, SIGTERM or the terminal. A second signal
// changes nothing: go and make hand on those that the terminal sends to us too.
func untilStopped() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}

// adminAbove is what lies between the two ports that Restate's own
// documentation uses, 8080 and 9070.
const adminAbove = 9070 - 8080

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// usable says whether both ports can be had.
func (c runCmd) usable(l course.Lesson) error {
	if c.Port < 1024 || c.Port+adminAbove > 65535 {
		return hint.New(hint.Usage, fmt.Sprintf("for example: make run %d PORT=18080", l.N), "a port is 1024 to %d, not %d", 65535-adminAbove, c.Port)
	}
	for _, port := range []int{c.Port, c.Port + adminAbove} {
		if err := free(port); errors.Is(err, syscall.EADDRINUSE) {
			return hint.New(hint.Setup, fmt.Sprintf("stop what listens there, or: make run %d PORT=%d", l.N, otherPort()),
				"port %d is taken, by another make run perhaps", port)
		} else if err != nil {
			return hint.New(hint.Setup, fmt.Sprintf("try another: make run %d PORT=%d", l.N, otherPort()), "cannot listen on port %d: %w", port, err)
		}
	}
	return nil
}

func free(port int) error {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return err
	}
	return l.Close()
}

// otherPort is one that would do now.
func otherPort() int {
	for port := 18080; port+adminAbove <= 65535; port += 100 {
		if free(port) == nil && free(port+adminAbove) == nil {
			return port
		}
	}
	return 18080
}

// run starts everything, says what there is, and watches it.
func (s *shop) run(ctx context.Context) error {
	if err := s.start(ctx); err != nil {
		return err
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	ended := s.endings()
	s.introduce(calls)
	s.live.show()
	go s.printJournals(ctx, ended)
	return s.watch(ctx)
}

// introduce says what runs, how to call it, and how to stop it.
func (s *shop) introduce(calls []string) {
	fmt.Printf("\nlesson %d is served. Ctrl-C stops it\n\n", s.lesson.N)
	line := func(name string, pid int, at, what string) {
		fmt.Printf("  %-8s  pid %-7d  %-22s  %s\n", name, pid, at, what)
	}
	line("restate", s.server.Pid(), s.ingress, "its own page: http://"+s.admin+"/ui/")
	line("sandbox", s.sandbox.Pid(), s.sandbox.Addr(), "the ledger: "+s.ledger())
	for _, r := range s.rest {
		line("rest", r.Pid(), r.Addr(), r.from)
	}
	line("program", s.program.Pid(), s.program.Addr(), s.program.from)
	fmt.Printf("  %-8s  %s, until you stop it\n", "data", s.dir)
	fmt.Printf("\ncall it from another terminal:\n\n")
	for _, c := range calls {
		fmt.Println("  " + c)
	}
}

// watch returns when something has ended, or when it is told to.
func (s *shop) watch(ctx context.Context) error {
	fell := make(chan *program, len(s.rest))
	for _, r := range s.rest {
		go func() {
			<-r.Done()
			fell <- r
		}()
	}
	select {
	case <-ctx.Done():
		return nil
	case <-s.program.Done():
		return s.unfit("the program ended: "+s.program.Exit(), s.program.Output())
	case <-s.server.Done():
		return fmt.Errorf("restate-server ended; so does the rest")
	case <-s.sandbox.Done():
		return fmt.Errorf("the sandbox ended (%s): %s", s.sandbox.Exit(), lastWords(s.sandbox.Output()))
	case r := <-fell:
		return fmt.Errorf("%s ended (%s): %s", r.from, r.Exit(), lastWords(r.Output()))
	}
}

// unfit tells the learner what is the matter with their program.
func (s *shop) unfit(what, output string) error {
	fmt.Fprintf(os.Stderr, "\n%s\n", what)
	if words := lastWords(output); words != "" {
		fmt.Fprintf(os.Stderr, "its last words:\n  | %s\n", strings.ReplaceAll(words, "\n", "\n  | "))
	}
	fmt.Fprintf(os.Stderr, "hint: everything was stopped; mend it, then: make run %d\n", s.lesson.N)
	return errRed
}
