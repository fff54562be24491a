project = "images-1234" # the one of the tests
