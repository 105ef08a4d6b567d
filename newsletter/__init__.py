"""What we write and how it goes out: articles, issues, variants, deliveries, mail."""
