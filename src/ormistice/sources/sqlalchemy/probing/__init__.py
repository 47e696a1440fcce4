"""What the probe runs in the application's own interpreter: imports its models, says what they declare.

Python 3.9 and newer, nothing but the standard library and the application's own SQLAlchemy (1.4 to 2.1). Nothing here
imports from the rest of ormistice, which that interpreter does not know.
"""
