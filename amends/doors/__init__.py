"""Doors: where people and systems come in, and how a door vouches for who they are.

A door (the `amends` command, a console, the order system's own process) knows who stands before it. It has a key, and
signs a claim with it: who does what to which incident, in which words. A worker counts the claims of the doors whose
public keys it has been given.
"""
