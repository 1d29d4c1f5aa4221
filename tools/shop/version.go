package shop

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/proxy"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/stage"
	"example.com/workbook/tools/web"
)

// version is one version of the shop's program: a process of its own, or two copies, behind a
// proxy whose address is a deployment. The shop has one, and after a deployment two.
type version struct {
	n       int
	copies  []*unit
	proxy   *proxy.Proxy // nil until the shop opens
	binary  string
	sources *stage.Sources // that the binary was built from

	// Set, under the shop's lock, when there is a second version.
	deployment string // its id
	reported   page.Event
}

func newVersion(n int) *version { return &version{n: n} }

// addCopy adds a process that serves a version.
func (s *shop) addCopy(v *version, name string, above int) {
	u := &unit{name: name, addr: stage.Loopback(s.opts.Port + above)}
	u.begin = func(ctx context.Context) (child, error) { return s.startProgram(ctx, v, u.addr) }
	v.copies = append(v.copies, u)
}

// copyAt returns the process of a version at an address, nil if there is none.
func (v *version) copyAt(addr string) *unit {
	i := slices.IndexFunc(v.copies, func(u *unit) bool { return u.addr == addr })
	if i < 0 {
		return nil
	}
	return v.copies[i]
}

// allVersions returns the versions that there are now, the oldest first.
func (s *shop) allVersions() []*version {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.versions)
}

// newest returns the version that gets new calls.
func (s *shop) newest() *version {
	all := s.allVersions()
	return all[len(all)-1]
}

// versionIn returns the version that a unit is the process of, nil if it is none.
func (s *shop) versionIn(u *unit) *version {
	all := s.allVersions()
	i := slices.IndexFunc(all, func(v *version) bool { return slices.Contains(v.copies, u) })
	if i < 0 {
		return nil
	}
	return all[i]
}

// stopVersion ends a version's process and its proxy, if they have started.
func (s *shop) stopVersion(v *version) {
	for _, u := range v.copies {
		if p, ok := s.processOf(u).(*process.Process); ok && p != nil {
			p.Stop()
		}
	}
	if v.proxy != nil {
		v.proxy.Close()
	}
}

func (s *shop) admin() *restate.Admin { return s.stage.AdminClient() }

// nextIs returns what make deploy does in this shop.
func (s *shop) nextIs() string {
	if s.opts.Mine {
		return "your program as it is then, next to the one that runs"
	}
	return "version 2 of the program, next to version 1"
}

// deploy starts version 2 at an address of its own, makes Restate send new calls there, and
// returns lines with what there is to say about it. Version 1 continues.
func (s *shop) deploy(ctx context.Context) (said []string, err error) {
	s.switching.Lock()
	defer s.switching.Unlock()
	if s.hasNodes() {
		return nil, hint.New(hint.Usage, "close the shop with Ctrl-C, then: make shop", "nothing was deployed: a shop with three nodes has one version of its program")
	}
	old := s.newest()
	if old.n > 1 {
		return append([]string{"nothing was changed: version 2 serves new calls already"}, s.describeOld(ctx)...), nil
	}
	if s.opts.Mine && !old.sources.HaveChanged() {
		return []string{"nothing was changed: the source of your program is the same as that of version 1. Edit it in work/, and type make deploy again"}, nil
	}
	if err := s.checkDeploys(); err != nil {
		return nil, err
	}
	v := newVersion(2)
	s.addCopy(v, client.SecondUnit, secondAbove)
	what, err := s.buildNext(ctx, v)
	if err != nil {
		return nil, s.deployError(ctx, err)
	}
	if err := s.startNext(ctx, old, v); err != nil {
		s.stopVersion(v)
		return nil, s.deployError(ctx, err)
	}
	rest := s.describeOld(ctx)
	go s.followVersions(ctx, slices.Contains(rest, drained))
	said = append([]string{
		fmt.Sprintf("version 2 is deployed: %s, pid %d, %s", v.copies[0].name, s.viewUnit(v.copies[0]).PID, v.copies[0].addr),
		what,
		"New calls go to version 2",
	}, rest...)
	fmt.Printf("\n%s\n\n", strings.Join(said, "\n"))
	return said, nil
}

