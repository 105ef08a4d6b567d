"""Pure rules of newsletters: values in, values out."""
