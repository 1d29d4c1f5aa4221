package shop

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/stage"
	"example.com/workbook/tools/web"
)

// NodePorts are those of the second node and the third, above the port to call: the
// ingresses, and the admin APIs.
var NodePorts = []int{1, 2, stage.AdminAbove + 1, stage.AdminAbove + 2}

// checkRoom prints what a shop with three nodes needs, and what there is. It refuses a
// machine that has too little.
func checkRoom() error {
	free, err := cluster.MeasureRoom("/tmp")
	if err != nil {
		return err
	}
	if err := free.Check(); err != nil {
		return err
	}
	fmt.Println(free)
	return nil
}

// hasNodes reports whether the shop has several nodes of restate-server, and two copies of its
// program.
func (s *shop) hasNodes() bool { return s.opts.Nodes > 1 }

// newNodes returns the units of the nodes, and of the database that the copies share.
func (s *shop) newNodes() (all []*unit) {
	for i := range s.opts.Nodes {
		begin := func(ctx context.Context) (child, error) { return s.startNode(ctx, i) }
		all = append(all, &unit{name: client.NodeName(i), addr: stage.Loopback(s.opts.Port + i), begin: begin})
	}
	return append(all, &unit{name: "postgres", addr: "a unix socket", begin: s.startPostgres})
}

// startPostgres starts PostgreSQL, the second time with its rows.
func (s *shop) startPostgres(ctx context.Context) (child, error) {
	var err error
	if s.stage.Postgres == nil {
		err = s.stage.StartPostgres(ctx)
	} else {
		err = s.stage.Postgres.Restart(ctx)
	}
	return s.stage.Postgres, err
}

// startNode starts a node. The first one that starts takes all others with it: a node alone
// serves nothing.
func (s *shop) startNode(ctx context.Context, i int) (child, error) {
	if s.stage.Cluster == nil {
		if err := s.stage.StartNodes(ctx); err != nil {
			return nil, err
		}
	}
	n := s.stage.Cluster.Nodes[i]
	select {
	case <-n.Done():
		return n, n.Restart(ctx)
	default:
		return n, nil
	}
}

// leadEvery is the time between two looks at who leads.
const leadEvery = 300 * time.Millisecond

// followLeader keeps the page informed about which node leads, until ctx is done.
func (s *shop) followLeader(ctx context.Context) {
	for last := ""; ctx.Err() == nil; web.Pause(ctx, leadEvery) {
		now := ""
		if led := s.stage.Cluster.CountLed(ctx); slices.Max(led) > 0 {
			now = client.NodeName(slices.Index(led, slices.Max(led)))
		}
		if now != last && ctx.Err() == nil {
			last = now
			s.page.Hub.Add(page.Event{What: page.Leader, How: now})
		}
	}
}

// breaksOfNodes returns the commands that kill a process and start it again. A process that
// was killed stays down until somebody starts it, so that there is time to look.
func (s *shop) breaksOfNodes() [][2]string {
	leads, one := client.NodeName(0), s.newest().copies[0].name
	if n, err := s.stage.Cluster.Leader(context.Background()); err == nil {
		leads = client.NodeName(slices.Index(s.stage.Cluster.Nodes, n))
	}
	return [][2]string{
		{fmt.Sprintf("kill -9 %d", s.viewUnit(s.unit(leads)).PID), leads + ", which leads now, dies and stays down; the others continue"},
		{client.StartCommand(leads), leads + " starts again; so do copy-1 and the other processes"},
		{fmt.Sprintf("kill -9 %d", s.viewUnit(s.unit(one)).PID), one + " dies and stays down; the other copy continues"},
	}
}

// describeNode returns what to print of a node, or of the database, behind its address.
func (s *shop) describeNode(u *unit) string {
	if u.name == "postgres" {
		return "the rows of both copies"
	}
	i := slices.IndexFunc(s.allUnits(), func(other *unit) bool { return other == u })
	return "Restate's page: http://" + s.stage.Admins()[i] + "/ui/"
}
