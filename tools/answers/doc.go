// Package answers tests the checks with answers other than the reference: wrong
// ones, which must be refused with a helpful verdict, and right ones, which must
// pass although they look different.
//
// Each answer is a small change to a solution, a file in testdata/NN-slug/wrong or
// right. The lines before the first file state what is expected:
//
//	task 5.2              the task that must refuse it; a right answer has none
//	cause an-id           the true cause, written by hand; make matrix does not change it
//	likely some words     the cause that the verdict names, whole; make matrix writes it
//	says some words       further words that the verdict must have
//	deep                  the answer changes what learners are given, and the deep
//	                      scripts judge it too
//	# a sentence          what the code does wrong; the lesson's page shows the first
//	                      comment of the answers that it names
//
// Then come the files that differ, either whole or as changes to the solution:
//
//	-- payment/payment.go --
//	<<<<
//	the old text, which occurs once
//	====
//	the new text
//	>>>>
//
// A file that the solution does not have is whole, and in a package of the lesson. A name
// may also be ../05-errors/payment/payment.go, of another lesson's
// solution, or shop/store/store.go, of lessons/shop.
//
// The folders changes/fits and changes/strands have changes of a solution in the same format,
// without a task. They are answers to no check: package replays has to say of each whether
// it fits the journals of the solution.
//
// All answers to a lesson are packages of one test binary. Go's overlay adds them to
// the lesson's package, and the environment variable VARIANT selects the program
// under test. They share two servers.
//
// testdata/NN-slug/matrix.txt lists for every script which answers it refuses. It is
// written by make matrix. go test runs only the first script that refuses an answer,
// and compares the verdict with the expected one. A new answer has no line there, and
// fails until make matrix has run.
//
// go test judges one answer in four, and other answers after each change of the sources.
// This command judges all of them:
//
//	go test -timeout=60m ./tools/answers -all
package answers
