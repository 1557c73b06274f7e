"""What this release does not know yet, though the checker does. The next release only deletes lines here."""

RESERVED = {
    "for_each": "`for_each` is reserved for a later release and cannot be used yet; report each line, unit or parcel",
    "batch": "`batch` is reserved for a later release and cannot be used yet; report each incident",
    "parent": "`parent` is reserved for a later release and cannot be used yet; leave it out",
    "children": "`children` is reserved for a later release and cannot be used yet; leave it out",
}
"""Words that will mean something, so that nobody gives them another meaning now."""
