package shop

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/shop/services"
)

// source is what the shop's program is built from.
type source struct {
	root   string
	lesson course.Lesson // the shop's
	dir    string        // from the root: the lesson's folder in solutions/ or in work/
	list   []byte        // services.go in place of dir's own; nil leaves that
	mine   bool
}

// newSource returns the reference's program. Where mine is set, it returns the
// learner's own; and where that is no shop yet, the reference's with the services
// that the learner has written.
func newSource(root string, mine bool) (source, error) {
	l, err := course.FindShop(root)
	if err != nil {
		return source{}, err
	}
	s := source{root: root, lesson: l, dir: "solutions/" + l.Slug, mine: mine}
	if !mine {
		return s, nil
	}
	own := "work/" + l.Slug
	main, err := os.ReadFile(filepath.Join(root, own, "main.go"))
	if err == nil && !bytes.Contains(main, []byte("TODO "+l.Shop.Compose)) {
		s.dir = own
		return s, course.CheckImports(root, l)
	}
	if s.list, err = services.File(root); err != nil {
		return s, err
	}
	for _, m := range ownService.FindAllSubmatch(s.list, -1) {
		if err := course.CheckImports(root, course.Lesson{Slug: string(m[1])}); err != nil {
			return s, err
		}
	}
	return s, nil
}

// ownService matches the import of a learner's service.
var ownService = regexp.MustCompile(`"` + course.Module + `/work/([^/"]+)/`)

// buildArgs returns the arguments of go build for this source. It writes the files that
// they need to the folder dir.
func (s source) buildArgs(dir string) ([]string, error) {
	if s.list == nil {
		return []string{"./" + s.dir}, nil
	}
	list, overlay := filepath.Join(dir, services.FileName), filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(s.root, s.dir, services.FileName): list}})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(list, s.list, 0o666); err != nil {
		return nil, err
	}
	return []string{"-overlay", overlay, "./" + s.dir}, os.WriteFile(overlay, text, 0o666)
}

// binaryPath returns the path of what that build makes, below dir.
func (s source) binaryPath(dir string) string { return filepath.Join(dir, "bin", path.Base(s.dir)) }

func (s source) String() string { return s.dir }

// serviceLines returns a line for each service that names whose it is.
func (s source) serviceLines() []string {
	if !s.mine {
		return []string{"all from the reference solution"}
	}
	list := s.list
	if list == nil {
		list, _ = os.ReadFile(filepath.Join(s.root, s.dir, services.FileName)) // it was compiled a moment ago
	}
	return services.Origins(list)
}

// folders returns the folders with the program's own files, from the root.
func (s source) folders() []string {
	dirs := []string{"solutions"}
	if s.mine {
		for _, dir := range course.Glob(s.root, "work/[0-9][0-9]-*") {
			dirs = append(dirs, "work/"+filepath.Base(dir))
		}
	}
	return dirs
}
