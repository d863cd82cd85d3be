"""Evaluation over many settings and many pictures: sweeps, leave-one-out, and the tour of all methods."""
