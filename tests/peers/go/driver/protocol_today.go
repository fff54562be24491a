//go:build !gob_only

package main

import "github.com/hashicorp/packer-plugin-sdk/rpc"

const speaksProtobuf = true

func useProtobuf(client *rpc.Client) { client.UseProto = true }
