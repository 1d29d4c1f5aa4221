package mutants

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Outcome is the result of a lesson's checks for a mutant.
type Outcome struct {
	Script string // the script that refuses the mutant; "" if no script does
	Cause  string // the id of the cause that the verdict names; "" if the verdict names none
}

// Refused reports whether a script refuses the mutant.
func (o Outcome) Refused() bool { return o.Script != "" }

func (o Outcome) String() string {
	if !o.Refused() {
		return "survives"
	}
	if o.Cause == "" {
		return o.Script + " no-cause"
	}
	return o.Script + " " + o.Cause
}

// Record has the outcome of each mutant of a lesson, by the mutant's ID.
type Record map[string]Outcome

// RecordFile returns the path of a lesson's record; dir is testdata/NN-slug.
func RecordFile(dir string) string { return filepath.Join(dir, "mutants.txt") }

const recordHead = `# Every mutant of the solution that compiles: its file, function and operator; then the script
# that refuses the mutant, and the id of the cause that the verdict names. A mutant that
# survives has a reason in equivalent.txt. Made by make mutants.

`

// ReadRecord reads a record. If there is no file, the record is empty.
func ReadRecord(file string) (Record, error) {
	r := Record{}
	src, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	for line := range strings.Lines(string(src)) {
		switch f := strings.Fields(line); {
		case len(f) == 0 || f[0] == "#":
		case len(f) == 2 && f[1] == "survives":
			r[f[0]] = Outcome{}
		case len(f) == 3:
			r[f[0]] = Outcome{Script: f[1], Cause: strings.TrimPrefix(f[2], "no-cause")}
		default:
			return nil, fmt.Errorf("%s: cannot read %q; hint: make mutants", file, line)
		}
	}
	return r, err
}

// Write writes the record of these mutants, in their order.
func (r Record) Write(file string, all []Mutant) error {
	b := bytes.NewBufferString(recordHead)
	for _, m := range all {
		fmt.Fprintf(b, "%s %s\n", m.ID, r[m.ID])
	}
	return os.WriteFile(file, b.Bytes(), 0o666)
}

// Note is a line that a person wrote about mutants: a pattern of IDs in the syntax of path.Match,
// and some words.
type Note struct{ Pattern, Words string }

// ReadReasons reads the reasons why mutants of a lesson survive although no check is missing. The
// words of each note are one sentence. If there is no file, there are no notes.
func ReadReasons(dir string) ([]Note, error) { return readNotes(filepath.Join(dir, "equivalent.txt")) }

// ReadCauses reads the true causes of mutants that are refused. The words of each note are the ids
// of causes, and each of them is true. If there is no file, there are no notes.
func ReadCauses(dir string) ([]Note, error) { return readNotes(filepath.Join(dir, "causes.txt")) }

func readNotes(file string) (all []Note, err error) {
	src, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, words, _ := strings.Cut(line, " ")
		if _, err := path.Match(escaped(pattern), ""); err != nil || words == "" {
			return nil, fmt.Errorf("%s: a line is a pattern of IDs and words, not %q", file, line)
		}
		all = append(all, Note{pattern, strings.TrimSpace(words)})
	}
	return all, nil
}

// escaped replaces slashes, so that a star in a pattern also matches slashes.
func escaped(s string) string { return strings.ReplaceAll(s, "/", "\x00") }

// FindNote returns the first note whose pattern matches a mutant's ID, and whether there is one.
func FindNote(all []Note, id string) (Note, bool) {
	i := slices.IndexFunc(all, func(n Note) bool {
		ok, _ := path.Match(escaped(n.Pattern), escaped(id))
		return ok
	})
	if i < 0 {
		return Note{}, false
	}
	return all[i], true
}
