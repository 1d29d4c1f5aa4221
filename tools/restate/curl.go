package restate

import "strings"

// Curl returns the command line that calls a handler through the ingress at addr,
// host:port, as people type it. Without a body, json is "".
func Curl(addr, path, json string) string {
	line := "curl " + addr + "/" + path
	if json == "" {
		return line
	}
	return line + " -H 'content-type: application/json' -d '" + strings.ReplaceAll(json, "'", `'\''`) + "'"
}
