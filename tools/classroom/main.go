// Command classroom serves the page of a class, and keeps the record of the class. Learners' checks
// report to the program, and the page shows their results to everybody. Classroom is a program of
// its own, so that the workbook tool does not link SQLite.
//
//	classroom -root . -record work/class/room.db -listen 127.0.0.1:8100
//	classroom -root . -record work/class/room.db -timings
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/web"
)

// options are the values of the command-line flags.
type options struct{ root, record, listen, again string }

func main() {
	var o options
	flag.StringVar(&o.root, "root", ".", "the workbook's root")
	flag.StringVar(&o.record, "record", "", "the class's record")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8100", "host:port of the page")
	flag.StringVar(&o.again, "again", "make class", "the command that serves it again")
	timings := flag.Bool("timings", false, "print how long tasks took, and serve nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if *timings {
		err = o.printTimings()
	} else {
		err = o.runServer(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, hint.Text(err))
		os.Exit(hint.ExitCode(err))
	}
}

// newDesk returns a desk for the class. It does not replay the events of the record.
func newDesk(root, record string) (*desk, error) {
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	d := &desk{truths: map[string]string{}, limits: map[string]*rate.Limiter{}}
	minutes := map[string]int{}
	for _, l := range lessons {
		n, err := course.ReadNotes(root, l)
		if err != nil {
			return nil, err
		}
		for id, effort := range n.Tasks {
			minutes[id] = effort.Minutes
		}
		truths, err := course.Truths(root, l)
		if err != nil {
			return nil, err
		}
		for id, truth := range truths {
			d.truths[id] = truth
		}
	}
	d.room = newRoom(lessons, minutes)
	if d.journal, err = openJournal(record); err != nil {
		return nil, hint.New(hint.Setup, "look whether the disk has room, and whether make class wrote that file", "the record of the class, %s cannot be opened: %w", record, err)
	}
	return d, nil
}

func (o options) runServer(ctx context.Context) error {
	d, err := newDesk(o.root, o.record)
	if err != nil {
		return err
	}
	defer d.journal.db.Close()
	if d.code, err = d.journal.joinCode(newCode); err != nil {
		return err
	}
	if err := d.replayRecord(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return hint.New(hint.Setup, "for example: make class PORT=8101", "the page cannot listen at %s: %w", o.listen, errors.Unwrap(err))
	}
	d.printWelcome(os.Stdout, d.addJoinURLs(l), o.again)
	if err := web.Serve(ctx, l, d.routes()); err != nil {
		return err
	}
	fmt.Printf("\nstopped; the record is kept, and %s continues with it\n", o.again)
	return nil
}

// codeLetters has the letters that nobody confuses on a projector.
const codeLetters = "abcdefghjkmnpqrstuvwxyz"

func newCode() string {
	b := make([]byte, 5)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b)
}

// joinURL returns the address of the class on a host.
func (d *desk) joinURL(host string, at *net.TCPAddr) string {
	return fmt.Sprintf("http://%s/%s", net.JoinHostPort(host, fmt.Sprint(at.Port)), d.code)
}

// addJoinURLs records the addresses at which learners can join.
func (d *desk) addJoinURLs(l net.Listener) *net.TCPAddr {
	at := l.Addr().(*net.TCPAddr)
	for _, host := range hostNames(at.IP) {
		d.joins = append(d.joins, d.joinURL(host, at))
	}
	return at
}

// printWelcome prints the address of the page, and who can reach the page.
func (d *desk) printWelcome(w io.Writer, at *net.TCPAddr, again string) {
	here := at.IP.String()
	if at.IP.IsUnspecified() {
		here = "127.0.0.1"
	}
	fmt.Fprintf(w, "the class's page: %s/\n\n", d.joinURL(here, at))
	if at.IP.IsLoopback() {
		fmt.Fprint(w, "only this machine can reach the page. for the room: make class LISTEN=all\n\n")
	} else {
		fmt.Fprint(w, "the page listens beyond this machine. everybody in this network who has the join code\ncan see the page and report results. no other program of the workbook does so.\n\n")
		release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
		fmt.Fprint(w, noteSystem(string(release), at.Port))
	}
	fmt.Fprintln(w, "learners join once, with:")
	for _, at := range d.joins {
		fmt.Fprintf(w, "  CLASS=%s NAME=otter make check\n", at)
	}
	fmt.Fprintf(w, "\n%d in the class so far. Ctrl-C stops the page; %s continues the class.\n", len(d.room.order), again)
}

// noteSystem returns what the instructor has to do in WSL, because other machines mostly cannot
// reach the addresses in WSL. On other systems it returns "". The argument release is the name of
// the kernel.
func noteSystem(release string, port int) string {
	if !strings.Contains(strings.ToLower(release), "microsoft") {
		return ""
	}
	return fmt.Sprintf("the page runs in WSL: other machines reach it only if Windows passes the port on. in Windows, as an administrator:\n"+
		"  `netsh interface portproxy add v4tov4 listenport=%[1]d connectport=%[1]d connectaddress=ADDRESS`\n"+
		"ADDRESS is the one below. learners then join at the address of Windows, which `ipconfig` prints.\n\n", port)
}

// hostNames returns the addresses by which other machines reach a listener.
func hostNames(at net.IP) (all []string) {
	if !at.IsUnspecified() {
		return []string{at.String()}
	}
	found, _ := net.InterfaceAddrs()
	for _, a := range found {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			all = append(all, n.IP.String())
		}
	}
	return all
}

// printTimings prints how long the tasks took.
func (o options) printTimings() error {
	if _, err := os.Stat(o.record); err != nil {
		return hint.New(hint.Usage, "make class writes a record while it runs", "there is no record of a class at %s", filepath.ToSlash(o.record))
	}
	d, err := newDesk(o.root, o.record)
	if err != nil {
		return err
	}
	defer d.journal.db.Close()
	if err := d.journal.replayEvents(d.room.apply); err != nil {
		return err
	}
	fmt.Printf("learners: %d; %s to %s; minutes of work, without talks and breaks\n\n",
		len(d.room.order), d.room.opened.Format("2 January 15:04"), cmp.Or(d.room.last, time.Now()).Format("15:04"))
	d.room.writeTimings(os.Stdout)
	fmt.Println("\nplan: the minutes in the front matter of lessons/NN-…/NOTES.md")
	return nil
}
