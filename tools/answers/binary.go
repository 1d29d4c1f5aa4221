package answers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	"example.com/workbook/tools/npm"
	"example.com/workbook/tools/vet"
)

// overlay is the file for go build -overlay. It maps paths of files that do not exist to files with
// their content.
type overlay struct {
	dir     string
	Replace map[string]string
}

func (o *overlay) addFile(path string, src []byte) error {
	file := filepath.Join(o.dir, fmt.Sprintf("%d%s", len(o.Replace), filepath.Ext(path)))
	o.Replace[path] = file
	return os.WriteFile(file, src, 0o666)
}

// Binary is a lesson's test binary that contains answers.
type Binary struct {
	file    string
	sources map[string]string // the folder with the source of each answer, by the answer's name
}

// Build compiles the lesson's test binary with all the answers in it, in the folder dir,
// and prepares the analyzers for them.
func Build(root string, l course.Lesson, answers []course.Answer, dir string) (Binary, error) {
	b, err := Compile(root, l, answers, dir)
	if err != nil {
		return b, err
	}
	return b, b.prime(root, l)
}

// Compile compiles the lesson's test binary with all the answers in it, in the folder dir.
func Compile(root string, l course.Lesson, answers []course.Answer, dir string) (Binary, error) {
	o := &overlay{dir: dir, Replace: map[string]string{}}
	b := Binary{file: filepath.Join(dir, "lesson.test"), sources: map[string]string{}}
	for i, a := range answers {
		v := variant{overlay: o, root: root, lesson: l, answer: a, pkg: fmt.Sprintf("v%02d", i)}
		b.sources[a.Name] = v.sourceDir()
		if err := v.addAnswer(); err != nil {
			return b, fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	if err := o.addTestMain(root, l, answers); err != nil {
		return b, err
	}
	file, err := o.writeFile()
	if err != nil {
		return b, err
	}
	// vet is off, because it would change to folders that exist only in the overlay.
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", file, "-ldflags=-s -w", "-buildvcs=false", "-o", b.file, "./solutions/"+l.Slug)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return b, fmt.Errorf("%w: %s", err, replaceNames(string(out), answers))
	}
	return b, nil
}

// Program returns the path of a program that serves the lesson. The environment variable VARIANT
// must have the name of the answer.
func (b Binary) Program() (string, error) {
	program := filepath.Join(filepath.Dir(b.file), "program")
	err := os.Symlink(b.file, program)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return program, err
}

// prime asks go list for the compiled packages that the analyzers need for each answer. A check
// does not wait for go list. Without prime, only a later check of an answer with the same imports
// would have findings.
func (b Binary) prime(root string, l course.Lesson) error {
	cache, err := npm.Cache()
	if err != nil {
		return err
	}
	for _, dir := range b.sources {
		f := vet.Folder{Root: root, Dir: dir, Path: course.Module + "/solutions/" + l.Slug, Cache: cache}
		// If an answer changes another lesson or the shop, then its folder alone does not compile,
		// and there are no findings.
		f.Check(context.Background())
	}
	return nil
}

// Overlay writes a file for go build -overlay into the folder dir. In a build with this file, the
// answer or the change replaces the lesson's solution. Overlay returns the answer too.
func Overlay(root string, ref course.AnswerRef, dir string) (a course.Answer, file string, err error) {
	l, err := course.Find(root, ref.Lesson)
	if err != nil {
		return a, "", err
	}
	if a, err = findAnswer(root, l, ref.Answer); err != nil {
		return a, "", err
	}
	o := &overlay{dir: dir, Replace: map[string]string{}}
	for name := range a.Files {
		path := filepath.Join(l.Dir(root, "solutions"), filepath.FromSlash(name))
		src, err := os.ReadFile(path)
		if err != nil {
			return a, "", err
		}
		if src, err = a.Apply(name, src); err != nil {
			return a, "", err
		}
		if err := o.addFile(path, src); err != nil {
			return a, "", err
		}
	}
	file, err = o.writeFile()
	return a, file, err
}

// findAnswer returns the answer to a lesson, or the change of the lesson's solution, with this name.
func findAnswer(root string, l course.Lesson, name string) (course.Answer, error) {
	dir := filepath.Join(root, "testdata", l.Slug)
	all, err := course.ReadAnswers(dir)
	if err != nil {
		return course.Answer{}, err
	}
	fits, strands, err := course.ReadChanges(dir)
	if err != nil {
		return course.Answer{}, err
	}
	all = slices.Concat(all, fits, strands)
	i := slices.IndexFunc(all, func(a course.Answer) bool { return a.Name == name })
	if i < 0 {
		return course.Answer{}, fmt.Errorf("lesson %d has no answer %s", l.N, name)
	}
	return all[i], nil
}

// writeFile writes the file that go build -overlay reads.
func (o *overlay) writeFile() (file string, err error) {
	list, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	file = filepath.Join(o.dir, "overlay.json")
	return file, os.WriteFile(file, list, 0o666)
}

// replaceNames replaces the names of the answers' packages with the names of the answers.
func replaceNames(out string, answers []course.Answer) string {
	for i, a := range answers {
		out = strings.ReplaceAll(out, fmt.Sprintf("/zz/v%02d", i), "/zz/"+a.Name)
	}
	return out
}

// variant is the lesson with one answer. Its packages are in a folder below zz/ of the solution's
// folder.
type variant struct {
	*overlay
	root   string
	lesson course.Lesson
	answer course.Answer
	pkg    string
	unused map[string]bool
}

// tree is a folder of the module that a variant copies.
type tree struct {
	from   string // the path below the root
	to     string // the path below the variant
	prefix string // the prefix of the names of these files in an answer
}

// listTrees returns the folder of the lesson's solution. If the answer changes given code or
// earlier lessons, listTrees also returns their folders.
func (v *variant) listTrees() ([]tree, error) {
	own := []tree{{from: "solutions/" + v.lesson.Slug}}
	outside := false
	for name := range v.answer.Files {
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

func (v *variant) addAnswer() error {
	v.unused = map[string]bool{}
	for name := range v.answer.Files {
		v.unused[name] = true
	}
	trees, err := v.listTrees()
	if err != nil {
		return err
	}
	for _, t := range trees {
		if err := v.copyTree(t, trees); err != nil {
			return err
		}
	}
	for name := range v.unused {
		if err := v.addNew(name, trees); err != nil {
			return err
		}
	}
	return v.addTest(trees)
}

var (
	mainFunc      = regexp.MustCompile(`(?m)^func main\(\)`)
	packageClause = regexp.MustCompile(`(?m)^package \w+$`)
)

func (v *variant) copyTree(t tree, trees []tree) error {
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
		if src, err = v.answer.Apply(t.prefix+name, src); err != nil {
			return err
		}
		return v.addSource(t, name, src, trees)
	})
}

// addNew adds a file that the solution does not have. The answer must have the whole file, in a
// package of the lesson.
func (v *variant) addNew(name string, trees []tree) error {
	src := v.answer.Files[name]
	own := v.lesson.Dir(v.root, "solutions")
	_, err := os.Stat(filepath.Join(own, filepath.FromSlash(path.Dir(name))))
	if err != nil || !filepath.IsLocal(filepath.FromSlash(name)) || !packageClause.Match(src) {
		return fmt.Errorf("the solution has no file %s, and the answer has no whole Go file for a package of the lesson", name)
	}
	return v.addSource(trees[0], name, src, trees)
}

// addSource adds a file of a tree, after it has changed the file's imports and package to those of
// the variant.
func (v *variant) addSource(t tree, name string, src []byte, trees []tree) error {
	if t.prefix == "" {
		if err := v.writeSource(name, src); err != nil {
			return err
		}
	}
	src = v.moveImports(src, trees)
	if t.prefix == "" && path.Dir(name) == "." {
		src = bytes.Replace(src, []byte("package main\n"), []byte("package "+v.pkg+"\n"), 1)
		src = mainFunc.ReplaceAll(src, []byte("func Main()"))
	}
	return v.addFile(filepath.Join(v.lesson.Dir(v.root, "solutions"), "zz", v.pkg, t.to, filepath.FromSlash(name)), src)
}

// writeSource writes a file of the answer for the analyzers, which read the source of the answer.
func (v *variant) writeSource(name string, src []byte) error {
	file := filepath.Join(v.sourceDir(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, src, 0o666)
}

// sourceDir returns the folder with the source of the answer.
func (v *variant) sourceDir() string { return filepath.Join(v.dir, "source", v.pkg) }

// moveImports makes a file import the packages of the variant.
func (v *variant) moveImports(src []byte, trees []tree) []byte {
	for _, t := range trees {
		to := path.Join(v.packagePath(), t.to) + "/"
		src = bytes.ReplaceAll(src, []byte(`"`+course.Module+"/"+t.from+"/"), []byte(`"`+to))
	}
	return src
}

func (v *variant) packagePath() string {
	return course.Module + "/solutions/" + v.lesson.Slug + "/zz/" + v.pkg
}

// ownConstant matches an entry in the list of answers whose constant package main itself declares.
var ownConstant = regexp.MustCompile(`(?m)^(\t+"[\w-]+": +)([A-Z]\w+),$`)

// addTest turns the lesson's test file into a function that returns the variant's
// Lesson.
func (v *variant) addTest(trees []tree) error {
	src, err := os.ReadFile(filepath.Join(v.lesson.Dir(v.root, "solutions"), "lesson_test.go"))
	if err != nil {
		return err
	}
	src = v.moveImports(src, trees)
	src = ownConstant.ReplaceAll(src, []byte("${1}"+v.pkg+".${2},"))
	for _, change := range [][2]string{
		{"func TestMain(m *testing.M) {\n\tcheck.Main(m, check.Lesson{", "func " + v.pkg + "Lesson() check.Lesson {\n\treturn (check.Lesson{"},
		{"func TestLesson(", "func " + v.pkg + "Test("},
		{"Program: main,", "Program: " + v.pkg + ".Main,"},
		{"import (\n", "import (\n\t\"" + v.packagePath() + "\"\n"},
	} {
		if bytes.Count(src, []byte(change[0])) != 1 {
			return fmt.Errorf("lesson_test.go has not one %q", change[0])
		}
		src = bytes.Replace(src, []byte(change[0]), []byte(change[1]), 1)
	}
	return v.addFile(filepath.Join(v.lesson.Dir(v.root, "solutions"), "zz_"+v.pkg+"_test.go"), src)
}

// addTestMain replaces the lesson's test. The new test runs the variant that the environment
// variable VARIANT names.
func (o *overlay) addTestMain(root string, l course.Lesson, answers []course.Answer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n\n\t\"%s/tools/check\"\n)\n\n", course.Module)
	fmt.Fprintf(&b, "var variants = map[string]func() check.Lesson{\n")
	for i, a := range answers {
		fmt.Fprintf(&b, "\t%q: v%02dLesson,\n", a.Name, i)
	}
	fmt.Fprintf(&b, "}\n\nfunc TestMain(m *testing.M) { check.Main(m, variants[os.Getenv(\"VARIANT\")]()) }\n\nfunc TestLesson(t *testing.T) { check.Run(t) }\n")
	return o.addFile(filepath.Join(l.Dir(root, "solutions"), "lesson_test.go"), b.Bytes())
}
