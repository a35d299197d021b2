"""Contact: the vendor's public pages on which customers write to its desks, by form or chat, and follow their cases."""
