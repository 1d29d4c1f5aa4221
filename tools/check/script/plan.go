package script

import (
	"strings"

	"golang.org/x/tools/txtar"
)

// Plan is what a script does to the program and the server that all scripts share.
type Plan struct {
	Standbys    int      // number of standbys that the script needs
	Settings    []string // the settings of each program that the script starts with settings
	Alone       bool
	Ends        bool
	KillsServer bool
}

// ReadPlan reads a script and returns its plan. A script that cannot be read has the zero
// Plan, and fails when it runs.
func ReadPlan(file string, words Table) (p Plan) {
	script, err := txtar.ParseFile(file)
	if err != nil {
		return p
	}
	p.add(string(script.Comment), words)
	for _, f := range script.Files {
		if f.Name == ClaimsFile {
			p.add(string(f.Data), words)
		}
	}
	return p
}

// add adds the traits of the words in text. A malformed line adds nothing.
func (p *Plan) add(text string, words Table) {
	for line := range strings.Lines(text) {
		command, err := SplitWords(line, "$K")
		if err != nil || len(command) == 0 {
			continue
		}
		w, err := words.Find(command[0], command[1:])
		if err != nil || w.Traits == nil {
			continue
		}
		t := w.Traits(command[1:])
		if t.Standby {
			p.Standbys++
		}
		if t.Restarts {
			p.Settings = append(p.Settings, strings.Join(command[1:], " "))
		}
		p.Alone = p.Alone || t.Alone
		p.Ends = p.Ends || t.Ends
		p.KillsServer = p.KillsServer || t.KillsServer
	}
}
