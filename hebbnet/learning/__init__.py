"""How weights change: signal x credit x rule x optimizer, and the learner that joins them."""
