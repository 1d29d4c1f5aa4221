package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOfflineThatIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		signal syscall.Signal
	}{{"SIGINT", syscall.SIGINT}, {"SIGKILL", syscall.SIGKILL}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			p.hasGo("")
			mark := p.hasStuck("npm", "")
			r := p.begins("offline")
			present(t, mark)
			r.signal(test.signal)
			code := r.waitForEnd()
			if test.signal == syscall.SIGINT {
				require.Equal(t, 3, code)
				require.Contains(t, r.err.String(), "interrupted; no half-finished file was left\nhint: make offline begins again\n")
			}
			leavesNothing(t, filepath.Join(p.root, "work", "offline"))
			noProcess(t, mark)
		})
	}
}

// A room without network has a clone from the stick, and a learner does everything in
// it. go uses the build cache of this machine, so that not everything is compiled
// again.
func TestOfflineRoom(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: this fetches 105 MB")
	}
	_, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("no unshare: it is not tested that a room without network works")
	}
	root := newTree(t)
	commitTree(t, root)
	stick := filepath.Join(t.TempDir(), "my 100% stick, mine", "offline")
	bin, err := builtTool()
	require.NoError(t, err)
	r := runProgramWith(t, nil, root, bin, "offline", stick)
	if strings.Contains(r.err, "npm could not fetch") {
		t.Skip("no network: it is not tested that a room can be carried: " + r.err)
	}
	require.Zero(t, r.code, r.err)
	require.Regexp(t, `(?m)^  workbook  commit [0-9a-f]+$`, r.out)
	require.FileExists(t, filepath.Join(stick, "licences", "restate-server", "LICENSE"))
	require.FileExists(t, filepath.Join(stick, "licences", "postgresql", "LICENSE.md"))
	goPart := filepath.Join(stick, "licences", "modules", "github.com", "restatedev", "sdk-go@v1.2.0", "LICENSE")
	require.FileExists(t, goPart)

	inRoom(t, stick)

	rewrite(t, filepath.Join(root, "Makefile"), func(src string) string { return src + "# mine\n" })
	r = runProgramWith(t, nil, root, bin, "offline", stick)
	require.Zero(t, r.code, r.err)
	require.NotContains(t, r.err, "fetching", "a server that is carried is not fetched again")
	require.Regexp(t, `(?m)^  workbook  commit [0-9a-f]+, without what you have changed since$`, r.out)
	entries, err := os.ReadDir(stick)
	require.NoError(t, err)
	require.Len(t, entries, 6, "%v", entries)
}

// commitTree makes a git repository of a tree.
func commitTree(t *testing.T, root string) {
	t.Helper()
	// The files are shared with other trees: git must not look at how many links they have.
	for _, args := range []string{"init -q", "config core.trustctime false", "add .", "-c user.name=a -c user.email=a@example.com commit -qm all"} {
		cmd := exec.Command("git", strings.Fields(args)...)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

// inRoom plays the learner.
func inRoom(t *testing.T, stick string) {
	t.Helper()
	home := t.TempDir()
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	env := []string{
		"HOME=" + home, "XDG_CACHE_HOME=", "RESTATE_SERVER=", "GOMODCACHE=", "GOCACHE=" + strings.TrimSpace(string(cache)),
		"GOFLAGS=-trimpath -modcacherw", "STICK=" + stick,
		"CGO_CFLAGS=-O0", // a new module cache compiles SQLite again; this takes seconds
	}
	r := runProgramWith(t, env, home, "unshare", "-rn", "sh", "-exc", `
ip link set lo up
git clone -q "$STICK/workbook.bundle" workbook
cd workbook
sh "$STICK/use.sh"
mv "$STICK" "$STICK.away"
make doctor OFFLINE=1
make lesson 1
go vet ./lessons/... ./work/01-concepts
go test ./solutions/01-concepts
git diff --exit-code
mv "$STICK.away" "$STICK"
`)
	require.Zero(t, r.code, r.out+r.err)
	require.Contains(t, r.out, "ready, without a network. go on with: make lesson 1")
	require.Contains(t, r.out, "made work/01-concepts")
}
