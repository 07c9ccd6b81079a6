"""How well the search finds: question sets with judged documents, and the usual measures over them."""
