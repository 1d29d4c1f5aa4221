package answers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/course"
)

// overlay is what go build -overlay reads: files that are not there, by the
// path where they are to be.
type overlay struct {
	dir     string
	Replace map[string]string
}

func (o *overlay) add(path string, src []byte) error {
	file := filepath.Join(o.dir, fmt.Sprintf("%d.go", len(o.Replace)))
	o.Replace[path] = file
	return os.WriteFile(file, src, 0o666)
}

// Build makes the lesson's test binary with all the answers in it, in a folder
// of the caller's.
func Build(root string, l course.Lesson, answers []Answer, dir string) (binary string, err error) {
	o := &overlay{dir: dir, Replace: map[string]string{}}
	solution := l.Dir(root, "solutions")
	for i, a := range answers {
		if err := o.variant(solution, l, fmt.Sprintf("v%02d", i), a); err != nil {
			return "", fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	if err := o.choose(solution, l, answers); err != nil {
		return "", err
	}
	list, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, list, 0o666); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "lesson.test")
	// vet would change to folders that are there only in the overlay.
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", file, "-ldflags=-s -w", "-buildvcs=false", "-o", binary, "./solutions/"+l.Slug)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, names(string(out), answers))
	}
	return binary, nil
}

// names puts the answers' names in the place of their packages'.
func names(out string, answers []Answer) string {
	for i, a := range answers {
		out = strings.ReplaceAll(out, fmt.Sprintf("/zz/v%02d", i), "/zz/"+a.Name)
	}
	return out
}

var mainFunc = regexp.MustCompile(`(?m)^func main\(\)`)

// variant adds the lesson's packages as an answer has them, below zz/.
func (o *overlay) variant(solution string, l course.Lesson, pkg string, a Answer) error {
	unused := map[string]bool{}
	for name := range a.files {
		unused[name] = true
	}
	from := course.Module + "/solutions/" + l.Slug + "/"
	err := filepath.WalkDir(solution, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(solution, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		delete(unused, name)
		if src, err = a.apply(name, src); err != nil {
			return err
		}
		src = bytes.ReplaceAll(src, []byte(from), []byte(from+"zz/"+pkg+"/"))
		if path.Dir(name) == "." {
			src = bytes.Replace(src, []byte("package main\n"), []byte("package "+pkg+"\n"), 1)
			src = mainFunc.ReplaceAll(src, []byte("func Main()"))
		}
		return o.add(filepath.Join(solution, "zz", pkg, rel), src)
	})
	for name := range unused {
		if err == nil && a.files[name] != nil {
			err = fmt.Errorf("the solution has no file %s", name)
		}
	}
	return err
}

// choose has the lesson's test run the variant that the environment names.
func (o *overlay) choose(solution string, l course.Lesson, answers []Answer) error {
	file := filepath.Join(solution, "lesson_test.go")
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	chosen := bytes.Replace(src, []byte("Program: main,"), []byte("Program: variant,"), 1)
	if bytes.Equal(chosen, src) {
		return fmt.Errorf("%s has no Program: main", file)
	}
	if err := o.add(file, chosen); err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package main\n\nimport (\n\t\"os\"\n\n")
	for i := range answers {
		fmt.Fprintf(&b, "\t%q\n", fmt.Sprintf("%s/solutions/%s/zz/v%02d", course.Module, l.Slug, i))
	}
	fmt.Fprintf(&b, ")\n\nfunc variant() {\n\tswitch os.Getenv(\"VARIANT\") {\n")
	for i, a := range answers {
		fmt.Fprintf(&b, "\tcase %q:\n\t\tv%02d.Main()\n", a.Name, i)
	}
	fmt.Fprintf(&b, "\tdefault:\n\t\tmain()\n\t}\n}\n")
	return o.add(filepath.Join(solution, "zz_test.go"), b.Bytes())
}
