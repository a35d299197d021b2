"""Mail: every message of the sandbox, read as its recipient would."""
