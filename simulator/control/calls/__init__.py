"""The calls of the control API, one file a noun; importing this package puts them into the table."""

from simulator.control.calls import checks, clock, copies, events, jobs, messages, people, platform, sandboxes

__all__ = ["checks", "clock", "copies", "events", "jobs", "messages", "people", "platform", "sandboxes"]
