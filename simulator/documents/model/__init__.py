"""What a document is: its tables, what it says, its parties, files, history, lists and charges."""
