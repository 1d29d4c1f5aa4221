package postgres

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

// mends are what to do about what PostgreSQL, or the system's loader, says as it ends.
var mends = []struct{ said, do string }{
	{"No space left", "free 300 MB there: `df -h` shows where"},
	{"shared librar", "install the library that is missing, or " + ownDatabase},
	{"GLIBC", "use a newer release of the system, or " + ownDatabase},
	{"llegal instruction", "use another machine: this CPU lacks instructions that PostgreSQL needs"},
	{"too many open files", "use a new terminal with a higher limit: ulimit -n 4096"},
	{"memory", "close other programs (`free -m` shows the memory), then try again"},
	{"Permission denied", "use a folder that is yours alone"},
}

// mendFor returns what to do about a PostgreSQL that ended and said that.
func mendFor(said string) string {
	for _, m := range mends {
		if strings.Contains(said, m.said) {
			return m.do
		}
	}
	return "try again; if the message stays, " + ownDatabase
}

// trouble matches a line of PostgreSQL's log that reports an error, and what follows the
// time and the process.
var trouble = regexp.MustCompile(`(?:FATAL|PANIC|ERROR|error):\s+(.*)`)

// logTail returns the last three errors of a log, in one line; or its last line.
func logTail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	var last []string
	for _, m := range trouble.FindAllStringSubmatch(string(text), -1) {
		last = append(last, m[1])
	}
	if len(last) == 0 {
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		return lines[len(lines)-1]
	}
	return strings.Join(last[max(0, len(last)-3):], "; ")
}

// rotate gives the log of the last start another name, so that what the next one says is
// its own.
func rotate(log string) error {
	err := os.Rename(log, log+".before")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
