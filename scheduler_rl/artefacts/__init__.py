"""What is shipped: the network, and the sha256 it must have."""
