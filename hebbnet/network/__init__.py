"""What computes: activations, layers, networks."""
