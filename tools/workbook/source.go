package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"

	"example.com/workbook/tools/shop/services"
)

// bindTask is what a lesson 6 must have done to be a shop.
const bindTask = "TODO 6.1"

// source is what the shop's program is built from.
type source struct {
	root string
	dir  string // solutions/06-order-flow, or work/06-order-flow
	list []byte // services.go in place of dir's own; nil leaves that
	mine bool
}

// sourceOf is the reference's lesson 6; or the learner's own, and where that is
// no shop yet, the reference's with the services that the learner has written.
func sourceOf(root string, mine bool) (source, error) {
	s := source{root: root, dir: "solutions/" + services.Slug, mine: mine}
	if !mine {
		return s, nil
	}
	own := "work/" + services.Slug
	main, err := os.ReadFile(filepath.Join(root, own, "main.go"))
	if err == nil && !bytes.Contains(main, []byte(bindTask)) {
		s.dir = own
		return s, nil
	}
	s.list, err = services.File(root)
	return s, err
}

// build is what go build is told, but for what is asked of every build. Files
// that are to be written go to the folder dir.
func (s source) build(dir string) ([]string, error) {
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

// binary is what that build makes, below dir.
func (s source) binary(dir string) string { return filepath.Join(dir, "bin", path.Base(s.dir)) }

func (s source) String() string { return s.dir }

// services are lines that say whose each service is.
func (s source) services() []string {
	if !s.mine {
		return []string{"all the reference's"}
	}
	list := s.list
	if list == nil {
		list, _ = os.ReadFile(filepath.Join(s.root, s.dir, services.FileName)) // it was compiled a moment ago
	}
	return services.Origins(list)
}
