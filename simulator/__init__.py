"""A mock Visma.net platform for testers, trainers and technical writers."""

__version__ = "0.1.0"
