"""One executed representative of every kind of model that the forms and the ABI must hold.

table.py names them: kind, representative, reference. `python -m tests.kinds` compiles and runs
each and compares.
"""
