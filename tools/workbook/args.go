package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// newParser returns the parser of the command line.
func newParser(options ...kong.Option) (*kong.Kong, error) {
	return kong.New(&cli{}, append(options,
		kong.Name("workbook"),
		kong.Description(description),
		kong.ExplicitGroups([]kong.Group{{Key: "learners", Title: "For learners:"}, {Key: "instructors", Title: "For instructors:"}}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))...)
}

// settings are the names that people write as NAME=value, behind make or the tool.
var settings = []string{"N", "PORT", "SHOP", "DELAY", "SEED", "ROLLS", "TOKEN", "AMOUNT", "SHORT", "RUNS", "ALL", "OFFLINE", "PLATFORMS", "YES", "NAME", "TITLE", "ORDER", "PLAN", "START", "CLASS", "LISTEN", "NEW", "DOWN", "ENV", "ONLY", "SAVE", "OPEN"}

// splitSettings turns PORT=18080, as people write it for make, into --port=18080, and
// N=3 into a lesson's 3. One without a value counts as not given.
func splitSettings(args []string) []string {
	var plain []string
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch {
		case a != "" && (name == a || !slices.Contains(settings, name)):
			plain = append(plain, a)
		case value == "":
		case name == "N" && args[0] != "order":
			plain = append(plain, value)
		default:
			plain = append(plain, "--"+strings.ToLower(name)+"="+value)
		}
	}
	return plain
}

// lowerFirst returns s with a small first letter, as all errors are written.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// exampleFor returns an example of the verb that was typed wrong.
func exampleFor(parser *kong.Kong, args []string) string {
	for _, verb := range parser.Model.Children {
		if len(args) > 0 && verb.Name == args[0] && verb.Tag.Has("example") {
			return "for example: " + verb.Tag.Get("example")
		}
	}
	return "go tool workbook --help lists the verbs"
}

// joining are the flags by which a learner joins a class, with the first command
// that reports to it.
type joining struct {
	Class string `env:"CLASS" help:"Report your results to a class: its address, or off."`
	// Some systems have a NAME in everybody's environment, so it counts beside CLASS alone.
	Name string `env:"NAME" help:"Your name in the class; you may choose any."`
}
