// Package replays tells whether the invocations that are in flight can go on with a new build of their program.
//
// [Find] reads the journals of a running server, and [Open] those of recordings. [Judge] starts the build, and makes the build replay each
// journal as the server would, and judges the answers. No step of the build runs: behind the last recorded command
// the build gets a command that no handler makes, and the SDK, which then does not get to the end of what was
// recorded, reports what the handler asks for in its place. To the outside world the build has no way: its network has
// only itself, and its folder is removed.
//
// A program that calls Judge calls [Main] first.
//
// What the package knows of Restate's service protocol, and is not a public interface, is in stream.go; it was
// measured with server 1.7.12 and sdk-go 1.2.0.
package replays
