"""Paging: the channels over which people are reached, and the file that says who is reached over which.

``directory`` reads the file, ``channels`` sends over what it names, ``reaching`` puts that before a company's other
systems. Addresses hold tokens and secrets: no text that leaves this package shows one.
"""
