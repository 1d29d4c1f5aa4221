package main

import (
	"fmt"
	"os"
	"os/exec"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/hint"
)

type matrixCmd struct{}

// Run has every script judge every wrong answer and every stub, and writes down
// what refuses it, and in what words.
func (matrixCmd) Run(p *place) error {
	for _, args := range [][]string{
		{"./lessons/..."},
		{"./tools/answers", "-run=TestAnswers", "-matrix", "-timeout=60m"},
	} {
		cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = p.root, os.Stdout, os.Stderr
		cmd.Env = append(os.Environ(), setting.WriteStubs+"=1")
		if cmd.Run() != nil {
			return hint.ExitRed
		}
	}
	fmt.Println("written to testdata/*/matrix.txt, stub.txt and wrong/; git diff shows what has changed")
	return nil
}
