package learner

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/shop/services"
	"github.com/google/renameio/v2"
)

// Equip writes what the tool keeps up to date in work/: AGENTS.md, and in the
// shop's lesson the file that names its services.
func Equip(root string, l course.Lesson) error {
	if err := writeAgentsFile(root); err != nil {
		return err
	}
	return chooseServices(root, l)
}

// chooseServices writes the file that names the services, if it has changed, and
// prints where each comes from.
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
		if err := renameio.WriteFile(file, want, 0o666, renameio.WithTempDir(filepath.Dir(file)), renameio.WithExistingPermissions()); err != nil {
			return cannotWrite(filepath.Dir(file), err)
		}
	}
	fmt.Printf("  services, as work/%s/%s has them now:\n", l.Slug, services.FileName)
	for _, line := range services.Origins(want) {
		fmt.Println("    " + line)
	}
	return nil
}
