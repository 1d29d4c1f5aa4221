package restate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
)

// mends are what to do about what a server, the system's loader or a shell says as the
// server ends.
var mends = []struct{ said, do string }{
	{"Address in use", "stop the program that listens there, or choose another port"},
	{"No space left", "free 200 MB there"},
	{"page size", "use a kernel with pages of 4 KB (`getconf PAGESIZE` prints the size), as the default kernel of most systems is; or " + ownServer + " that is built for this one"},
	{"GLIBC", "use a newer release of the system, or " + ownServer + " that is built for this one"},
	{"shared librar", "install the library that is missing, or " + ownServer + " that needs none"},
	{"llegal instruction", "use another machine: this CPU lacks instructions that the server needs"},
	{"too many open files", "use a new terminal with a higher limit: ulimit -n 4096"},
	{"allocat", "close other programs (`free -m` shows the memory)"},
}

// startError returns why the server ended before it served. The port is looked at
// before the start; another program may still be quicker.
func startError(binary string, exit error, logFile string) error {
	tail := logTail(logFile)
	why := "it went"
	if exit != nil {
		why = exit.Error()
	}
	return hint.New(hint.Setup, mendFor(binary, why+" "+tail), "restate-server ended at its start (%s): %s", why, tail)
}

// mendFor returns what to do about a server that ended and said that.
func mendFor(binary, said string) string {
	for _, m := range mends {
		if strings.Contains(said, m.said) {
			return m.do
		}
	}
	return mendBinary(binary)
}

// mendBinary returns what to do about a server that does not run, for no known reason.
func mendBinary(binary string) string {
	if cache, err := npm.Cache(); err == nil && strings.HasPrefix(binary, cache+string(filepath.Separator)) {
		return "rm " + binary + "; then make doctor fetches it again"
	}
	return ownServer + ", or unset it; `" + binary + " --version` has to print its version"
}

// logTail returns the last three troubles of a server's log, in one line.
func logTail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	var last []string
	for line := range strings.Lines(string(text)) {
		if said := errorInLine(line); said != "" {
			last = append(last, said)
		}
	}
	if len(last) == 0 {
		return "the log has no error"
	}
	return strings.Join(last[max(0, len(last)-3):], "; ")
}

// errorInLine returns the message of a log line that is an error, or else "". What
// is not JSON was printed before there was a log, or in a panic.
func errorInLine(line string) string {
	var entry struct {
		Level, Target string
		Fields        struct{ Message, Error string }
	}
	if json.Unmarshal([]byte(line), &entry) != nil {
		return strings.TrimSpace(line)
	}
	// octocrab looks for newer releases at every start, offline too.
	if entry.Level != "ERROR" || entry.Target == "octocrab" {
		return ""
	}
	return strings.TrimSpace(entry.Fields.Message + " " + entry.Fields.Error)
}
