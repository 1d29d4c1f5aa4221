package stage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/restate"
)

// Call is one line of testdata/NN-slug/run.txt: the path to call, and the JSON to
// call it with, if any.
type Call struct{ Path, JSON string }

// ReadCalls reads a lesson's calls. Lines that begin with # are for authors.
func ReadCalls(root string, l course.Lesson) ([]Call, error) {
	b, err := os.ReadFile(filepath.Join(root, "testdata", l.Slug, "run.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var calls []Call
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, json, _ := strings.Cut(line, " ")
		calls = append(calls, Call{path, strings.TrimSpace(json)})
	}
	return calls, err
}

// Handler returns Service/Handler, without the key and without what follows.
func (c Call) Handler() string {
	parts := strings.Split(strings.TrimSuffix(c.Path, "/send"), "/")
	return parts[0] + "/" + parts[len(parts)-1]
}

// Curl returns the call as people type it.
func (c Call) Curl(ingress string) string { return restate.Curl(ingress, c.Path, c.JSON) }

// callLines returns how to call each handler that the program serves, a line each.
func (s *lessonRun) callLines(ctx context.Context) ([]string, error) {
	known, err := ReadCalls(s.stage.Root, s.lesson)
	if err != nil {
		return nil, err
	}
	serves, err := process.Discover(ctx, s.program.Addr())
	if err != nil {
		return nil, err
	}
	served, named := map[string]bool{}, map[string]bool{}
	for _, h := range serves {
		served[h.Service+"/"+h.Name] = true
	}
	var lines []string
	for _, c := range known {
		named[c.Handler()] = true
		line := c.Curl(s.stage.Ingress)
		if !served[c.Handler()] {
			line += "   # not served yet"
		}
		lines = append(lines, line)
	}
	for _, h := range serves {
		if name := h.Service + "/" + h.Name; !named[name] {
			lines = append(lines, "# "+name+" is served as well")
		}
	}
	return lines, nil
}
