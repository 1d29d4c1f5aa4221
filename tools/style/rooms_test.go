package style

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table of tools/README.md has every package of tools on one floor, and a package imports only packages from
// floors below its own.
func TestRoomsImportFromBelow(t *testing.T) {
	floors := readFloors(t)
	output, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "example.com/workbook/tools/...").Output()
	require.NoError(t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(output)) {
		packages := strings.Fields(line)
		room := strings.TrimPrefix(packages[0], tools)
		floor, listed := floors[room]
		seen[room] = true
		if !listed {
			t.Errorf("tools/%s is on no floor of tools/README.md", room)
			continue
		}
		for _, path := range packages[1:] {
			imported, isRoom := strings.CutPrefix(path, tools)
			if isRoom && floors[imported] <= floor {
				t.Errorf("tools/%s imports tools/%s, which is not on a floor below it", room, imported)
			}
		}
	}
	for room := range floors {
		if !seen[room] {
			t.Errorf("tools/README.md has %s on a floor, and there is no such package", room)
		}
	}
}

func TestTheMapNamesWhatExists(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for _, file := range regexp.MustCompile("`([a-z_/]+/[a-z_]+\\.go)`").FindAllStringSubmatch(string(text), -1) {
		require.FileExists(t, filepath.Join("..", file[1]))
	}
	for _, name := range regexp.MustCompile("`([a-z]+)\\.([A-Z][A-Za-z]+)`").FindAllStringSubmatch(string(text), -1) {
		room := name[1]
		if room == "client" {
			room = "shop/client"
		}
		output, err := exec.Command("go", "doc", tools+room, name[2]).CombinedOutput()
		require.NoError(t, err, "%s: %s", name[0], output)
	}
	require.LessOrEqual(t, strings.Count(string(text), "\n"), 60, "it is to fit one screen")
}

const tools = "example.com/workbook/tools/"

var (
	floorRow = regexp.MustCompile(`(?m)^\| [a-z]+ \| (.+) \|$`)
	roomName = regexp.MustCompile("`([a-z/]+)`")
)

// readFloors reads the table: the floor of each package, counted from the top.
func readFloors(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	floors := map[string]int{}
	for floor, row := range floorRow.FindAllStringSubmatch(string(text), -1) {
		for _, room := range roomName.FindAllStringSubmatch(row[1], -1) {
			require.NotContains(t, floors, room[1], "it is on two floors")
			floors[room[1]] = floor
		}
	}
	return floors
}
