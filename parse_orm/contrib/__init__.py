"""Adapters: one package for each web framework, without policy of their own."""
