package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/shop/services"
)

// chooseServices writes the file in a learner's folder, if it is to be another,
// and says where each service comes from.
func chooseServices(root string, l course.Lesson) error {
	if l.Shop == nil {
		return nil
	}
	want, err := services.File(root)
	if err != nil {
		return err
	}
	file := filepath.Join(l.Dir(root, "work"), services.FileName)
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		if err := os.WriteFile(file, want, 0o666); err != nil {
			return cannotWrite(filepath.Dir(file), err)
		}
	}
	fmt.Printf("  services, as work/%s/%s has them now:\n", l.Slug, services.FileName)
	for _, line := range services.Origins(want) {
		fmt.Println("    " + line)
	}
	return nil
}