// checkDeploys refuses a deployment that the shop cannot make as it is now.
func (s *shop) checkDeploys() error {
	s.mu.Lock()
	naive := s.naive
	s.mu.Unlock()
	if naive {
		return hint.New(hint.Usage, "on the page, in the group program that serves, press the other button, then: make deploy", "nothing was deployed: the naive program serves")
	}
	for _, name := range []string{"restate", "sandbox"} {
		if u := s.viewUnit(s.unit(name)); u.Down != "" {
			return hint.New(hint.Setup, client.StartCommand(name), "nothing was deployed: %s is down", name)
		}
	}
	return nil
}

// buildNext builds version 2 and returns a line about it. A learner's version 2 is the sources as
// they are now; the reference's is a change of the reference.
func (s *shop) buildNext(ctx context.Context, v *version) (what string, err error) {
	v.binary = s.stage.BinaryOf("second")
	fmt.Println("\nbuilding version 2")
	if !s.opts.Mine {
		v.sources = stage.NewSources(s.opts.Root, s.source.folders()...)
		what, err := s.buildChanged(ctx, s.source.lesson.Shop.Second, v.binary)
		return "What is new: " + strings.TrimSuffix(what, "."), err
	}
	now, err := newSource(s.opts.Root, true, false)
	if err != nil {
		return "", err
	}
	v.sources = stage.NewSources(s.opts.Root, now.folders()...)
	dir := filepath.Join(s.stage.Dir, "second")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	args, err := now.buildArgs(dir)
	if err != nil {
		return "", err
	}
	return "Version 2 is your program as it is now", s.buildBinary(ctx, v.binary, args...)
}

// startNext starts version v and makes it known to Restate. Where it fails, Restate knows
// nothing of v, and v may still have to be stopped.
func (s *shop) startNext(ctx context.Context, old, v *version) error {
	if err := s.openProxy(v); err != nil {
		return err
	}
	u := v.copies[0]
	now, err := u.begin(ctx)
	s.mu.Lock()
	u.now = now
	s.mu.Unlock()
	if err != nil {
		return startError(u, now, err)
	}
	before, err := s.deploymentOf(ctx, old)
	if err != nil {
		return err
	}
	if err := s.checkServices(ctx, before, v); err != nil {
		return err
	}
	if err := s.admin().Register(ctx, v.proxy.URL()); err != nil {
		return err
	}
	after, err := s.deploymentOf(ctx, v)
	if err != nil {
		return errors.Join(err, s.admin().DeleteDeployment(ctx, v.proxy.URL()))
	}
	s.mu.Lock()
	old.deployment, v.deployment = before, after
	s.units, s.versions = append(s.units, u), append(s.versions, v)
	s.mu.Unlock()
	s.watchUnit(u, now)
	return nil
}

// deploymentOf returns the id under which Restate knows a version, "" if it does not.
func (s *shop) deploymentOf(ctx context.Context, v *version) (id string, err error) {
	all, err := s.admin().Deployments(ctx)
	for _, d := range all {
		if strings.TrimSuffix(d.URI, "/") == v.proxy.URL() {
			id = d.ID
		}
	}
	return id, err
}

// checkServices refuses a version that lacks a service of the deployment before: Restate would
// go on sending the calls of this service to the old one.
func (s *shop) checkServices(ctx context.Context, before string, v *version) error {
	had, err := s.admin().ServicesOf(ctx, before)
	if err != nil {
		return err
	}
	has, err := process.Discover(ctx, v.copies[0].addr)
	if err != nil {
		return err
	}
	lacks := slices.DeleteFunc(had, func(name string) bool {
		return slices.ContainsFunc(has, func(h process.Handler) bool { return h.Service == name })
	})
	if len(lacks) > 0 {
		return fmt.Errorf("the new program does not serve %s, and version 1 does", strings.Join(lacks, ", "))
	}
	return nil
}

// deployError returns why version 2 was not deployed. In a learner's shop, the learner's
// program is to be repaired.
func (s *shop) deployError(ctx context.Context, err error) error {
	var known *hint.Error
	if ctx.Err() != nil || errors.As(err, &known) {
		return err
	}
	kind, do := hint.Setup, ""
	if s.opts.Mine && !errors.As(err, new(*url.Error)) { // which is a server that does not answer
		kind, do = hint.Red, "fix the program, then: make deploy"
	}
	if errors.As(err, new(hint.Exit)) {
		err = errors.New("the new program does not compile; the shop's terminal has the errors")
	}
	return hint.New(kind, do, "version 2 was not deployed, and version 1 continues to serve: %w", err)
}

