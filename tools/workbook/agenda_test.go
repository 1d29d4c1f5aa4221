package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAgenda(t *testing.T) {
	t.Parallel()
	root := newTree(t)
	r := tool(t, root, "agenda", "PLAN=half", "START=13:30")
	require.Zero(t, r.code, r.err)
	checkWidth(t, r.out)
	checkWidth(t, tool(t, root, "agenda", "PLAN=full").out)
	require.Regexp(t, `^plan half, 13:30 to 1\d:\d\d: \d+ minutes of doing, \d+ of talk, \d+ of breaks

13:30    \d  opening: .*
13:3\d   \d\d  lesson 1, .*: you show
13:\d\d    \d    1\.1  `, r.out)
	require.Regexp(t, `(?m)^1\d:\d\d   10  break$`, r.out)
	require.Contains(t, r.out, "when time runs short, leave out, in this order")
	testRefusals(t, root, map[string]string{
		"agenda PLAN=week":   "--plan must be one of",
		"agenda START=noon":  "\"noon\" is no time of day\nhint: for example: make agenda PLAN=half START=09:00\n",
		"agenda START=25:00": "\"25:00\" is no time of day",
	})
}
