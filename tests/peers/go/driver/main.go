// The judge's core: starts a plugin as HashiCorp's core does, takes it through a scenario with the
// client of HashiCorp's own SDK, and prints what happened as one JSON object.
//
//	packer-driver run < request.json
//	packer-driver bench < request.json
//	packer-driver bench '{"plugin": ["/path/to/packer-plugin-peer"], "protobuf": true}'
//
// A request is an object (request.go has all of it); unless it says otherwise, a scenario is: start
// `PLUGIN start KIND [--protobuf] NAME` with the cookie, read the handshake, connect, ask for the
// schema, configure, work, look at the artifact, disconnect, wait for the process to end.
//
// `bench` starts builder `peer` of the plugin and measures calls of its artifact and transfers
// through its communicator: "calls" (2000) calls one after the other and from eight threads, "bytes"
// (268435456) per stream. Its answer, all of it per second but the first:
//
//	{"round_trip_us": 61.3, "calls_per_second": 40123.0, "download_one_mib": 812.0,
//	 "download_four_mib": 1100.2, "upload_one_mib": 700.5, "upload_four_mib": 900.1}
//
// The exit status is 0 whatever the plugin does; 1 means that the request makes no sense.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
)

func main() {
	facts, err := obey(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err.Error())
		os.Exit(1)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(facts); err != nil {
		fmt.Fprintln(os.Stderr, err.Error())
		os.Exit(1)
	}
}

func obey(words []string) (interface{}, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("say what to do: run or bench")
	}
	var text io.Reader = os.Stdin
	if len(words) > 1 {
		text = strings.NewReader(words[1])
	}
	request := &Request{Kind: "builder"}
	decoder := json.NewDecoder(text)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if !request.Verbose {
		log.SetOutput(io.Discard)
	}
	switch words[0] {
	case "run":
		return run(request), nil
	case "bench":
		return bench(request)
	}
	return nil, fmt.Errorf("no such scenario: %s", words[0])
}
