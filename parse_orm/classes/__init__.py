"""The classes that every Parse Server has; applications use them as they are, extend them or replace them."""

from .installation import Installation
from .session import Session
from .user import User

__all__ = ["Installation", "Session", "User"]
