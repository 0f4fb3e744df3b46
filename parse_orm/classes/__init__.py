"""The classes that every Parse Server has; applications use them as they are, extend them or replace them."""

from .audience import Audience
from .installation import Installation
from .job_schedule import JobSchedule
from .job_status import JobStatus
from .product import Product
from .push_status import PushStatus
from .role import Role
from .session import Session
from .user import User

__all__ = [
    "Audience",
    "Installation",
    "JobSchedule",
    "JobStatus",
    "Product",
    "PushStatus",
    "Role",
    "Session",
    "User",
]
