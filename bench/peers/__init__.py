"""Those who are compared: each does the same works its own way, in a process of its own.

A peer has one method per work. The method prepares, outside of the measured time, and gives the function that is
measured.
"""
