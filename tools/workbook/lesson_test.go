package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/restate"
)

func TestLessonMakesACopyOnce(t *testing.T) {
	t.Parallel()
	root := tree(t)
	r := tool(t, root, "lesson", "1")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "made work/01-concepts")
	require.Contains(t, r.out, "go test ./work/01-concepts")
	require.Contains(t, r.out, "red at first: 5 tasks")
	require.NoFileExists(t, filepath.Join(root, "work/01-concepts/hints.md"))
	require.NoFileExists(t, filepath.Join(root, "work/01-concepts/NOTES.md"))
	main, err := os.ReadFile(filepath.Join(root, "work/01-concepts/main.go"))
	require.NoError(t, err)
	require.Contains(t, string(main), `"example.com/workbook/work/01-concepts/checkout"`)
	require.NotContains(t, string(main), "workbook/lessons/01")

	mine := filepath.Join(root, "work/01-concepts/checkout/checkout.go")
	require.NoError(t, os.WriteFile(mine, []byte("package checkout // mine\n"), 0o666))
	before := snapshot(t, root)
	r = tool(t, filepath.Join(root, "work/01-concepts/checkout"), "lesson", "1")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "work/01-concepts is already there, and was left as it is")
	require.Equal(t, before, snapshot(t, root))
}

func TestLessonRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	root := tree(t)
	refuses(t, root, map[string]string{
		"lesson":       "which lesson? its number is missing\nhint: for example: make lesson 1\n",
		"lesson 9":     "there is no lesson 9\nhint: lessons are 1 to ",
		"lesson three": "\"three\" is not a lesson\nhint: a lesson is a number: make lesson 1\n",
		"lesson 3 4":   "unexpected argument 4\nhint: for example: make lesson 1\n",
		"lesson -1":    "unknown flag -1",
		"hint":         "which task? its number is missing\nhint: for example: make hint 1.2\n",
		"hint 1":       "\"1\" is not a task\nhint: a task is lesson and number: make hint 1.2\n",
		"hint 1.9":     "there is no task 1.9\nhint: lesson 1 has 1.1, 1.2, 1.3, 1.4, 1.5\n",
		"hint 1.1":     "task 1.1 has no hints: it asks what you think\n",
		"check 1.2":    "\"1.2\" is a task; a lesson is a whole number, and its tasks go together\nhint: for example: make check 1\n",
		"check 1":      "work/01-concepts is not there yet\nhint: make lesson 1\n",
		"check":        "there is no lesson in work/ yet\nhint: make lesson 1\n",
		"sing":         "unexpected argument sing, did you mean \"hint\"?\nhint: go tool workbook --help lists the verbs\n",
	})
}

// Without a goal each command has one line.
func TestCommandsHaveALineEach(t *testing.T) {
	t.Parallel()
	r := tool(t, tree(t), "--help")
	require.Zero(t, r.code, r.err)
	_, commands, found := strings.Cut(r.out, "\nCommands:\n")
	require.True(t, found)
	commands, _, _ = strings.Cut(commands, "\n\n")
	for line := range strings.Lines(commands) {
		line = strings.TrimSuffix(line, "\n")
		require.Regexp(t, `^  [a-z]+ +[A-Z].*[.?]$`, line)
		require.LessOrEqual(t, len([]rune(line)), 80)
	}
}

func TestLessonLeavesAHalfMadeFolder(t *testing.T) {
	t.Parallel()
	root := tree(t)
	half := filepath.Join(root, "work/01-concepts/checkout")
	require.NoError(t, os.MkdirAll(half, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(half, "checkout.go"), []byte("package checkout\n"), 0o666))
	before := snapshot(t, root)
	for _, verb := range []string{"lesson", "check"} {
		r := tool(t, root, verb, "1")
		require.Equal(t, 2, r.code, r.out)
		require.Contains(t, r.err, "work/01-concepts is there, but has no main.go; it was left as it is\nhint: move it away and make the lesson again: make reset 1 && make lesson 1\n")
	}
	require.Equal(t, before, snapshot(t, root))
}

