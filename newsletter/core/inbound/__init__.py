"""Mail that came to us: raw bytes in, one value out that says what it is.

caps -> mail -> own_words -> unsubscribes
"""
