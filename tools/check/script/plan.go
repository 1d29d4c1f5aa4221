package script

import (
	"os"
	"strings"
)

// Plan is what a script does to the program: how many standbys it uses up,
// and whether it must run alone, for what it does is in everybody's way.
type Plan struct {
	Standbys int
	Alone    bool
	Ends     bool     // it is the last thing that the program does
	Outage   bool     // it kills the server
	Settings []string // those of each restart, as it stands in the script
}

func ReadPlan(file string) (c Plan) {
	b, err := os.ReadFile(file)
	if err != nil {
		return c
	}
	for line := range strings.Lines(string(b)) {
		switch f := strings.Fields(line); {
		case len(f) == 0:
		case f[0] == "crash" && len(f) == 1:
			c.Standbys++
		case f[0] == "restart":
			c.Alone = true
			c.Settings = append(c.Settings, strings.Join(f[1:], " "))
		case f[0] == "terminate":
			c.Ends, c.Alone = true, true
		case f[0] == "crash" && len(f) > 2, f[0] == "killed":
			c.Standbys, c.Alone = c.Standbys+1, true
		case f[0] == "sweep" && len(f) > 1 && f[1] == "kill":
			c.Standbys, c.Alone = c.Standbys+1, true
		case f[0] == "sweep" && len(f) > 1 && f[1] == "outage":
			c.Outage, c.Alone = true, true
		case f[0] == "down", f[0] == "agrees", f[0] == "apart":
			c.Alone = true
		}
	}
	return c
}
