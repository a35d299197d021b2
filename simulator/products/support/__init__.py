"""Support: the vendor's desk, which receives requests and helps people who are locked out."""
