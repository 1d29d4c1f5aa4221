package gotool

import (
	"errors"
	"os/exec"
	"strings"

	"example.com/workbook/tools/course"
	"example.com/workbook/tools/hint"
)

// FindCompiler looks for the C compiler that SQLite needs. It returns ErrNoCompiler if there is no
// C compiler, and ErrNoCgo if go is set not to use it.
func FindCompiler() error {
	out, err := exec.Command("go", "env", "CC", "CGO_ENABLED").Output()
	if err != nil {
		return missingGo(err)
	}
	lines := append(strings.Split(string(out), "\n"), "", "")
	cc, enabled := strings.Fields(lines[0] + " gcc")[0], strings.TrimSpace(lines[1]) == "1"
	_, err = exec.LookPath(cc)
	switch {
	case err == nil && enabled:
		return nil
	case enabled:
		// If go's default compiler is missing, go turns cgo off. Here cgo is on, so the user has
		// chosen this compiler.
		return hint.New(hint.Setup, "install it, or choose another: go env -u CC", "the C compiler that go is set to use, %s, is not there", cc)
	case err == nil:
		return hint.New(hint.Setup, "unset CGO_ENABLED; go env -u CGO_ENABLED", "%w (CGO_ENABLED=0), and SQLite needs it", ErrNoCgo)
	}
	return hint.New(hint.Setup, "install one: apt-get install gcc, or on macOS xcode-select --install; CGO_ENABLED must not be 0",
		"%w (%s), and SQLite needs one", ErrNoCompiler, cc)
}

// WantedVersion returns the version of Go that go.mod requires, such as 1.25.0.
func WantedVersion(root string) (string, error) {
	m, err := course.ReadModule(root)
	if err != nil {
		return "", err
	}
	if m.Go == nil {
		return "", errors.New("go.mod asks for no version of Go")
	}
	return m.Go.Version, nil
}
