"""What hebbnet costs, measured beside its peers."""
