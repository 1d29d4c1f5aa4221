// Package restate finds, fetches, starts and stops the real restate-server.
//
// [Find] gives the path of the one version this project is written for, and
// fetches it from npm the first time. [Start] runs it on unix sockets or on
// loopback ports, never on an address that another machine can reach, and
// with telemetry off. [Server.Admin] is its admin API, with its tables of
// invocations, journals and state; [Server.Ingress] calls handlers.
//
// A [process.Keeper] ends the servers and removes their folders when we die
// without doing so ourselves.
//
// Errors that a person can mend are [hint.Error]s of kind Setup.
package restate
