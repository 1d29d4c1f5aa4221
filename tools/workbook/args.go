package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/ui"
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
var settings = []string{"N", "PORT", "SHOP", "NODES", "DELAY", "SEED", "ROLLS", "TOKEN", "AMOUNT", "SHORT", "RUNS", "ALL", "OFFLINE", "PLATFORMS", "YES", "NAME", "TITLE", "ORDER", "PLAN", "START", "CLASS", "LISTEN", "NEW", "DOWN", "ENV", "ONLY", "SAVE", "OPEN"}

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

// checkUnread refuses a setting of the verb that the environment has, as in ALL=1 make check,
// if it is not typed behind the verb too. It is not read there, since another program may
// have put the name there; and without it the verb would do something else than was asked.
// A setting that other programs do put there gets a note.
func checkUnread(verb *kong.Context, args []string) error {
	if verb.Selected() == nil || verb.Selected().Name == "doctor" { // which has a line for it
		return nil
	}
	for _, flag := range verb.Selected().Flags {
		name := strings.ToUpper(flag.Name)
		value := os.Getenv(name)
		typed := fmt.Sprintf("make %s %s=%s", strings.Join(args, " "), name, ui.Quote(value))
		switch isTyped := slices.ContainsFunc(args, func(a string) bool {
			return strings.HasPrefix(a, name+"=") || strings.HasPrefix(a, "--"+flag.Name)
		}); {
		case value == "" || isTyped || !slices.Contains(settings, name):
		case name == "NAME" || name == "CLASS": // WSL has a NAME in everybody's environment
		case name == "TOKEN" && !strings.HasPrefix(value, "tok_"): // one of another program
		case name == "PORT" || name == "ENV": // of a hosted editor, and of a shell
			fmt.Fprintf(os.Stderr, "note: %s is set in front of the command, or for the whole terminal, and is not read there. to use it: %s\n", name, typed)
		default:
			return hint.New(hint.Usage, fmt.Sprintf("%s; or, if it is not meant for the workbook: unset %s", typed, name), "%s is set in front of the command, and is not read there", name)
		}
	}
	return nil
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
