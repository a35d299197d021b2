"""The physics of a sandbox: its file, time, chance, journal, post and queue. No web here."""
