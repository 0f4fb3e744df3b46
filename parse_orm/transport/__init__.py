"""Carries one request to the server and brings its answer back; knows nothing of Parse."""
