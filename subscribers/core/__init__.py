"""Pure rules about people, addresses and regions: values in, values out."""
