// Package answers proves the checks on answers that are not the reference's:
// wrong ones, which must be refused in words that help, and right ones, which
// must pass although they look different.
//
// Each is a small change to a solution, a file in testdata/NN-slug/wrong or
// right. The lines before the first file say what is expected:
//
//	task 5.2              the task that must refuse it; a right answer has none
//	likely some words     the cause that the verdict names, whole; make matrix writes it
//	says some words       further words that the verdict must have
//	deep                  the answer changes what learners are given, and the deep
//	                      scripts judge it too
//	# anything            for people
//
// What follows are the files that differ, whole or as changes to the solution's:
//
//	-- payment/payment.go --
//	<<<<
//	what stands there, once
//	====
//	what is to stand there
//	>>>>
//
// A name may also be ../05-errors/payment/payment.go, of another lesson's
// solution, or shop/store/store.go, of lessons/shop.
//
// All answers to a lesson are packages of one test binary, the lesson's own:
// they are added through Go's overlay, and VARIANT in the environment says which
// of them is the program under test. They share two servers.
//
// testdata/NN-slug/matrix.txt says which script refuses which answer, all of
// them, and is made by make matrix; go test runs the script that is the first to
// refuse an answer, and holds the words that it earns against those in its file.
package answers
