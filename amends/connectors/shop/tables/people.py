"""What people were paged about."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class PageRow(Base):
    __tablename__ = "pages"

    page_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    person: Mapped[str] = mapped_column(index=True)
    incident_id: Mapped[str]
    severity: Mapped[str]
    level: Mapped[int]
    role: Mapped[str]
    why: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
