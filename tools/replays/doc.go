// Package replays reports whether the invocations that are in flight can go on with a new build of
// their program.
//
// [Find] reads the journals of a running server, and [Open] reads journals from recordings. [Judge]
// starts the build, sends it each journal as the server would, and judges the answers.
//
// No step of the build runs. Judge appends a command that no handler makes, the barrier, to each
// journal. The SDK runs a step only after the last command of a journal. The handler never reaches the
// end of this journal: at the barrier, the SDK fails and reports which command the handler makes instead.
//
// The build reaches no other machine, since it is the only program in its network, and its folder is
// removed afterwards.
//
// A program that calls Judge must call [Main] first.
//
// The file stream.go has facts about Restate's service protocol that are not part of a public interface.
// They were measured with server 1.7.12 and sdk-go 1.2.0.
package replays
