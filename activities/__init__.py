"""The activities: they touch the world (orders, payments, inventory, shipping, customers, people, the journal)."""
