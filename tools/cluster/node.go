package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/web"
)

// Node is one server of a cluster, with its own folder.
type Node struct {
	*restate.Server

	cluster *Cluster
	name    string
	frozen  bool
}

// Name returns the node's name: n1, n2 or n3.
func (n *Node) Name() string { return n.name }

// checkFolder refuses a folder that a node of another cluster has written. The server
// refuses it too, with an exit and three lines in its log.
func (n *Node) checkFolder() error {
	dir := filepath.Join(n.cluster.options.Dir, n.name)
	text, err := os.ReadFile(filepath.Join(dir, n.name, ".cluster-marker"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var marker struct {
		Cluster string `json:"cluster_name"`
	}
	if json.Unmarshal(text, &marker) == nil && marker.Cluster == n.cluster.name {
		return nil
	}
	return hint.New(hint.Setup, "use an empty folder, or move this one away: mv "+dir+" "+dir+".old",
		"%s has the data of a node of another cluster, %s", dir, marker.Cluster)
}

// isRunning reports whether the node's process runs, and is not frozen.
func (n *Node) isRunning() bool {
	select {
	case <-n.Done():
		return false
	default:
		return !n.frozen
	}
}

// Restart starts the node again with its folder, its name and its number, and returns when
// it serves. One that still runs is killed first. While fewer than half of the nodes
// run, none of them serves, so Restart returns as soon as the process runs.
func (n *Node) Restart(ctx context.Context) error {
	if err := n.Kill(); err != nil {
		return err
	}
	if err := n.checkFolder(); err != nil {
		return err
	}
	n.cluster.mu.Lock()
	n.frozen = false
	err := n.Run()
	serves := n.cluster.hasMajority()
	n.cluster.mu.Unlock()
	if err != nil || !serves {
		return err
	}
	ctx, cancel := process.WithAwakeTimeout(ctx, startLimit)
	defer cancel()
	return n.AwaitReady(ctx)
}

// Freeze stops the node's process as SIGSTOP does. Its connections stay open, so nobody
// learns of it but by silence.
func (n *Node) Freeze() error { return n.setFrozen(true, syscall.SIGSTOP) }

// Thaw lets a frozen process continue.
func (n *Node) Thaw() error { return n.setFrozen(false, syscall.SIGCONT) }

func (n *Node) setFrozen(frozen bool, signal syscall.Signal) error {
	n.cluster.mu.Lock()
	defer n.cluster.mu.Unlock()
	select {
	case <-n.Done(): // its number may be another's by now
		return fmt.Errorf("%s does not run (%s)", n.name, n.Exit())
	default:
	}
	n.frozen = frozen
	return syscall.Kill(-n.Pid(), signal)
}

// awaitServices waits until the node knows all services of a list.
func (n *Node) awaitServices(ctx context.Context, wanted []string) error {
	for {
		known, err := n.Admin().Services(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(wanted, func(s string) bool { return !slices.Contains(known, s) }) {
			return nil
		}
		web.Pause(ctx, poll)
	}
}
