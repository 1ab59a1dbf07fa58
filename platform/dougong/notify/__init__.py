"""Notices inside the application: `tell` writes them in the transaction of the act they tell of, the bell shows them."""

from .notices import Notice, forget, mark, mine, tell, unread, unread_about

__all__ = ["Notice", "forget", "mark", "mine", "tell", "unread", "unread_about"]
