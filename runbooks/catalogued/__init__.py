"""What a runbook may call beyond what a lost parcel needs, by the system that is called."""

from runbooks.catalogued.money import MONEY
from runbooks.catalogued.orders import ORDERS
from runbooks.catalogued.quality import QUALITY
from runbooks.catalogued.shipping import SHIPPING
from runbooks.catalogued.stock import STOCK

__all__ = ["MONEY", "ORDERS", "QUALITY", "SHIPPING", "STOCK"]
