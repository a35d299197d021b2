"""One module for each measure; each has ``measure(effort)``, which returns its rows."""
