"""The bytes: yamux, broker, net/rpc messages, handshake. Imports nothing of ours above it."""
