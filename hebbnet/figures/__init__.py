"""One command a picture: what each shows, from which seeds, and how it is written (`hebbnet figures`)."""
