"""Visma Business, a program on the computer: company information, activation of Visma.net, receiving, and its invoices."""
