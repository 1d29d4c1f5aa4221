// Package postgres keeps the shop's rows in PostgreSQL: the same tables, constraints and
// methods as package store, so that several machines can share them.
//
// [Open] connects to a PostgreSQL 18 and creates the tables of schema.sql, once. The
// methods run their statements in transactions with the isolation READ COMMITTED: each
// statement sees what was committed before it began.
//
// A [DB] has a pool of connections, which replaces a broken connection at its next use.
// So after a restart of PostgreSQL, a later try succeeds by itself. A method gives up
// after 15 seconds. PostgreSQL ends a statement after ten seconds, and a transaction that
// waits for another one after five.
//
// If a connection breaks while a method writes, nobody knows whether the rows were
// written: the answer to COMMIT may be lost, or COMMIT itself. The driver returns the same
// error for both, without a SQLSTATE. Then none of [store.IsConflict], [store.IsInvalid]
// and [store.IsRetryable] is true. Run the method again. Its comment tells what a second
// run does.
package postgres
