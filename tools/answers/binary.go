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
	"slices"
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
	file := filepath.Join(o.dir, fmt.Sprintf("%d%s", len(o.Replace), filepath.Ext(path)))
	o.Replace[path] = file
	return os.WriteFile(file, src, 0o666)
}

// Build makes the lesson's test binary with all the answers in it, in a folder
// of the caller's.
func Build(root string, l course.Lesson, answers []Answer, dir string) (binary string, err error) {
	o := &overlay{dir: dir, Replace: map[string]string{}}
	for i, a := range answers {
		v := variant{overlay: o, root: root, lesson: l, answer: a, pkg: fmt.Sprintf("v%02d", i)}
		if err := v.build(); err != nil {
			return "", fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	if err := o.choose(root, l, answers); err != nil {
		return "", err
	}
	file, err := o.write()
	if err != nil {
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

// Overlay is a file for go build -overlay, made in a folder of the caller's, that
// has the solution of the lesson as the answer has it.
func Overlay(root string, l course.Lesson, name, dir string) (file string, err error) {
	all, err := Read(filepath.Join(root, "testdata", l.Slug))
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(a Answer) bool { return a.Name == name })
	if i < 0 {
		return "", fmt.Errorf("lesson %d has no answer %s", l.N, name)
	}
	o := &overlay{dir: dir, Replace: map[string]string{}}
	for name := range all[i].files {
		path := filepath.Join(l.Dir(root, "solutions"), filepath.FromSlash(name))
		src, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		if src, err = all[i].apply(name, src); err != nil {
			return "", err
		}
		if err := o.add(path, src); err != nil {
			return "", err
		}
	}
	return o.write()
}

// write makes the file that go build -overlay reads.
func (o *overlay) write() (file string, err error) {
	list, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	file = filepath.Join(o.dir, "overlay.json")
	return file, os.WriteFile(file, list, 0o666)
}

// names puts the answers' names in the place of their packages'.
func names(out string, answers []Answer) string {
	for i, a := range answers {
		out = strings.ReplaceAll(out, fmt.Sprintf("/zz/v%02d", i), "/zz/"+a.Name)
	}
	return out
}

// variant is the lesson as an answer has it: packages below zz/ of the
// solution's folder.
type variant struct {
	*overlay
	root   string
	lesson course.Lesson
	answer Answer
	pkg    string
	unused map[string]bool
}

// tree is a folder of the module that a variant has a copy of.
type tree struct {
	from   string // below the root
	to     string // below the variant
	prefix string // of its files' names in an answer
}

// trees are the lesson's solution, and if the answer changes what learners are
// given, or have from earlier lessons, all of these.
func (v *variant) trees() ([]tree, error) {
	own := []tree{{from: "solutions/" + v.lesson.Slug}}
	outside := false
	for name := range v.answer.files {
		outside = outside || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "shop/")
	}
	if !outside {
		return own, nil
	}
	all, err := course.Lessons(v.root)
	for _, l := range all {
		if l.N != v.lesson.N {
			own = append(own, tree{"solutions/" + l.Slug, "others/" + l.Slug, "../" + l.Slug + "/"})
		}
	}
	return append(own, tree{"lessons/shop", "shop", "shop/"}), err
}

func (v *variant) build() error {
	v.unused = map[string]bool{}
	for name := range v.answer.files {
		v.unused[name] = true
	}
	trees, err := v.trees()
	if err != nil {
		return err
	}
	for _, t := range trees {
		if err := v.copy(t, trees); err != nil {
			return err
		}
	}
	for name := range v.unused {
		return fmt.Errorf("the solution has no file %s", name)
	}
	return v.test(trees)
}

var mainFunc = regexp.MustCompile(`(?m)^func main\(\)`)

func (v *variant) copy(t tree, trees []tree) error {
	from := filepath.Join(v.root, t.from)
	return filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(file, "_test.go") {
			return err
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		delete(v.unused, t.prefix+name)
		if src, err = v.answer.apply(t.prefix+name, src); err != nil {
			return err
		}
		src = v.imports(src, trees)
		if t.prefix == "" && path.Dir(name) == "." {
			src = bytes.Replace(src, []byte("package main\n"), []byte("package "+v.pkg+"\n"), 1)
			src = mainFunc.ReplaceAll(src, []byte("func Main()"))
		}
		return v.add(filepath.Join(v.lesson.Dir(v.root, "solutions"), "zz", v.pkg, t.to, rel), src)
	})
}

// imports has a file import the variant's packages.
func (v *variant) imports(src []byte, trees []tree) []byte {
	for _, t := range trees {
		to := path.Join(v.path(), t.to) + "/"
		src = bytes.ReplaceAll(src, []byte(`"`+course.Module+"/"+t.from+"/"), []byte(`"`+to))
	}
	return src
}

func (v *variant) path() string {
	return course.Module + "/solutions/" + v.lesson.Slug + "/zz/" + v.pkg
}

// ownConstant is an answer that stands in package main itself, in the list of
// answers.
var ownConstant = regexp.MustCompile(`(?m)^(\t+"\w+": +)([A-Z]\w+),$`)

// test makes of the lesson's test file a function that is the variant's Lesson.
func (v *variant) test(trees []tree) error {
	src, err := os.ReadFile(filepath.Join(v.lesson.Dir(v.root, "solutions"), "lesson_test.go"))
	if err != nil {
		return err
	}
	src = v.imports(src, trees)
	src = ownConstant.ReplaceAll(src, []byte("${1}"+v.pkg+".${2},"))
	for _, change := range [][2]string{
		{"func TestMain(m *testing.M) {\n\tcheck.Main(m, check.Lesson{", "func " + v.pkg + "Lesson() check.Lesson {\n\treturn (check.Lesson{"},
		{"func TestLesson(", "func " + v.pkg + "Test("},
		{"Program: main,", "Program: " + v.pkg + ".Main,"},
		{"import (\n", "import (\n\t\"" + v.path() + "\"\n"},
	} {
		if bytes.Count(src, []byte(change[0])) != 1 {
			return fmt.Errorf("lesson_test.go has not one %q", change[0])
		}
		src = bytes.Replace(src, []byte(change[0]), []byte(change[1]), 1)
	}
	return v.add(filepath.Join(v.lesson.Dir(v.root, "solutions"), "zz_"+v.pkg+"_test.go"), src)
}

// choose has the lesson's test be that of the variant which the environment
// names.
func (o *overlay) choose(root string, l course.Lesson, answers []Answer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n\n\t\"%s/tools/check\"\n)\n\n", course.Module)
	fmt.Fprintf(&b, "var variants = map[string]func() check.Lesson{\n")
	for i, a := range answers {
		fmt.Fprintf(&b, "\t%q: v%02dLesson,\n", a.Name, i)
	}
	fmt.Fprintf(&b, "}\n\nfunc TestMain(m *testing.M) { check.Main(m, variants[os.Getenv(\"VARIANT\")]()) }\n\nfunc TestLesson(t *testing.T) { check.Run(t) }\n")
	return o.add(filepath.Join(l.Dir(root, "solutions"), "lesson_test.go"), b.Bytes())
}
