package course

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Answer is one answer of the bank of wrong and right answers to a lesson. Package
// answers documents the files.
type Answer struct {
	Name    string
	Mistake string   // what is wrong with the code: the first comment of the file
	Task    string   // the task that must refuse the answer; "" for a right answer
	Cause   string   // the id of the true cause, written by hand
	Likely  string   // the cause that the verdict names, in words
	Says    []string // further words of the verdict
	Deep    bool     // the answer changes given code: the deep scripts judge it too
	Files   map[string][]byte
	file    string
}

// IsWrong reports whether the answer must be refused.
func (a Answer) IsWrong() bool { return a.Task != "" }

// ReadAnswers returns the answers to the lesson whose scripts are in dir, testdata/NN-slug.
func ReadAnswers(dir string) ([]Answer, error) {
	wrong, err := readKind(dir, "wrong")
	if err != nil {
		return nil, err
	}
	right, err := readKind(dir, "right")
	return append(wrong, right...), err
}

// ReadChanges returns the changes of the lesson's solution of which package replays knows
// the verdict: those that fit the journals of the solution, and those that strand.
func ReadChanges(dir string) (fits, strands []Answer, err error) {
	if fits, err = readKind(dir, "changes/fits"); err != nil {
		return nil, nil, err
	}
	strands, err = readKind(dir, "changes/strands")
	return fits, strands, err
}

// readKind returns the answers in a folder of dir.
func readKind(dir, kind string) (all []Answer, err error) {
	for _, file := range Glob(dir, kind+"/*.txtar") {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		a, err := ParseAnswer(strings.TrimSuffix(filepath.Base(file), ".txtar"), src)
		if err == nil && a.IsWrong() != (kind == "wrong") {
			err = fmt.Errorf("a wrong answer names the task that refuses it, and all others do not")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		a.file = file
		all = append(all, a)
	}
	return all, nil
}

// ParseAnswer reads an answer from the content of its file.
func ParseAnswer(name string, src []byte) (Answer, error) {
	archive := txtar.Parse(src)
	a := Answer{Name: name, Files: map[string][]byte{}}
	for line := range strings.Lines(string(archive.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		switch word {
		case "":
		case "#":
			a.Mistake = cmp.Or(a.Mistake, rest)
		case "task":
			a.Task = rest
		case "cause":
			a.Cause = rest
		case "likely":
			a.Likely = rest
		case "says":
			a.Says = append(a.Says, rest)
		case "deep":
			a.Deep = true
		default:
			return a, fmt.Errorf("%q is none of task, cause, likely, says, deep", word)
		}
	}
	for _, f := range archive.Files {
		a.Files[f.Name] = ownImport.ReplaceAll(f.Data, []byte(`"`+Module+"/$1/"))
	}
	return a, nil
}

// ownImport matches the beginning of an import of a package of the workbook, up to the name
// of one of its folders. The module may have another path than when the answer was written.
var ownImport = regexp.MustCompile(`"[\w.-]+(?:/[\w.-]+)*?/(lessons|solutions|tools|work)/`)

// WriteLikely stores the cause from the answer's verdict in its file.
func (a Answer) WriteLikely(likely string) error {
	src, err := os.ReadFile(a.file)
	if err != nil || likely == a.Likely {
		return err
	}
	archive := txtar.Parse(src)
	lines := slices.DeleteFunc(strings.SplitAfter(string(archive.Comment), "\n"), func(line string) bool {
		return strings.HasPrefix(line, "likely ")
	})
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "task ") })
	archive.Comment = []byte(strings.Join(slices.Insert(lines, i+1, "likely "+likely+"\n"), ""))
	return os.WriteFile(a.file, txtar.Format(archive), 0o666)
}

// Apply returns a file of the solution with the answer's changes.
func (a Answer) Apply(name string, src []byte) ([]byte, error) {
	change, ok := a.Files[name]
	if !ok {
		return src, nil
	}
	if !bytes.HasPrefix(change, []byte("<<<<\n")) {
		return change, nil
	}
	for _, block := range strings.Split(string(change), "<<<<\n")[1:] {
		old, rest, ok := strings.Cut(block, "====\n")
		now, _, closed := strings.Cut(rest, ">>>>\n")
		if !ok || !closed {
			return nil, fmt.Errorf("%s: a change is <<<<, ====, >>>>", name)
		}
		if n := strings.Count(string(src), old); n != 1 {
			return nil, fmt.Errorf("%s: what is to be changed stands there %d times:\n%s", name, n, old)
		}
		src = []byte(strings.Replace(string(src), old, now, 1))
	}
	return src, nil
}
