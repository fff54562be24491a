// The judge's plugin: one component of each kind, on HashiCorp's own SDK.
//
// It is called `peer` (packer-plugin-peer). Each kind has two components that are the same: the
// default one, which templates call `peer`, and `twin`, which they call `peer-twin`. All take the
// options of options.go, and do what `prepare_steps` (while they are configured) and `steps` (while
// they work) tell them, one after the other. A step is a verb and the rest of the line:
//
//	say TEXT, message TEXT, error TEXT   a line for the user
//	machine CATEGORY WORD…               a record for programs
//	ask QUERY                            puts a question; says "answer: …"
//	progress SIZE LABEL                  a bar, moved in four parts
//	flood COUNT                          that many `say`s at once: "flood 0", "flood 1", …
//	log TEXT                             a line in the log (standard error)
//	options                              record `options`: the decoded options, as JSON
//	fail TEXT                            ends with this error
//	exit STATUS                          ends the process
//	kill                                 kills the process (SIGKILL)
//	hold PATH                            makes the file, waits until the call is cancelled, and
//	                                     fails with "cancelled" then
//	mark PATH                            makes the file
//	wait MILLISECONDS                    waits, whatever happens
//
// Builders only; their machine is this one, with /bin/sh:
//
//	provision                            the hook, with the values of `generated` and a few more
//	cleanup                              the hook for cleaning up
//	hook NAME                            any hook
//	bare                                 the hook, without a machine
//
// Provisioners only:
//
//	data                                 record `data`: the values of the build, as JSON
//	run COMMAND                          record `ran`: exit status, output, complaints
//	feed TEXT|COMMAND                    the same, with the text on standard input
//	stream COMMAND                       runs it, each line of output is said
//	upload DESTINATION SOURCE            a file of this machine, with its mode and time
//	put DESTINATION SIZE                 SIZE bytes of a pattern; record `put`: their SHA-256
//	get SOURCE                           record `got`: how many bytes, their SHA-256
//	upload-dir DESTINATION SOURCE EXCLUDED…
//	download-dir SOURCE DESTINATION EXCLUDED…
//
// The builder's machine knows three commands that no shell has: `status N` ends with exit status N,
// whatever N is; `no-start TEXT` cannot be started; everything else is for /bin/sh.
//
// Post-processors only:
//
//	artifact                             record `artifact`: what it was given, as JSON
//	state NAME                           record `state`: name, value as JSON
//	destroy                              destroys the artifact it was given
//
// What comes out: `artifact` is the id, without one there is none; `files`, `state`,
// `destroy_error`, `destroy_file` (made when it is destroyed) belong to it. A post-processor returns
// that one, or with `result` the one it was given ("input") or none ("none"); `keep` and `force` go
// with it. A data source returns its options without blocks. There are three more: `peer-nested`
// returns them with blocks, `peer-texts` the names in the blocks, `peer-empty` the empty object.
//
// With PEER_HOLD_SPEC in the environment ConfigSpec makes that file and never answers, with
// PEER_HOLD_OUTPUT it is OutputSpec. With PEER_SPEC the schema of the options is strange: `renamed` calls
// the argument of `text` `told`; `set`, `tuple` and `pairs` add `strange`, of that kind.
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/packer-plugin-sdk/plugin"
	"github.com/hashicorp/packer-plugin-sdk/version"
)

func main() {
	set := plugin.NewSet()
	set.SetVersion(version.NewPluginVersion("1.2.3", "", ""))
	for _, name := range []string{plugin.DEFAULT_NAME, "twin"} {
		set.RegisterBuilder(name, new(Builder))
		set.RegisterProvisioner(name, new(Provisioner))
		set.RegisterPostProcessor(name, new(PostProcessor))
		set.RegisterDatasource(name, new(Datasource))
	}
	for _, outputs := range []string{"nested", "texts", "empty"} {
		set.RegisterDatasource(outputs, &Datasource{outputs: outputs})
	}
	if err := set.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err.Error())
		os.Exit(1)
	}
}
