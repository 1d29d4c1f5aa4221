package main

import (
	"context"
	"fmt"

	"example.com/workbook/tools/process"
)

type runCmd struct {
	N    string `arg:"" optional:"" help:"The lesson's number: 1."`
	Port int    `default:"8080" help:"The port to call it at; that of Restate's own page is 990 above."`
}

// runPorts are those of a lesson that is served, above the port to call.
var runPorts = []int{adminAbove, pageAbove}

// Run serves the learner's lesson until Ctrl-C.
func (c runCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	if _, err := p.lessonFor("run", c.N); err != nil {
		return err
	}
	_, l, err := p.checked("run", c.N)
	if err != nil {
		return err
	}
	s := &served{lesson: l, port: c.Port, base: base{root: p.root, keeper: k, ingress: loopback(c.Port), admin: loopback(c.Port + adminAbove)}}
	if err := usable(c.Port, runPorts, s.again()); err != nil {
		return err
	}
	err = s.run(ctx)
	s.stop()
	if ctx.Err() != nil {
		fmt.Println("\nstopped; nothing of it is left")
		return nil
	}
	return err
}

// run starts everything, says what there is, and watches it.
func (s *served) run(ctx context.Context) error {
	if err := s.start(ctx); err != nil {
		return err
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return err
	}
	ended := s.endings()
	if err := s.base.show(ctx, s.page, s.tables, s.port+pageAbove, s.rows()); err != nil {
		return err
	}
	s.introduce(calls)
	s.live.show()
	go s.printJournals(ctx, ended)
	return s.watch(ctx)
}

// introduce says what runs, how to call it, and how to stop it.
func (s *served) introduce(calls []string) {
	fmt.Printf("\nlesson %d is served. Ctrl-C stops it\n\n", s.lesson.N)
	introduceOne("restate", s.server.Pid(), s.ingress, s.ui())
	introduceOne("sandbox", s.sandbox.Pid(), s.sandbox.Addr(), "the ledger: "+s.ledger())
	for _, r := range s.rest {
		introduceOne("rest", r.Pid(), r.Addr(), r.from)
	}
	introduceOne("program", s.program.Pid(), s.program.Addr(), s.program.from)
	fmt.Printf("  %-8s  %s\n", "see it", "http://"+loopback(s.port+pageAbove)+"/")
	fmt.Printf("  %-8s  %s, until you stop it\n", "data", s.dir)
	fmt.Printf("\ncall it from another terminal:\n\n")
	for _, c := range calls {
		fmt.Println("  " + c)
	}
}

// watch returns when something has ended, or when it is told to.
func (s *served) watch(ctx context.Context) error {
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
		return unfit("the program ended: "+s.program.Exit(), s.program.Output(), s.again())
	case <-s.server.Done():
		return fmt.Errorf("restate-server ended; so does the rest")
	case <-s.sandbox.Done():
		return fmt.Errorf("the sandbox ended (%s): %s", s.sandbox.Exit(), lastWords(s.sandbox.Output()))
	case r := <-fell:
		return fmt.Errorf("%s ended (%s): %s", r.from, r.Exit(), lastWords(r.Output()))
	}
}
