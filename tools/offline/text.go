package offline

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"example.com/workbook/tools/gotool"
	"example.com/workbook/tools/ui"
)

const useName = "use.sh"

//go:embed offline_use.sh
var useScript string

//go:embed offline_readme.txt
var readmeText string

// carryClone bundles the workbook's commits, where it is a git checkout that has them
// all.
func (m *maker) carryClone(ctx context.Context) (string, error) {
	if m.git(ctx, "rev-parse", "--is-shallow-repository", "--show-prefix") != "false" {
		return "not included: the workbook is not a full git clone here. copy the workbook too", nil
	}
	args := []string{"bundle", "create", "--quiet", filepath.Join(m.temp, bundleName), "HEAD"}
	if branch := m.git(ctx, "branch", "--show-current"); branch != "" {
		args = append(args, branch)
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = m.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("git cannot bundle the workbook: %w: %s", err, ui.LastLine(string(out)))
	}
	m.commit = m.git(ctx, "rev-parse", "--short", "HEAD")
	if m.git(ctx, "status", "--porcelain") != "" {
		return "commit " + m.commit + ", without what you have changed since", nil
	}
	return "commit " + m.commit, nil
}

// git returns what a git command prints, "" where it fails.
func (m *maker) git(ctx context.Context, args ...string) string {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = m.Root
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

// writeTexts writes what people read, and what they type.
func (m *maker) writeTexts() error {
	if err := os.WriteFile(filepath.Join(m.temp, useName), []byte(useScript), 0o777); err != nil {
		return err
	}
	t, err := template.New("").Parse(readmeText)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(m.temp, "README.txt"))
	if err != nil {
		return err
	}
	defer f.Close()
	wanted, err := gotool.WantedVersion(m.Root)
	if err != nil {
		return err
	}
	return t.Execute(f, map[string]any{
		"Date": time.Now().Format("2006-01-02"), "Commit": m.commit, "Servers": titles(),
		"Platforms": strings.Join(m.listCarried(), ", "), "Go": wanted,
	})
}

// introduce prints what was made, and what to type where.
func (m *maker) introduce() {
	fmt.Printf("made %s, %s. copy the folder to a stick. on a machine without a network:\n", m.displayPath(), ui.Size(sizeOf(m.to)))
	if m.commit != "" {
		fmt.Printf("  git clone STICK/%s/%s workbook && cd workbook\n", filepath.Base(m.to), bundleName)
	}
	fmt.Printf("  sh STICK/%s/%s     # in the clone\n", filepath.Base(m.to), useName)
	fmt.Printf("  make doctor OFFLINE=1\n")
	fmt.Printf("not included: Go, git, make and a C compiler; %s has more\n", filepath.Join(m.displayPath(), "README.txt"))
}

// sizeOf returns the size of all files below dir.
func sizeOf(dir string) (n uint64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil {
			n += uint64(info.Size())
		}
		return nil
	})
	return n
}
