"""Calls of an API: a table of them, the fields that they read, and their description as OpenAPI. The APIs themselves are above."""
