"""What plugin authors test with: doubles, a loopback, a harness, a contract."""
