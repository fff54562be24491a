"""The bytes: yamux, the broker, net/rpc messages, the handshake. Imports nothing of ours above it."""
