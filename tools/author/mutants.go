package main

import (
	"context"
	"fmt"
	"os"

	"example.com/workbook/tools/process"
)

type mutantsCmd struct{}

// Run runs the checks on every mutant, and records the outcomes. If an earlier run was stopped, Run
// continues it. Then Run runs the checks on every harmless answer.
func (mutantsCmd) Run(ctx context.Context, k *process.Keeper, p *place) error {
	err := p.runGo(ctx, k, os.Environ(), "test", "-count=1", "-v", "-timeout=120m", "./tools/mutants", "-run=TestMutants|TestHarmless", "-all")
	if err != nil {
		return err
	}
	fmt.Println("written to testdata/*/mutants.txt; git diff shows what has changed")
	return nil
}
