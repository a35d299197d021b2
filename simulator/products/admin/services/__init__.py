"""Commands of Admin, one module per noun."""
