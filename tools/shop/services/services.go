// Package services has the one file of a learner's that the tool rewrites:
// services.go of the shop's lesson, which names the package of each of the shop's services.
package services

import (
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

// FileName is the name of the file in the folder of the shop's lesson.
const FileName = "services.go"

var serviceImport = regexp.MustCompile(`(?m)^\t"` + course.Module + `/solutions/([^/"]+)/([^"]+)".*$`)

// File returns the file as it should be now: the solution's own, with the learner's
// package in the place of each that is there and has no TODO left.
func File(root string) ([]byte, error) {
	shop, err := course.FindShop(root)
	if err != nil {
		return nil, err
	}
	src, err := os.ReadFile(filepath.Join(shop.Dir(root, "solutions"), FileName))
	if err != nil {
		return nil, err
	}
	src = serviceImport.ReplaceAllFunc(src, func(line []byte) []byte {
		m := serviceImport.FindSubmatch(line)
		lesson, pkg := string(m[1]), string(m[2])
		path, why := choosePackage(root, lesson, pkg)
		return fmt.Appendf(nil, "\t\"%s/%s\" // %s", course.Module, path, why)
	})
	return format.Source(src)
}

// choosePackage returns the package to take for a service, and why.
func choosePackage(root, lesson, pkg string) (path, why string) {
	yours := "work/" + lesson + "/" + pkg
	left, err := firstTODO(filepath.Join(root, filepath.FromSlash(yours)))
	switch {
	case err != nil:
		return "solutions/" + lesson + "/" + pkg, "the reference: " + yours + " is not there"
	case left != "":
		return "solutions/" + lesson + "/" + pkg, "the reference: " + left + " is left in " + yours
	}
	if _, err := os.Lstat(filepath.Join(root, "work", lesson, progress.GivenName)); err == nil {
		return yours, "the reference, given in " + yours
	}
	return yours, "yours"
}

var todoComment = regexp.MustCompile(`(?m)^\s*// (TODO \d+\.\d+)`)

// firstTODO returns the first TODO in the Go files of a folder, or "".
func firstTODO(dir string) (string, error) {
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

var origin = regexp.MustCompile(`(?m)^\t"[^"]*/([^/"]+)"\s+// (.*)$`)

// Origins returns a line for each service in such a file: its package, and whose it
// is.
func Origins(file []byte) (lines []string) {
	for _, m := range origin.FindAllSubmatch(file, -1) {
		lines = append(lines, fmt.Sprintf("%-9s %s", m[1], strings.TrimSpace(string(m[2]))))
	}
	return lines
}
