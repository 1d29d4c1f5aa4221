package check

import (
	"io"
	"os"
	"testing"

	"example.com/workbook/tools/check/result"
	"example.com/workbook/tools/check/setting"
)

// output is where a check's verdict goes: to people, or into the file of a
// program that has asked for it.
type output struct {
	file   string // "" when people read the verdict from standard output
	stdout *os.File
}

// takeOutput reads from the environment where the verdict is to go. The
// programs under check do not inherit the file's name. When a file is named,
// what package testing prints is dropped, unless go test -v was asked for.
func takeOutput() output {
	o := output{file: os.Getenv(setting.Result), stdout: os.Stdout}
	os.Unsetenv(setting.Result)
	if o.file == "" || testing.Verbose() {
		return o
	}
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
	}
	return o
}

// put brings the verdict to where it is to go.
func (o output) put(res result.Result) error {
	os.Stdout = o.stdout
	if o.file != "" {
		return result.Write(o.file, res)
	}
	for _, line := range res.Lines {
		if _, err := io.WriteString(o.stdout, line.Text+"\n"); err != nil {
			return err
		}
	}
	return nil
}
