"""Support: the vendor's desk, where requests arrive and people who are locked out are helped."""