// describeOld returns a line with what version 1 still has to do, or none if there is only one
// version.
func (s *shop) describeOld(ctx context.Context) []string {
	all := s.allVersions()
	if len(all) < 2 {
		return nil
	}
	open, err := s.admin().Invocations(ctx, restate.InvocationFilter{Deployment: all[0].deployment, Statuses: restate.InFlight})
	if err != nil {
		return nil
	}
	slices.SortFunc(open, func(a, b restate.Invocation) int { return a.Created.Compare(b.Created) })
	var orders []string
	for _, i := range open {
		if i.Service == "Order" && !slices.Contains(orders, i.Key) {
			orders = append(orders, i.Key)
		}
	}
	switch {
	case len(open) == 0:
		return []string{drained}
	case len(orders) == 0:
		return []string{"Version 1 still has " + course.Count(len(open), "invocation")}
	case len(orders) == 1:
		return []string{fmt.Sprintf("Order %s stays on version 1 until it ends", orders[0])}
	}
	return []string{fmt.Sprintf("%s stay on version 1 until they end: %s", course.Count(len(orders), "order"), listFew(orders))}
}

const drained = "Version 1 is drained: all its invocations have ended"

// few is how many orders are named in a sentence.
const few = 8

// listFew returns the first names of a list, and how many more there are.
func listFew(names []string) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// lookEvery is the least time between two looks at what the versions still have to do.
const lookEvery = 300 * time.Millisecond

// followVersions keeps the page informed about the versions for as long as there are two, and
// prints that version 1 is drained, unless that is printed already.
func (s *shop) followVersions(ctx context.Context, printed bool) {
	for ctx.Err() == nil && len(s.allVersions()) > 1 {
		begun := time.Now()
		open, err := s.admin().CountOpen(ctx)
		if err == nil { // otherwise the server is down
			all := s.allVersions()
			for _, v := range all {
				s.reportVersion(v, page.Event{How: "deployed", Open: open[v.deployment]})
			}
			if len(all) > 1 && open[all[0].deployment] == 0 && !printed {
				printed = true
				fmt.Printf("\n%s. The page has a button that removes it\n\n", drained)
			}
		}
		web.Pause(ctx, max(lookEvery, 3*time.Since(begun)))
	}
}

// reportVersion adds an event about a version to the page, unless the page has the same
// already.
func (s *shop) reportVersion(v *version, e page.Event) {
	e.What, e.Name, e.Deployment = page.Version, fmt.Sprint(v.n), v.deployment
	s.mu.Lock()
	same := v.reported.How == e.How && v.reported.Open == e.Open
	v.reported = e
	s.mu.Unlock()
	if !same {
		s.page.Hub.Add(e)
	}
}

// removeOld removes version 1 from Restate and ends its program, if version 1 is drained: if
// all invocations that are pinned to it have ended.
func (s *shop) removeOld(ctx context.Context) (said string, err error) {
	s.switching.Lock()
	defer s.switching.Unlock()
	all := s.allVersions()
	if len(all) < 2 {
		return "", hint.New(hint.Usage, "", "nothing was removed: the shop has one version of its program")
	}
	old := all[0]
	open, err := s.admin().CountOpen(ctx)
	if err != nil {
		return "", err
	}
	if n := open[old.deployment]; n > 0 {
		return "", hint.New(hint.Usage, "", "version 1 was not removed: it still has %s", course.Count(n, "invocation"))
	}
	if err := s.admin().DeleteDeployment(ctx, old.proxy.URL()); err != nil {
		return "", err
	}
	s.mu.Lock()
	s.versions = s.versions[1:]
	s.units = slices.DeleteFunc(s.units, func(u *unit) bool { return slices.Contains(old.copies, u) })
	s.mu.Unlock()
	s.stopVersion(old)
	s.reportVersion(old, page.Event{How: "removed"})
	s.page.Hub.Add(page.Event{What: page.Unit, Name: old.copies[0].name, How: "removed"})
	s.notifyChange()
	said = "version 1 is removed: Restate does not know its address any more, and its program has ended"
	fmt.Printf("\n%s\n\n", said)
	return said, nil
}

func (s *shop) pageDeploy(ctx context.Context, _ struct{}) (string, error) {
	said, err := s.deploy(ctx)
	return strings.Join(said, ". "), err
}

func (s *shop) pageRemove(ctx context.Context, _ struct{}) (string, error) { return s.removeOld(ctx) }
