"""User groups, role groups and company groups, and the roles that people have through them."""
