"""Migrations: none of them touches a table."""
