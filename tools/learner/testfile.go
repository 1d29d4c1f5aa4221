package learner

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/course/cut"
	"example.com/workbook/tools/files"
)

// TestName is the name of the file in a learner's folder that the workbook maintains: it
// passes the program to the check.
const TestName = "lesson_test.go"

// testFile returns the workbook's present test, with the imports of work/.
func testFile(root string, l course.Lesson) ([]byte, error) {
	src, err := os.ReadFile(filepath.Join(l.Dir(root, "lessons"), TestName))
	return cut.MoveImports(src, l, "lessons", "work"), err
}

// restoreTest writes the test again where a learner has moved it away.
func restoreTest(root string, l course.Lesson, dir string) error {
	to := filepath.Join(dir, TestName)
	if files.Exists(to) || !files.Exists(filepath.Join(dir, "main.go")) {
		return nil
	}
	src, err := testFile(root, l)
	if err != nil {
		return err
	}
	if err := files.CreateNew(to, src); err != nil {
		return files.WriteError(TestName+" was not put back", dir, err)
	}
	fmt.Printf("put back work/%s/%s\n", l.Slug, TestName)
	return nil
}

// Advice returns what may be wrong with a copy of a lesson that could not be judged:
// a package is missing, or the test is an older one. Otherwise it returns "".
func Advice(root string, l course.Lesson) string {
	if gone := missingPackage(root, l); gone != "" {
		return fmt.Sprintf("\n%s is missing, and the lesson has a package there\n"+
			"hint: make reset %d && make lesson %d makes the lesson again; your copy is moved away, not lost\n", gone, l.N, l.N)
	}
	name := "work/" + l.Slug + "/" + TestName
	have, err1 := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	want, err2 := testFile(root, l)
	if err1 != nil || err2 != nil || bytes.Equal(have, want) {
		return ""
	}
	return fmt.Sprintf("\n%s differs from the one in today's workbook\n"+
		"hint: move yours aside and take today's:\n  mv %s \\\n     %s.old && make lesson %d\n", name, name, name, l.N)
}

// missingPackage returns a package's folder that the stub has and the learner's copy lacks, or "".
func missingPackage(root string, l course.Lesson) string {
	for _, file := range course.Glob(l.Dir(root, "lessons"), "*/*.go") {
		dir := filepath.Join("work", l.Slug, filepath.Base(filepath.Dir(file)))
		if !files.Exists(filepath.Join(root, dir)) {
			return filepath.ToSlash(dir)
		}
	}
	return ""
}
