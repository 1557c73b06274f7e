"""Proofs on the real server: what holds when processes die, histories grow, doors race and databases go away."""
