// Package proxy forwards the traffic between restate-server and a program that
// serves Restate services. It is registered as the program's deployment, reads
// every message of Restate's service protocol, records what each attempt of an
// invocation did, and can end a stream just before a chosen message. To the server
// that looks like a crash of the program at exactly that point.
//
// The protocol has one HTTP/2 stream (cleartext) for each attempt, POST
// /invoke/{service}/{handler}. Each message is an 8-byte big-endian header
// (type 16 bits, flags 16, length 32) and a protobuf body. Message types are
// those of service protocol 5 to 7, as sdk-go 1.2.0 and restate-server 1.7.12
// speak it.
package proxy
