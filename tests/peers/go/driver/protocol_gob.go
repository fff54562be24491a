//go:build gob_only

package main

import "github.com/hashicorp/packer-plugin-sdk/rpc"

const speaksProtobuf = false

func useProtobuf(*rpc.Client) { panic("this SDK speaks gob only") }
