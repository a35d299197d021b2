"""E-mail domains of customers: who verified one decides how the people with its addresses sign in."""
