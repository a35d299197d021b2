"""Deeds of signing in, by noun: the steps, the first factor, the second factor, recovery."""
