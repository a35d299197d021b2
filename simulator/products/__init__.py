"""The applications of the platform, one package each."""
