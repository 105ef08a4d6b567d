"""Mail that came to us: raw bytes in, one value out that says what it is.

caps -> mail -> bounces, complaints, automatic, own_words -> unsubscribes
"""
