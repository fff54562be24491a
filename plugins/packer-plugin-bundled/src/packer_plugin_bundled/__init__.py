"""The components that come with Packer. Each is a plugin like any other."""
