"""What runs beside a student's code: it runs the cells, and takes answers to the judge outside. Nothing in here knows an answer.

`grading` puts it, with the book's package and without the exercises' judges, into a folder that the student's code sees.
"""
