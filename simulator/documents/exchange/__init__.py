"""Sending, routing, delivering and receiving documents."""
