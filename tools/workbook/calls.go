package main

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

// call is one line of testdata/NN-slug/run.txt: the path to call, and the JSON
// to call it with, if any.
type call struct{ path, json string }

// readCalls reads a lesson's calls; lines that begin with # are for authors.
func readCalls(root string, l course.Lesson) ([]call, error) {
	b, err := os.ReadFile(filepath.Join(root, "testdata", l.Slug, "run.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var calls []call
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, json, _ := strings.Cut(line, " ")
		calls = append(calls, call{path, strings.TrimSpace(json)})
	}
	return calls, err
}

// handler is Service/Handler, without key and without what comes behind.
func (c call) handler() string {
	parts := strings.Split(strings.TrimSuffix(c.path, "/send"), "/")
	return parts[0] + "/" + parts[len(parts)-1]
}

// curl returns the call as people type it.
func (c call) curl(ingress string) string { return restate.Curl(ingress, c.path, c.json) }

// calls are the lines to show: how to call each handler that the program
// serves.
func (s *served) calls(ctx context.Context) ([]string, error) {
	known, err := readCalls(s.root, s.lesson)
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
		named[c.handler()] = true
		line := c.curl(s.ingress)
		if !served[c.handler()] {
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
