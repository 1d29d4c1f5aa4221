// Package answers tests the checks with answers that differ from the reference solution. The
// checks must refuse a wrong answer with a helpful verdict. A right answer must pass, although
// its code differs from the solution.
//
// Each answer is a small change to a solution, a file in testdata/NN-slug/wrong or
// right. The lines before the first file state what is expected:
//
//	task 5.2              the task that must refuse it; a right answer has none
//	cause an-id           the true cause, written by hand; make matrix does not change it
//	likely some words     the whole text of the cause in the verdict; make matrix writes it
//	says some words       further words that the verdict must have
//	deep                  the answer changes what learners are given, and the deep
//	                      scripts judge it too
//	# a sentence          what the code does wrong; the lesson's page shows the first
//	                      comment of the answers that it names
//
// Then the file has the files of the answer that differ from the solution, either whole or as
// changes:
//
//	-- payment/payment.go --
//	<<<<
//	the old text, which occurs once
//	====
//	the new text
//	>>>>
//
// A file that the solution does not have must be whole, and must belong to a package of the
// lesson. An answer may also change another lesson's solution, with a name such as
// ../05-errors/payment/payment.go, or lessons/shop, with a name such as shop/store/store.go.
//
// The folders changes/fits and changes/strands have changes of a solution in the same format,
// without a task. No check judges these changes. Package replays must find out for each
// change whether it fits the journals of the solution.
//
// All answers to a lesson are packages of one test binary. Go's overlay adds them to the
// lesson's package, and the environment variable VARIANT selects the program under test. The
// answers share two servers.
//
// testdata/NN-slug/matrix.txt lists for every script which answers it refuses. make matrix
// writes this file. go test runs only the first script that refuses an answer, and compares
// the verdict with the expected verdict. A new answer has no line in the matrix, so its test
// fails until make matrix has run.
//
// go test judges one answer in four, of lesson 8 one in twelve. After each change of the sources, it judges other
// answers. This command judges all of them:
//
//	go test -timeout=60m ./tools/answers -all
package answers
