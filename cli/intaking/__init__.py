"""The commands of ``amends intake``."""
