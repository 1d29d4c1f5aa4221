package restate

import "strings"

// Curl returns the command line that calls a handler through the ingress at addr,
// host:port, as people type it. path is as in [Request]; with /send behind it the
// command does not wait for the answer. Without a body, json is "".
func Curl(addr, path, json string) string {
	path, sends := strings.CutSuffix(path, "/send")
	line := "curl " + addr + callPath(path)
	if sends {
		line = "curl " + addr + sendPath(path)
	}
	if json == "" {
		return line
	}
	return line + " -H 'content-type: application/json' -d '" + strings.ReplaceAll(json, "'", `'\''`) + "'"
}

// CurlAdmin returns the command line by which people do something to an invocation, such
// as resume or kill. addr is the address of the server's admin API, host:port.
func CurlAdmin(addr, id, verb string) string {
	return "curl -X PATCH " + addr + "/invocations/" + id + "/" + verb
}
