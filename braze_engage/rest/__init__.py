"""The REST API of Braze: a client, and one file of rows per group of Braze's documentation."""
