source "null" "one" { communicator = "none" }
source "null" "two" { communicator = "none" }
