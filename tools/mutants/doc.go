// Package mutants tests the checks with small mistakes that a machine makes. Each mutant is
// a lesson's solution with one change in the lines that learners write: for example, a key
// is dropped, the code of a step runs outside of restate.Run, or two statements are swapped.
//
// make mutants makes all mutants, and the checks of the lesson judge each of them. The file
// testdata/NN-slug/mutants.txt records the outcome: the script that refuses the mutant, and
// the id of the cause that the verdict names. If no script refuses a mutant, a check is
// missing, unless testdata/NN-slug/equivalent.txt has a reason: a pattern of IDs, and one
// sentence that a reviewer can dispute. People write the true causes of refused mutants into
// the file causes.txt: a pattern of IDs, and the ids of one or more causes.
//
// A full run takes long. If a run was stopped, the next run continues it, provided that the
// solution, the scripts and the tools are the same. go test judges one in ten mutants of each
// lesson that has a record, always the same ones. For a refused mutant, go test runs only the
// script that refuses it.
//
//	go test ./tools/mutants -run 'TestMutants/05-errors' -all -only '*:drop-field*'
//	go test ./tools/mutants -run 'TestMutants/05-errors' -show -only 'payment/refund.go:Refund:swap:2'
//
//	go test ./tools/mutants -run 'TestHarmless/05-errors' -all -harmless 10
//	go test ./tools/mutants -run 'TestHarmless/05-errors' -v -show -only h07
//
// The first command judges again the mutants of lesson 5 that match the pattern, and prints
// those that no script refuses. The second command prints a mutant's change.
//
// The package also makes harmless answers: solutions with three to six changes that do not
// alter what the program does. For example, a variable gets another name, a function is
// extracted, or a file is split. The checks must accept each harmless answer, and the
// analyzers must find nothing. make mutants judges 50 harmless answers for each lesson, and
// go test judges two. The third command judges ten of lesson 5, and the fourth command
// prints one of them.
package mutants
