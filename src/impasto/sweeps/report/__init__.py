"""Reports of a sweep: a contact sheet, a page and a table, written anew after every cell."""
