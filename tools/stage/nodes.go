package stage

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"example.com/workbook/tools/cluster"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/restate"
)

// StartNodes starts all nodes of restate-server.
func (s *Stage) StartNodes(ctx context.Context) (err error) {
	s.Cluster, err = cluster.Start(ctx, s.Keeper, cluster.Options{
		Binary: s.Binary, Dir: filepath.Join(s.Dir, "nodes"), Nodes: s.Nodes, Ingress: s.Ingresses(), Admin: s.Admins(),
	})
	return err
}

// StartPostgres starts a PostgreSQL with an empty database. The first time, it fetches the
// program.
func (s *Stage) StartPostgres(ctx context.Context) error {
	programs, err := postgres.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	// Its folder is not one of the stage's: the user nobody may have to enter it.
	s.Postgres, err = postgres.Start(ctx, s.Keeper, programs, "")
	return err
}

// Ingresses returns the address of each node's ingress, host:port.
func (s *Stage) Ingresses() []string { return s.listFrom(s.Ingress) }

// Admins returns the address of each node's admin API, host:port.
func (s *Stage) Admins() []string { return s.listFrom(s.Admin) }

// listFrom returns the addresses of the nodes: that of the first one, and the ports behind it.
func (s *Stage) listFrom(first string) []string {
	host, text, _ := net.SplitHostPort(first)
	port, _ := strconv.Atoi(text)
	all := []string{first}
	for len(all) < s.Nodes {
		all = append(all, net.JoinHostPort(host, strconv.Itoa(port+len(all))))
	}
	return all
}

// AdminClient returns a client of the admin API that asks the next node if one does not
// answer. It can be used before the server runs.
func (s *Stage) AdminClient() *restate.Admin { return restate.NewAdmin(restate.URLs(s.Admins())...) }

// IngressClient returns a client of the ingress, as AdminClient does.
func (s *Stage) IngressClient() *restate.Ingress {
	return restate.NewIngress(restate.URLs(s.Ingresses())...)
}

// register makes a program known to the server, or to all nodes.
func (s *Stage) register(ctx context.Context, url string) error {
	if s.Cluster != nil {
		return s.Cluster.Register(ctx, url)
	}
	return s.Server.Admin().Register(ctx, url)
}
