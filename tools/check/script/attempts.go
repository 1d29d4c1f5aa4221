package script

import (
	"example.com/workbook/tools/proxy"
)

// attemptLines returns attempts as a verdict shows them.
func attemptLines(list []proxy.Attempt) []string {
	var lines []string
	for _, a := range list {
		line := a.Line()
		if len(handlers(list)) > 1 {
			line = a.Service + "/" + a.Handler + " " + line
		}
		lines = append(lines, line)
	}
	return lines
}

func handlers(list []proxy.Attempt) map[string]bool {
	names := map[string]bool{}
	for _, a := range list {
		names[a.Service+"/"+a.Handler] = true
	}
	return names
}
