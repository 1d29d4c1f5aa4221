package answers

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Matrix records which script refuses which wrong answer to a lesson.
type Matrix struct {
	Scripts []string            // in task order
	Marks   map[string][]string // a mark for each script, by the answer's name
}

// Marks of a matrix.
const (
	Passed      = "."
	Refused     = "x"
	Replayed    = "r" // refused in the run that replays every step
	NotRun      = "-"
	firstMarked = "XR" // the letters for x and r, if the script is the first one that refuses the answer
)

// MatrixFile returns the path of a lesson's matrix; dir is testdata/NN-slug.
func MatrixFile(dir string) string { return filepath.Join(dir, "matrix.txt") }

// ReadMatrix reads a lesson's matrix. If there is no file, the matrix is empty.
func ReadMatrix(dir string) (Matrix, error) {
	m := Matrix{Marks: map[string][]string{}}
	src, err := os.ReadFile(MatrixFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	for line := range strings.Lines(string(src)) {
		switch f := strings.Fields(line); {
		case len(f) == 0 || f[0] == "#" || f[0] == "script":
		case len(f) == 2 && f[0] == fmt.Sprint(len(m.Scripts)+1):
			m.Scripts = append(m.Scripts, f[1])
		case len(f) == len(m.Scripts)+1:
			m.Marks[f[0]] = f[1:]
		default:
			return m, fmt.Errorf("%s: cannot read %q: make matrix", MatrixFile(dir), line)
		}
	}
	return m, err
}

// Write writes the matrix to its file.
func (m Matrix) Write(dir string) error {
	var b strings.Builder
	fmt.Fprint(&b, "# Which check refuses which wrong answer. Made by make matrix, which runs them all.\n"+
		"# x refuses it; r does with every step replayed; X and R are the first to, in task\n"+
		"# order; . lets it pass; - is not run for it.\n\n")
	for i, s := range m.Scripts {
		fmt.Fprintf(&b, "%2d %s\n", i+1, s)
	}
	wide := len("script")
	for name := range m.Marks {
		wide = max(wide, len(name))
	}
	fmt.Fprintf(&b, "\n%-*s", wide, "script")
	for i := range m.Scripts {
		fmt.Fprintf(&b, " %2d", i+1)
	}
	names := make([]string, 0, len(m.Marks))
	for name := range m.Marks {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(m.firstColumn(a), m.firstColumn(b)), cmp.Compare(a, b))
	})
	for _, name := range names {
		fmt.Fprintf(&b, "\n%-*s", wide, name)
		for _, mark := range m.Marks[name] {
			fmt.Fprintf(&b, "  %s", mark)
		}
	}
	fmt.Fprintln(&b)
	return os.WriteFile(MatrixFile(dir), []byte(b.String()), 0o666)
}

func (m Matrix) firstColumn(answer string) int {
	return slices.IndexFunc(m.Marks[answer], func(mark string) bool { return strings.Contains(firstMarked, mark) })
}

// First returns the first script that refuses an answer, or "".
func (m Matrix) First(answer string) string {
	if i := m.firstColumn(answer); i >= 0 {
		return m.Scripts[i]
	}
	return ""
}

// Idle returns the scripts that are not the first to refuse any answer.
func (m Matrix) Idle() []string {
	busy := map[string]bool{}
	for name := range m.Marks {
		busy[m.First(name)] = true
	}
	return slices.DeleteFunc(slices.Clone(m.Scripts), func(s string) bool { return busy[s] })
}
