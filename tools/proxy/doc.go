// Package proxy forwards the traffic between restate-server and a program that serves Restate
// services. The proxy is registered as the program's deployment. It reads every message of
// Restate's service protocol, records what each attempt of an invocation did, and can end a stream
// just before a chosen message. For the server, such an end looks like a crash of the program at
// exactly this point.
//
// The protocol has one HTTP/2 stream (without TLS) for each attempt, POST
// /invoke/{service}/{handler}. Each message has a big-endian header of 8 bytes (type 16 bits, flags
// 16 bits, length 32 bits) and a protobuf body. The message types are those of service protocol 5
// to 7, in sdk-go 1.2.0 and restate-server 1.7.12.
package proxy
