"""The commands of ``vnsim`` besides the server and its worker: one module for each group, imported when it is called."""
