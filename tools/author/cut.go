package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/course/cut"
)

type cutCmd struct{}

// Run writes every stub and every snippet whose text in the solutions has changed.
func (cutCmd) Run(p *place) error {
	files, err := cut.Generate(p.root)
	if err != nil {
		return err
	}
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(p.root, name))
		if err == nil && bytes.Equal(have, want) {
			continue
		}
		if err := os.MkdirAll(filepath.Join(p.root, filepath.Dir(name)), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(p.root, name), want, 0o666); err != nil {
			return err
		}
		fmt.Println("cut", name)
	}
	return nil
}
