"""What our web pages have in common: their files, their streams, and who may act through them."""
