package main

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
	"example.com/workbook/tools/restate"
	"example.com/workbook/tools/ui"
)

const useName = "use.sh"

//go:embed offline_use.sh
var useScript string

//go:embed offline_readme.txt
var readmeText string

// clone carries the workbook's commits, where it is a git checkout that has them
// all.
func (o *offline) clone(ctx context.Context) (string, error) {
	if o.git(ctx, "rev-parse", "--is-shallow-repository", "--show-prefix") != "false" {
		return "not carried: this is no git clone of it with all its commits. bring it too", nil
	}
	args := []string{"bundle", "create", "--quiet", filepath.Join(o.temp, bundleName), "HEAD"}
	if branch := o.git(ctx, "branch", "--show-current"); branch != "" {
		args = append(args, branch)
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = o.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("git cannot bundle the workbook: %w: %s", err, ui.LastLine(string(out)))
	}
	o.commit = o.git(ctx, "rev-parse", "--short", "HEAD")
	if o.git(ctx, "status", "--porcelain") != "" {
		return "commit " + o.commit + ", without what you have changed since", nil
	}
	return "commit " + o.commit, nil
}

// git is what git says, "" where it fails.
func (o *offline) git(ctx context.Context, args ...string) string {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = o.root
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

// words writes what people read, and what they type.
func (o *offline) words() error {
	if err := os.WriteFile(filepath.Join(o.temp, useName), []byte(useScript), 0o777); err != nil {
		return err
	}
	t, err := template.New("").Parse(readmeText)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(o.temp, "README.txt"))
	if err != nil {
		return err
	}
	defer f.Close()
	wanted, err := gotool.WantedVersion(o.root)
	if err != nil {
		return err
	}
	return t.Execute(f, map[string]any{
		"Date": time.Now().Format("2006-01-02"), "Commit": o.commit, "Server": restate.Version,
		"Platforms": strings.Join(o.carried(), ", "), "Go": wanted,
	})
}

// introduce says what was made, and what to type where.
func (o *offline) introduce() {
	fmt.Printf("made %s, %s. copy it to a stick, and on a machine without network:\n", o.shown(), ui.Size(size(o.to)))
	if o.commit != "" {
		fmt.Printf("  git clone STICK/%s/%s workbook && cd workbook\n", filepath.Base(o.to), bundleName)
	}
	fmt.Printf("  sh STICK/%s/%s     # in the clone\n", filepath.Base(o.to), useName)
	fmt.Printf("  make doctor OFFLINE=1\n")
	fmt.Printf("not in it: Go, git, make and a C compiler; %s has more\n", filepath.Join(o.shown(), "README.txt"))
}

// size is what all files below dir have.
func size(dir string) (n uint64) {
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
