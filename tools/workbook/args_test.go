package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/shop/client"
)

// makeVariable returns the words of a variable of the Makefile.
func makeVariable(t *testing.T, name string) []string {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join(moduleRoot(t), "Makefile"))
	require.NoError(t, err)
	_, rest, found := strings.Cut("\n"+string(makefile), "\n"+name+" := ")
	require.True(t, found, name)
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Fields(line)
}

func parserOf(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := newParser()
	require.NoError(t, err)
	return parser
}

// The Makefile has each verb as a goal, and passes on each setting.
func TestMakefileKnowsVerbsAndSettings(t *testing.T) {
	var verbs []string
	for _, verb := range parserOf(t).Model.Children {
		if verb.Hidden {
			continue
		}
		verbs = append(verbs, verb.Name)
		require.NotNil(t, verb.Group, "%s has no group in the help", verb.Name)
		for _, flag := range verb.Flags {
			if !flag.Hidden && flag.Name != "help" {
				require.Contains(t, settings, strings.ToUpper(flag.Name), "a flag of %s", verb.Name)
			}
		}
	}
	require.ElementsMatch(t, verbs, makeVariable(t, "VERBS"))
	require.ElementsMatch(t, settings, makeVariable(t, "SETTINGS"))
}

// An example can be typed as it is.
func TestExamplesAreOfTheirVerb(t *testing.T) {
	parser := parserOf(t)
	for _, verb := range parser.Model.Children {
		if !verb.Tag.Has("example") {
			continue
		}
		first, _, _ := strings.Cut(strings.Split(verb.Tag.Get("example"), ", or ")[0], ", ")
		typed := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(first, "make "), "go tool workbook "))
		require.Equal(t, verb.Name, typed[0])
		_, err := parserOf(t).Parse(splitSettings(slices.Clone(typed)))
		require.NoError(t, err, first)
	}
	require.Equal(t, "for example: "+client.StartCommand("program"), exampleFor(parser, []string{"start"}))
}
