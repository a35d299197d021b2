"""Visma Global, a program on the computer: its settings for Visma.net, and receiving."""
