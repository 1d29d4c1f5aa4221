package main

import (
	"context"
	"fmt"
	"os"

	"example.com/workbook/tools/check/setting"
	"example.com/workbook/tools/process"
)

type matrixCmd struct{}

// Run runs every script on every wrong answer and on every stub. It records which script refuses
// each of them, and the verdict.
func (matrixCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	for _, args := range [][]string{
		{"./lessons/..."},
		{"./tools/answers", "-run=TestAnswers", "-matrix", "-timeout=60m"},
	} {
		env := append(os.Environ(), setting.WriteStubs+"=1")
		if err := p.runGo(ctx, k, env, append([]string{"test", "-count=1"}, args...)...); err != nil {
			return err
		}
	}
	fmt.Println("written to testdata/*/matrix.txt, stub.txt, verdicts.txt and wrong/; now make cut; git diff shows what has changed")
	return nil
}
