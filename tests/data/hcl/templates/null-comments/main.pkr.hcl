# a comment in front
// another kind
/* one over
   several lines */
source "null" "x" { # behind a brace
  communicator = "none" // behind a value
  /* in front of */ ssh_host = "h" /* and behind */
  # the last line of a block
}
build { // sources below
  sources = [ # of a list
    "null.x", // an item
    /* nothing more */
  ]
} # the end