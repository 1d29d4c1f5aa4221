// Package mutants tests the checks with small mistakes that a machine makes: each mutant is
// a lesson's solution with one change in the lines that learners write, such as a dropped
// key, a step without its wrapping, or two swapped statements.
//
// make mutants makes all of them and has the checks of the lesson judge each one. The
// outcome is kept in testdata/NN-slug/mutants.txt: the script that refuses the mutant, and
// the id of the cause that the verdict names. A mutant that no script refuses is a hole in
// the checks, unless testdata/NN-slug/equivalent.txt has a reason: a pattern of IDs, and one
// sentence that a reviewer can dispute. The file causes.txt has the true causes of refused
// mutants, by hand: a pattern of IDs, and the ids of one or more causes.
//
// A full run takes long. A run that was stopped goes on where it stopped, if the
// solution, the scripts and the tools are the same. go test judges a seeded tenth of each
// lesson that has a record, and each refused mutant there with only the script that refuses it.
//
//	go test ./tools/mutants -run 'TestMutants/05-errors' -all -only '*:drop-field*'
//	go test ./tools/mutants -run 'TestMutants/05-errors' -show -only 'payment/refund.go:Refund:swap:2'
//
//	go test ./tools/mutants -run 'TestHarmless/05-errors' -all -harmless 10
//	go test ./tools/mutants -run 'TestHarmless/05-errors' -v -show -only h07
//
// The first command judges those mutants of lesson 5 again and prints what survives. The
// second one prints a mutant's change.
//
// The package also makes harmless answers: solutions with three to six changes that keep
// what they do, such as another name, an extracted function or a file that is split. The
// checks must accept each of them, and the analyzers must find nothing. make mutants judges
// 50 for each lesson, and go test judges two. The third command judges ten of lesson 5, and
// the fourth one prints one of them.
package mutants
