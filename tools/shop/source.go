package shop

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/shop/services"
)

// source is what the shop's program is built from.
type source struct {
	root   string
	lesson course.Lesson // the shop's
	dir    string        // from the root: the lesson's folder in solutions/ or in work/
	list   []byte        // services.go in place of dir's own; nil leaves that
	mine   bool
	shared bool // the rows are in a database that several machines can share
}

// newSource returns the reference's program. Where mine is set, it returns the
// learner's own; and where that is no shop yet, the reference's with the services
// that the learner has written. Where shared is set, the program opens a PostgreSQL.
func newSource(root string, mine, shared bool) (source, error) {
	l, err := course.FindShop(root)
	if err != nil {
		return source{}, err
	}
	s := source{root: root, lesson: l, dir: "solutions/" + l.Slug, mine: mine, shared: shared}
	if !mine {
		return s, nil
	}
	if shared {
		if err := checkShared(root); err != nil {
			return s, err
		}
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

// checkShared refuses services of the learner's that can have no other database than a SQLite
// file: those that were written for an earlier version of the workbook.
func checkShared(root string) error {
	for _, dir := range course.Glob(root, "work/[0-9][0-9]-*") {
		for _, file := range course.GoFiles(dir) {
			text, err := os.ReadFile(file)
			if name, _ := filepath.Rel(root, file); err == nil && bytes.Contains(text, []byte("*store.DB")) {
				return hint.New(hint.Red, "write store.Store in place of *store.DB there; or run the reference: make shop NODES=3",
					"%s cannot use PostgreSQL: its database is a *store.DB, a SQLite file", filepath.ToSlash(name))
			}
		}
	}
	return nil
}

// ownService matches the import of a learner's service.
var ownService = regexp.MustCompile(`"` + course.Module + `/work/([^/"]+)/`)

// ReferenceArgs returns the arguments of go build for the reference's program, which opens the
// database that SHOP_DATABASE names, a SQLite file or a PostgreSQL. It writes the files that
// they need to the folder dir.
func ReferenceArgs(root, dir string) ([]string, error) {
	s, err := newSource(root, false, true)
	if err != nil {
		return nil, err
	}
	return s.buildArgs(dir)
}

// buildArgs returns the arguments of go build for this source. It writes the files that
// they need to the folder dir.
func (s source) buildArgs(dir string) ([]string, error) {
	changed := map[string][]byte{}
	if s.list != nil {
		changed[services.FileName] = s.list
	}
	if s.shared {
		main, err := openShared(s.root, s.dir)
		if err != nil {
			return nil, err
		}
		changed["main.go"] = main
	}
	if len(changed) == 0 {
		return []string{"./" + s.dir}, nil
	}
	overlay := filepath.Join(dir, "overlay.json")
	return []string{"-overlay", overlay, "./" + s.dir}, addToOverlay(overlay, filepath.Join(s.root, s.dir), changed)
}

// addToOverlay adds files to a file for go build -overlay, which need not exist. They replace
// the files of the same names in the folder dir, and are written beside the overlay.
func addToOverlay(overlay, dir string, changed map[string][]byte) error {
	o := struct{ Replace map[string]string }{map[string]string{}}
	if text, err := os.ReadFile(overlay); err == nil {
		if err := json.Unmarshal(text, &o); err != nil {
			return err
		}
	}
	for name, text := range changed {
		file := filepath.Join(filepath.Dir(overlay), "shop-"+name)
		o.Replace[filepath.Join(dir, name)] = file
		if err := os.WriteFile(file, text, 0o666); err != nil {
			return err
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return os.WriteFile(overlay, text, 0o666)
}

// openShared returns the main.go of a folder with one change: it opens the database that
// SHOP_DATABASE names, whichever it is. Lesson 6 itself opens a SQLite file, so that it does
// not need PostgreSQL's driver.
func openShared(root, dir string) ([]byte, error) {
	main, err := os.ReadFile(filepath.Join(root, dir, "main.go"))
	if err != nil {
		return nil, err
	}
	text := string(main)
	for _, change := range [][2]string{
		{`"` + course.Module + `/lessons/shop/store"`, `"` + course.Module + `/lessons/shop/database"`},
		{"store.Open(env.Database())", "database.Open(context.Background(), env.Database())"},
	} {
		if !strings.Contains(text, change[0]) {
			return nil, hint.New(hint.Usage, "make shop NODES=3 runs the reference solution", "%s/main.go cannot open PostgreSQL: it has no %s", dir, change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	return []byte(text), nil
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
