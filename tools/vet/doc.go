// Package vet finds mistakes in the code of Restate services that a run may not show. The
// analyzers know sdk-go, the database and HTTP packages of the standard library, and
// lessons/shop. They know nothing else of this workbook.
//
// A handler is a function with a parameter such as restate.Context or
// restate.ObjectContext. A step is a function that is passed to restate.Run, RunVoid or
// RunAsync. A function literal that is passed to another function is also a step if it has a
// parameter of type restate.RunContext or context.Context. The analyzers look at other
// functions only if a handler or a step calls them.
//
// The message of a finding has two short sentences, like a likely cause of a verdict. The
// first sentence tells what the code does, and why that is wrong there. The second sentence
// tells what to change.
package vet

import "golang.org/x/tools/go/analysis"

// Analyzers are all analyzers, in the sequence in which a verdict prefers their findings.
var Analyzers = []*analysis.Analyzer{
	Operation, Goroutine, Context, Background, Effect, Captured, Chance, MapOrder, Memory, Lock, Key, Await, Timer, Unranged, Dropped, Defer, Fields, Signature, Permanent, Name,
}
