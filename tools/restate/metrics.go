package restate

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
)

// leaders is the metric that counts the partitions that a node leads. The tables that the
// admin API knows do not have them.
const leaders = "restate_num_active_partition_leaders{"

// CountLed returns how many partitions the server leads. It asks the server itself, which
// answers even if it has lost the others of its cluster.
func (s *Server) CountLed(ctx context.Context) (partitions int, err error) {
	addr := s.options.FabricAddress()
	client := newClient(addr)
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL(addr, fabric)+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if line := lines.Text(); strings.HasPrefix(line, leaders) {
			_, err := fmt.Sscan(line[strings.LastIndexByte(line, ' ')+1:], &partitions)
			return partitions, err
		}
	}
	return 0, lines.Err() // a server that has just begun has no such metric yet
}
