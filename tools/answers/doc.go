// Package answers proves the checks on answers that are not the reference's:
// wrong ones, which must be refused in words that help, and right ones, which
// must pass although they look different.
//
// Each is a small change to a solution, a file in testdata/NN-slug/wrong or
// right. The lines before the first file are what is expected:
//
//	task 5.2              the task that must refuse it; a right answer has none
//	says some words       words that the verdict of that task must have
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
// All answers to a lesson are packages of one test binary, the lesson's own:
// they are added through Go's overlay, and VARIANT in the environment says which
// of them is the program under test.
package answers
