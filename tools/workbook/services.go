package main

import (
	"bytes"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/progress"
)

// servicesName is the one file of a learner's that the tool writes anew: it says
// where each of the shop's services comes from.
const servicesName = "services.go"

var serviceImport = regexp.MustCompile(`(?m)^\t"` + course.Module + `/solutions/([^/"]+)/([^"]+)".*$`)

// servicesFile is the file as it should be now: of the solution's own, with the
// learner's package in the place of each that is there and has no TODO left.
func servicesFile(root string) ([]byte, error) {
	src, err := os.ReadFile(filepath.Join(root, "solutions", shopSlug, servicesName))
	if err != nil {
		return nil, err
	}
	src = serviceImport.ReplaceAllFunc(src, func(line []byte) []byte {
		m := serviceImport.FindSubmatch(line)
		lesson, pkg := string(m[1]), string(m[2])
		path, why := packageFor(root, lesson, pkg)
		return fmt.Appendf(nil, "\t\"%s/%s\" // %s", course.Module, path, why)
	})
	return format.Source(src)
}

// packageFor is the package to take for a service, and why.
func packageFor(root, lesson, pkg string) (path, why string) {
	yours := "work/" + lesson + "/" + pkg
	left, err := todoLeft(filepath.Join(root, filepath.FromSlash(yours)))
	switch {
	case err != nil:
		return "solutions/" + lesson + "/" + pkg, "the reference: " + yours + " is not there"
	case left != "":
		return "solutions/" + lesson + "/" + pkg, "the reference: " + left + " is left in " + yours
	}
	if there(filepath.Join(root, "work", lesson, progress.GivenName)) {
		return yours, "the reference, given in " + yours
	}
	return yours, "yours"
}

var todoComment = regexp.MustCompile(`(?m)^\s*// (TODO \d+\.\d+)`)

// todoLeft is the first TODO in the Go files of a folder, or "".
func todoLeft(dir string) (string, error) {
	files := course.Glob(dir, "*.go")
	if len(files) == 0 {
		return "", fs.ErrNotExist
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if m := todoComment.FindSubmatch(src); m != nil {
			return string(m[1]), nil
		}
	}
	return "", nil
}

// chooseServices writes the file in a learner's folder, if it is to be another,
// and says where each service comes from.
func chooseServices(root string, l course.Lesson) error {
	if l.Slug != shopSlug {
		return nil
	}
	want, err := servicesFile(root)
	if err != nil {
		return err
	}
	file := filepath.Join(l.Dir(root, "work"), servicesName)
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		if err := os.WriteFile(file, want, 0o666); err != nil {
			return cannotWrite(filepath.Dir(file), err)
		}
	}
	fmt.Printf("  services, as work/%s/%s has them now:\n", l.Slug, servicesName)
	for _, line := range origins(want) {
		fmt.Println("    " + line)
	}
	return nil
}

var origin = regexp.MustCompile(`(?m)^\t"[^"]*/([^/"]+)"\s+// (.*)$`)

// origins are a line a service: its package, and whose it is.
func origins(services []byte) (lines []string) {
	for _, m := range origin.FindAllSubmatch(services, -1) {
		lines = append(lines, fmt.Sprintf("%-9s %s", m[1], strings.TrimSpace(string(m[2]))))
	}
	return lines
}
