"""What the outside systems answer: one flat model for each call, so that a runbook can name every field.

Whatever may be asked of somebody who answers later (a carrier, a warehouse, a provider) has a status that is ``open``
until there is an answer, and ``closed`` when it was taken back before.
"""
