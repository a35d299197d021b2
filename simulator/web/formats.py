"""Dates, periods and numbers the way each language writes them, as pages use them: see ``core.formats``."""

from simulator.core.formats import NARROW, clock_time, money, number, period, read_number, read_short_date, short_date

__all__ = ["NARROW", "clock_time", "money", "number", "period", "read_number", "read_short_date", "short_date"]
