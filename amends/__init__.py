"""What every part of Amends shares: vocabulary, errors, settings, the journal and the connectors."""

__version__ = "0.1.0"
