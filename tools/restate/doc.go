// Package restate finds, fetches, starts and stops the real restate-server.
//
// [Find] gives the path of the one version this project is written for, and
// fetches it from npm the first time. [Start] runs it on unix sockets or on
// loopback ports, never on an address that another machine can reach, and
// with telemetry off. [Server.Admin] speaks its admin API.
//
// A [Keeper] is a small process beside ours that kills the servers and removes
// their folders when we die without doing so ourselves: SIGKILL, Ctrl-C, or
// the panic of a test that ran out of time.
//
// Errors that a person can mend are [hint.Error]s of kind Setup.
package restate
