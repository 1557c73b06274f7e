"""What this release's engine does not carry out yet. The next release only deletes lines here.

The checker knows all of the language, so that a runbook can be written ahead of the engine; what cannot be carried out
cannot be loaded or published.
"""

NOT_YET = {
    "decide": "checked, but this release's engine does not carry out `decide` yet; leave it out until one does",
    "rounds": "checked, but this release's engine does not carry out `rounds` yet; leave it out until one does",
    "interrupts": "checked, but this release's engine does not carry out `interrupts` yet; leave it out until one does",
}
"""Words without which a runbook would not do what it says: it is refused where it would be followed."""

DATA_ONLY = {
    "opens": "goes into the bundle, but this release opens incidents from reports only",
    "supersedes": "goes into the bundle, but this release's engine does not take incidents over yet",
    "reopen_for": "goes into the bundle, but this release's engine does not link incidents by it yet",
}
"""Words that the bundle carries as data, and that nothing reads yet."""

RESERVED = {
    "for_each": "`for_each` is reserved for a later release and cannot be used yet; report each line, unit or parcel",
    "batch": "`batch` is reserved for a later release and cannot be used yet; report each incident",
    "parent": "`parent` is reserved for a later release and cannot be used yet; leave it out",
    "children": "`children` is reserved for a later release and cannot be used yet; leave it out",
}
"""Words that will mean something, so that nobody gives them another meaning now."""
