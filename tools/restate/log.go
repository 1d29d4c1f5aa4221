package restate

import (
	"encoding/json"
	"os"
	"strings"

	"example.com/workbook/tools/hint"
)

// mends are what to do about what a server says as it ends.
var mends = []struct{ said, do string }{
	{"Address in use", "stop the program that listens there, or choose another port"},
	{"No space left", "free 200 MB there"},
}

// startError returns why the server ended before it served. The port is looked at
// before the start; another program may still be quicker.
func startError(exit error, logFile string) error {
	tail := logTail(logFile)
	why := "it went"
	if exit != nil {
		why = exit.Error()
	}
	do := ""
	for _, m := range mends {
		if strings.Contains(tail, m.said) {
			do = m.do
		}
	}
	return hint.New(hint.Setup, do, "restate-server ended at its start (%s): %s", why, tail)
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
