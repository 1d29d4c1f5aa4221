// Package proxy stands between restate-server and a program that serves
// Restate services. Registered as the program's deployment, it sees every
// message of Restate's service protocol, remembers what each attempt of an
// invocation did, and can end one stream just before a chosen message: to the
// server that is a crash of the program at exactly that point.
//
// The protocol: one HTTP/2 stream (cleartext) an attempt, POST
// /invoke/{service}/{handler}; each message is an 8-byte big-endian header
// (type 16 bits, flags 16, length 32) and a protobuf body. Message types are
// those of service protocol 5 to 7, as sdk-go 1.2.0 and restate-server 1.7.12
// speak it.
package proxy
