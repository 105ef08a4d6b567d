"""The pages. They ask services and never query."""
