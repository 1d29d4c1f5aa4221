// Package vet finds mistakes in the code of Restate services that no run can show. The
// analyzers know sdk-go and the database and HTTP packages of the standard library, and
// nothing of this workbook except lessons/shop.
//
// A handler is a function with a parameter such as restate.Context or
// restate.ObjectContext. A step is the function that restate.Run, RunVoid or RunAsync
// gets, and every function literal with a parameter of type restate.RunContext or
// context.Context that another function gets. Functions that are neither are looked at only
// if a handler or a step calls them.
//
// The message of a finding has two short sentences, like a likely cause of a verdict: what
// the code does and why the code is wrong there, and what to change.
package vet

import "golang.org/x/tools/go/analysis"

// Analyzers are all analyzers, in the sequence in which a verdict prefers their findings.
var Analyzers = []*analysis.Analyzer{
	Operation, Goroutine, Context, Background, Effect, Captured, Chance, MapOrder, Memory, Lock, Key, Await, Timer, Unranged, Dropped, Defer, Fields, Signature, Permanent, Name,
}