func TestOutsideOfTheWorkbook(t *testing.T) {
	r := tool(t, t.TempDir(), "lesson", "1")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "is not inside the workbook\nhint: ")
}

func TestNoCompiler(t *testing.T) {
	root := tree(t)
	withoutCompiler(t)
	r := tool(t, root, "lesson", "1")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "note: there is no C compiler (gcc), and SQLite needs one; it is needed from lesson 3 on.")
	r = tool(t, root, "lesson", "3")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.err, "there is no C compiler (gcc), and SQLite needs one\nhint: install one: ")
	require.NoDirExists(t, filepath.Join(root, "work/03-virtual-object"))

	t.Setenv("CC", "no-such-compiler")
	t.Setenv("CGO_ENABLED", "1")
	r = tool(t, root, "lesson", "1")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.err, "the C compiler that go is set to use, no-such-compiler, is not there\nhint: install it, or choose another: go env -u CC\n")
}

// withoutCompiler leaves a PATH that has go and nothing else.
func withoutCompiler(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"go", "sh"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(dir, name)))
	}
	server, err := restate.Find(t.Context(), os.Stderr)
	require.NoError(t, err)
	t.Setenv("RESTATE_SERVER", server)
	t.Setenv("PATH", dir)
}

func TestHintsComeOneByOne(t *testing.T) {
	t.Parallel()
	root := tree(t)
	for i, want := range []string{"hint 1 of 3 for 1.2", "hint 2 of 3 for 1.2", "hint 3 of 3 for 1.2"} {
		r := tool(t, root, "hint", "1.2")
		require.Zero(t, r.code, r.err)
		require.Contains(t, r.out, want)
		require.Equal(t, 1, strings.Count(r.out, "hint "), i)
	}
	r := tool(t, root, "hint", "1.2")
	require.Equal(t, 3, strings.Count(r.out, "of 3 for 1.2"), "after the last, all of them")
	require.Contains(t, tool(t, root, "hint", "1.3").out, "hint 1 of 3 for 1.3")
}

// A hint is noted in one file, and nothing else is touched; what somebody else
// wrote there is none of its business.
func TestHintsTouchOneFile(t *testing.T) {
	t.Parallel()
	root := written(t, "lessons", "")
	before := snapshot(t, root)
	put(t, root, "work/.hints", "1.3 many\n1.4 -2\nmine\n1.2 9")
	require.Equal(t, 3, strings.Count(tool(t, root, "hint", "1.2").out, "of 3 for 1.2"))
	require.Contains(t, tool(t, root, "hint", "1.3").out, "hint 1 of 3 for 1.3")
	require.Contains(t, tool(t, root, "hint", "1.4").out, "hint 1 of 3 for 1.4")
	after := snapshot(t, root)
	file := filepath.Join(root, "work/.hints")
	require.Equal(t, "mine\n1.2 9\n1.3 1\n1.4 1\n", after[file])
	delete(after, file)
	require.Equal(t, before, after)
}

// A make goal that the tool gets as a word is no goal of make's.
func TestMakeHandsWordsOn(t *testing.T) {
	t.Parallel()
	root := tree(t)
	for args, want := range map[string]string{
		"lesson three": "\"three\" is not a lesson",
		"lesson 3 4":   "unexpected argument 4",
		"lesson N=9":   "there is no lesson 9",
		"hint 1.9":     "there is no task 1.9",
		"check":        "there is no lesson in work/ yet",
	} {
		r := ran(t, root, "make", strings.Fields(args)...)
		require.Equal(t, 2, r.code, args)
		require.Contains(t, r.err, want, args)
		require.True(t, strings.HasPrefix(r.out, "workbook: building the tool"), "make's line is the first: %q", r.out)
	}
	front := ranWith(t, []string{"PORT=28080"}, root, "make", "hint", "1.1")
	require.Contains(t, front.out, "workbook: PORT in front of make is not read; hint: put it behind, make hint PORT=…\n")
	r := ran(t, root, "make", "hint", "1.2")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "hint 1 of 3 for 1.2")
}
